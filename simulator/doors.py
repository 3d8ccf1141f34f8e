"""What stands before every provider's send and read requests: the faults, each in the provider's own shape."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from simulator.carrier import CARRIER, Carrier

Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True)
class Trouble:
    """How one provider says that it has trouble."""

    provider: str
    too_many: Callable[[int], web.Response]
    """Takes the seconds to wait."""
    unavailable: Callable[[], web.Response]
    broken: Callable[[], web.Response]


def under_faults(trouble: Trouble, handler: Handler) -> Handler:
    """`handler`, but for the faults that are switched on. Those that come after accepting spare reads and refusals."""

    async def door(request: web.Request) -> web.Response:
        carrier = request.app[CARRIER]
        carrier.books.requests[trouble.provider] += 1
        if not carrier.faults.troubles(trouble.provider):
            return await handler(request)
        if carrier.faults.latency_ms:
            await asyncio.sleep(carrier.faults.latency_ms / 1000)
        before = _before(carrier, trouble, request)
        if before is not None:
            return before
        response = await handler(request)
        if request.method != "POST" or response.status >= 300:
            return response
        return await _after(carrier, trouble, request, response)

    return door


def _before(carrier: Carrier, trouble: Trouble, request: web.Request) -> web.Response | None:
    faults, dice, refused = carrier.faults, carrier.dice, carrier.books.refused
    if dice.random() < faults.reset:
        refused["reset"] += 1
        return _reset(request)
    if dice.random() < faults.too_many_requests:
        refused["429"] += 1
        return trouble.too_many(faults.retry_after)
    if dice.random() < faults.server_error:
        refused["503"] += 1
        return trouble.unavailable()
    return None


async def _after(carrier: Carrier, trouble: Trouble, request: web.Request, response: web.Response) -> web.Response:
    faults, dice, refused = carrier.faults, carrier.dice, carrier.books.refused
    if dice.random() < faults.silence_after_accept:
        refused["silent, accepted"] += 1
        await asyncio.sleep(faults.silence_seconds)
        return _reset(request)
    if dice.random() < faults.reset_after_accept:
        refused["reset, accepted"] += 1
        return _reset(request)
    if dice.random() < faults.server_error_after_accept:
        refused["500, accepted"] += 1
        return trouble.broken()
    return response


def _reset(request: web.Request) -> web.Response:
    transport = request.transport
    if transport is not None:
        # With a linger time of 0 the kernel sends RST instead of FIN.
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()
