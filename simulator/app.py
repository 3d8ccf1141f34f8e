"""Puts a carrier together and serves it, on the loopback address only."""

from aiohttp import web

from simulator import admin, pages
from simulator.carrier import CARRIER, Carrier
from simulator.config import CarrierConfig
from simulator.meta import graph
from simulator.people import mailing, texting
from simulator.sendgrid import ladder as mail_ladder
from simulator.sendgrid import mail, settings
from simulator.twilio import calls, messages, numbers, services

LARGEST_REQUEST = 30 * 1024 * 1024
"""SendGrid's limit, the largest of the three."""


def create_carrier(config: CarrierConfig) -> web.Application:
    """The carrier as an application, with empty books."""
    carrier = Carrier(config)
    carrier.text_readers.append(lambda text: texting.answer(carrier, text))
    carrier.mail_readers.append(lambda sent: mailing.read(carrier, sent, mail_ladder.read_by_person))
    carrier.books.meta_webhook = config.meta_webhook_url
    if config.sendgrid_event_url:
        settings.add(carrier, settings.all_events(config.sendgrid_event_url), signed=True)

    app = web.Application(client_max_size=LARGEST_REQUEST)
    app[CARRIER] = carrier
    app.cleanup_ctx.append(carrier.callbacks.run)
    app.cleanup_ctx.append(carrier.run)
    for room in (messages, mail, calls, graph, numbers, services, settings, admin, pages):
        app.router.add_routes(room.ROUTES)
    return app


async def serve(app: web.Application, port: int) -> tuple[web.AppRunner, int]:
    """Starts listening on 127.0.0.1; port 0 takes any free one. Returns what to clean up, and the port.

    Raises OSError when the port is taken. A caller who hangs up has its request cancelled, so that nobody goes on
    waiting with an answer that is withheld on purpose.
    """
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
    except OSError:
        await runner.cleanup()
        raise
    address = runner.addresses[0]
    return runner, int(address[1])
