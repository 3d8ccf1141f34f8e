"""The way into Meta's Graph API: the access token, and refusals in Graph's shape."""

import hmac
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from simulator.carrier import CARRIER
from simulator.doors import Handler, Trouble, under_faults
from simulator.ids import short_id

WORDS: Mapping[tuple[int, int | None], tuple[int, str]] = {
    (1, None): (500, "An unknown error occurred"),
    (2, None): (503, "Service temporarily unavailable"),
    (10, 2018278): (400, "(#10) This message is sent outside of allowed window."),
    (10, 2534022): (400, "(#10) This message is sent outside of allowed window."),
    (100, None): (400, "(#100) Invalid parameter"),
    (100, 2018001): (400, "(#100) No matching user found"),
    (190, None): (400, "Invalid OAuth access token."),
    (551, 1545041): (400, "(#551) This person isn't available right now."),
    (613, None): (400, "(#613) Calls to this api have exceeded the rate limit."),
    (2200, None): (400, "(#2200) Callback verification failed"),
}
"""HTTP status and words by code and subcode. 10/2018278 is Messenger's, 10/2534022 Instagram's."""


class Refused(Exception):  # noqa: N818  # an answer, not a mishap
    """Raised where a check fails; the door turns it into `refusal(code, subcode)`."""

    def __init__(self, code: int, subcode: int | None = None) -> None:
        super().__init__(code, subcode)
        self.code = code
        self.subcode = subcode


def refusal(code: int, subcode: int | None = None) -> web.Response:
    """The answer that refuses a request. A code without words of its own is a 400."""
    status, words = WORDS.get((code, subcode), (400, f"(#{code}) The request was refused"))
    error: dict[str, Any] = {
        "message": words,
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": short_id(),
    }
    if subcode is not None:
        error["error_subcode"] = subcode
    return web.json_response({"error": error}, status=status)


TROUBLE = Trouble(
    "meta",
    # Graph tells of rate limits by code, with no header that says how long to wait.
    too_many=lambda _: refusal(613),
    unavailable=lambda: refusal(2),
    broken=lambda: refusal(1),
)


def guarded(handler: Handler) -> Handler:
    """`handler` for those who know the page's token; `Refused` becomes an answer."""

    async def door(request: web.Request) -> web.Response:
        carrier = request.app[CARRIER]
        try:
            known = carrier.config.meta_page_token.encode()
            if not hmac.compare_digest((await _token(request)).encode(), known):
                raise Refused(190)
            return await handler(request)
        except Refused as refused:
            carrier.books.refused[f"meta {refused.code}"] += 1
            return refusal(refused.code, refused.subcode)

    return door


def faulty(handler: Handler) -> Handler:
    """A guarded handler that also meets the faults."""
    return under_faults(TROUBLE, guarded(handler))


async def values_of(request: web.Request) -> dict[str, Any]:
    """The request's JSON object or form. Raises `Refused`."""
    if request.content_type != "application/json":
        return dict(await request.post())
    try:
        given = json.loads(await request.read())
    except ValueError:
        raise Refused(100) from None
    if not isinstance(given, dict):
        raise Refused(100)
    return given


async def _token(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token
    given = request.query.get("access_token") or (await values_of(request)).get("access_token")
    return str(given or "")
