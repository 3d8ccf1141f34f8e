"""Meta's webhook: one signed JSON body per event, and the GET that checks the address when it is set."""

import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

from simulator.addresses import channel_of
from simulator.callbacks import UNTIL_IT_WORKS, Callback, RetryRule
from simulator.carrier import Carrier
from simulator.ids import short_id

ONCE = RetryRule(retries=0, on=frozenset())


def sign(secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature-256`."""
    return "sha256=" + hmac.digest(secret.encode(), body, "sha256").hex()


def post(carrier: Carrier, ours: str, event: dict[str, Any], delays: list[float]) -> None:
    """Posts one `messaging` event of the page or account `ours`, a copy for each delay."""
    url = carrier.books.meta_webhook
    if not url:
        return
    now = int(time.time() * 1000)
    kind = "instagram" if channel_of(ours) == "instagram" else "page"
    entry = {"id": ours, "time": now, "messaging": [{"timestamp": now, **event}]}
    body = json.dumps({"object": kind, "entry": [entry]}).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "facebookexternalua",
        "X-Hub-Signature-256": sign(carrier.config.meta_app_secret, body),
    }
    carrier.callbacks.post(Callback(url, body, headers, UNTIL_IT_WORKS), delays)


async def answers_challenge(carrier: Carrier, url: str, verify_token: str) -> bool:
    """True when `url` echoes the challenge, which it should only for the right token."""
    challenge = short_id()
    asked = {"hub.mode": "subscribe", "hub.verify_token": verify_token, "hub.challenge": challenge}
    request = Callback(url + ("&" if "?" in url else "?") + urlencode(asked), b"", {}, ONCE, method="GET")
    answer = await carrier.callbacks.ask(request)
    return answer.failure is None and answer.body.decode(errors="replace") == challenge
