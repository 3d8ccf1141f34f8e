"""`/_carrier/...`: what a test or a demo tells the carrier, and asks of its books."""

import json
from typing import Any

from aiohttp import web

from simulator.carrier import CARRIER
from simulator.faults import Faults
from simulator.people.writing import write


async def health(_: web.Request) -> web.Response:
    """200 once the carrier listens."""
    return web.json_response({"ok": True})


async def books(request: web.Request) -> web.Response:
    """Totals and one line per message; `?messages=no` leaves the lines out. `waiting` is 0 when all is posted."""
    carrier = request.app[CARRIER]
    shown = {**carrier.books.totals(), "waiting": carrier.callbacks.waiting}
    if request.query.get("messages") != "no":
        shown["messages"] = carrier.books.messages()
    return web.json_response(shown)


async def reset(request: web.Request) -> web.Response:
    """Empties the books and ends all faults. Numbers, services, webhooks and the people's habits stay."""
    request.app[CARRIER].reset()
    return web.json_response({"ok": True})


async def show_faults(request: web.Request) -> web.Response:
    """The faults as they are."""
    return web.json_response(request.app[CARRIER].faults.as_json())


async def set_faults(request: web.Request) -> web.Response:
    """Changes the faults that are named (see `simulator.faults`); the others stay."""
    carrier = request.app[CARRIER]
    given = await _object(request)
    try:
        carrier.faults = carrier.faults.changed(given)
    except (TypeError, ValueError) as error:
        return _bad(error)
    return web.json_response(carrier.faults.as_json())


async def end_faults(request: web.Request) -> web.Response:
    """Everything goes well again."""
    request.app[CARRIER].faults = Faults()
    return web.json_response(Faults().as_json())


async def show_people(request: web.Request) -> web.Response:
    """The shares of people as they are."""
    return web.json_response(request.app[CARRIER].shares.as_json())


async def set_people(request: web.Request) -> web.Response:
    """Changes the shares that are named (see `simulator.people.shares`)."""
    carrier = request.app[CARRIER]
    given = await _object(request)
    try:
        carrier.shares = carrier.shares.changed(given)
    except (TypeError, ValueError) as error:
        return _bad(error)
    return web.json_response(carrier.shares.as_json())


async def set_speed(request: web.Request) -> web.Response:
    """`{"speed": 20}`: from now on everything takes a twentieth of the time."""
    carrier = request.app[CARRIER]
    speed = (await _object(request)).get("speed")
    if isinstance(speed, bool) or not isinstance(speed, int | float) or speed <= 0:
        return _bad(ValueError("speed must be a number above 0"))
    carrier.pace.speed = float(speed)
    return web.json_response({"speed": carrier.pace.speed})


async def inbound(request: web.Request) -> web.Response:
    """`{"from", "to", "body"}`: a person writes to one of our senders."""
    given = await _object(request)
    if not all(isinstance(given.get(name), str) and given[name] for name in ("from", "to", "body")):
        return _bad(ValueError("from, to and body are needed"))
    text = write(request.app[CARRIER], given["from"], given["to"], given["body"])
    return web.json_response({"sid": text.sid}, status=201)


async def _object(request: web.Request) -> dict[str, Any]:
    try:
        given = json.loads(await request.read() or b"{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise web.HTTPBadRequest(text="a JSON object is needed\n")
    return given


def _bad(error: Exception) -> web.Response:
    return web.json_response({"error": str(error)}, status=400)


ROUTES = [
    web.get("/_carrier/health", health),
    web.get("/_carrier/books", books),
    web.post("/_carrier/reset", reset),
    web.get("/_carrier/faults", show_faults),
    web.post("/_carrier/faults", set_faults),
    web.delete("/_carrier/faults", end_faults),
    web.get("/_carrier/people", show_people),
    web.post("/_carrier/people", set_people),
    web.post("/_carrier/speed", set_speed),
    web.post("/_carrier/inbound", inbound),
]
