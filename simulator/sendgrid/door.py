"""The way into SendGrid's API: the bearer key, JSON, and refusals in SendGrid's shape."""

import hmac
import json
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from simulator.carrier import CARRIER
from simulator.doors import Handler, Trouble, under_faults


@dataclass(frozen=True)
class Flaw:
    """One thing wrong with a request. `field` is a path such as `personalizations.3.to`."""

    field: str | None
    message: str


class Refused(Exception):  # noqa: N818  # an answer, not a mishap
    """Raised where a check fails; the door turns it into an answer."""

    def __init__(self, status: int, *flaws: Flaw) -> None:
        super().__init__(status)
        self.status = status
        self.flaws = flaws


def refusal(status: int, *flaws: Flaw, headers: dict[str, str] | None = None) -> web.Response:
    """The answer that refuses a request."""
    errors = [{"field": flaw.field, "message": flaw.message, "help": None} for flaw in flaws]
    return web.json_response({"errors": errors}, status=status, headers=headers)


def _too_many(seconds: int) -> web.Response:
    # SendGrid names the end of the wait in Unix seconds and sends no Retry-After.
    headers = {
        "X-RateLimit-Limit": "600",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int(time.time()) + seconds),
    }
    return refusal(429, Flaw(None, "too many requests"), headers=headers)


TROUBLE = Trouble(
    "sendgrid",
    too_many=_too_many,
    unavailable=lambda: refusal(503, Flaw(None, "service unavailable")),
    broken=lambda: refusal(500, Flaw(None, "internal server error")),
)


def guarded(handler: Handler) -> Handler:
    """`handler` for those who know the API key; `Refused` becomes an answer."""

    async def door(request: web.Request) -> web.Response:
        carrier = request.app[CARRIER]
        given = request.headers.get("Authorization", "")
        try:
            if not hmac.compare_digest(given.encode(), f"Bearer {carrier.config.sendgrid_api_key}".encode()):
                raise Refused(401, Flaw(None, "The provided authorization grant is invalid, expired, or revoked"))
            return await handler(request)
        except Refused as refused:
            carrier.books.refused[f"sendgrid {refused.status}"] += 1
            return refusal(refused.status, *refused.flaws)

    return door


def faulty(handler: Handler) -> Handler:
    """A guarded handler that also meets the faults."""
    return under_faults(TROUBLE, guarded(handler))


async def json_of(request: web.Request) -> dict[str, Any]:
    """The request's JSON object. Raises `Refused`."""
    if request.content_type != "application/json":
        raise Refused(415, Flaw(None, "Content-Type should be application/json."))
    try:
        given = json.loads(await request.read())
    except ValueError:
        raise Refused(400, Flaw(None, "Bad Request")) from None
    if not isinstance(given, dict):
        raise Refused(400, Flaw(None, "Bad Request"))
    return given
