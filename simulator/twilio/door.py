"""The way into Twilio's API: basic auth, forms, and refusals in Twilio's shape."""

import base64
import hmac
import json
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from simulator.carrier import CARRIER
from simulator.doors import Handler, Trouble, under_faults
from simulator.twilio.errors import Refused, refusal

TROUBLE = Trouble(
    "twilio",
    too_many=lambda seconds: refusal(20429, {"Retry-After": str(seconds)}),
    unavailable=lambda: refusal(20503),
    broken=lambda: refusal(20500),
)


def guarded(handler: Handler) -> Handler:
    """`handler` for those who know the account's SID and auth token; `Refused` becomes an answer."""

    async def door(request: web.Request) -> web.Response:
        carrier = request.app[CARRIER]
        config = carrier.config
        try:
            if not _knows_account(request, config.twilio_account_sid, config.twilio_auth_token):
                raise Refused(20003)
            if request.match_info.get("account", config.twilio_account_sid) != config.twilio_account_sid:
                raise Refused(20404)
            return await handler(request)
        except Refused as refused:
            carrier.books.refused[str(refused.code)] += 1
            return refusal(refused.code)

    return door


def faulty(handler: Handler) -> Handler:
    """A guarded handler that also meets the faults."""
    return under_faults(TROUBLE, guarded(handler))


async def form_of(request: web.Request) -> dict[str, list[str]]:
    """The form's values by name, blanks kept. Anything but a form is no parameters at all, as at Twilio."""
    if request.content_type != "application/x-www-form-urlencoded":
        return {}
    return parse_qs((await request.read()).decode(), keep_blank_values=True)


def answer(resource: dict[str, Any], status: int = 200) -> web.Response:
    """A resource as JSON."""
    return web.Response(status=status, body=json.dumps(resource).encode(), content_type="application/json")


def _knows_account(request: web.Request, sid: str, token: str) -> bool:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    known = base64.b64encode(f"{sid}:{token}".encode())
    return scheme.lower() == "basic" and hmac.compare_digest(credentials.encode(), known)
