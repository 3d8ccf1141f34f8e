"""How Twilio signs and retries its requests.

Signature: base64 of HMAC-SHA1 under the auth token, over the URL as configured (query and all, no fragment)
followed by every parameter's name and value in the order of names. A GET signs the URL alone.

Retries: the URL's fragment, which is neither sent nor signed, overrides them: `#rc=3&rp=all&ct=2000&rt=5000`. Without
it one more try is made when the connection fails, and none when the application answers 5xx.
"""

import base64
import hmac
import secrets
from collections.abc import Callable
from urllib.parse import parse_qsl, urldefrag, urlencode

from simulator.callbacks import CLIENT_ERROR, CONNECT, READ, SERVER_ERROR, Callback, RetryRule

KINDS = frozenset((CONNECT, READ, CLIENT_ERROR, SERVER_ERROR))


def sign(token: str, url: str, parameters: dict[str, str]) -> str:
    """The value of `X-Twilio-Signature`."""
    text = url + "".join(name + parameters[name] for name in sorted(parameters))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()


def retry_rule(fragment: str) -> RetryRule:
    """The rule in a URL's fragment: `ct` and `rt` in ms, `rc` retries (0-5), `rp` kinds. Wrong values are ignored."""
    given = dict(parse_qsl(fragment))
    kinds = frozenset(given.get("rp", CONNECT).split(","))
    return RetryRule(
        retries=_within(given.get("rc"), 0, 5, 1),
        on=KINDS if "all" in kinds else kinds & KINDS,
        connect_timeout=_within(given.get("ct"), 100, 10_000, 5_000) / 1000,
        read_timeout=_within(given.get("rt"), 100, 15_000, 15_000) / 1000,
    )


def webhook(
    token: str,
    url: str,
    parameters: dict[str, str],
    method: str = "POST",
    answered: Callable[[bytes], None] | None = None,
) -> Callback:
    """A signed request to `url`. Its retries all carry one idempotency token."""
    address, fragment = urldefrag(url)
    if method == "GET":
        address += ("&" if "?" in address else "?") + urlencode(parameters)
        signature = sign(token, address, {})
    else:
        signature = sign(token, address, parameters)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "User-Agent": "TwilioProxy/1.1",
        "X-Twilio-Signature": signature,
        "I-Twilio-Idempotency-Token": secrets.token_hex(16),
    }
    return Callback(address, urlencode(parameters).encode(), headers, retry_rule(fragment), method, answered)


def _within(value: str | None, low: int, high: int, default: int) -> int:
    if value is None or not value.isdecimal() or not low <= int(value) <= high:
        return default
    return int(value)
