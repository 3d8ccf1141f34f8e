"""Starts the local carrier with the application's own settings: `python -m simulator --port 8100`."""

import argparse
import asyncio
import logging
import os
import signal
import sys

from app.config import Settings, load_settings
from app.local_credentials import sendgrid_signing_key
from simulator import CarrierConfig, Shares, create_carrier, serve

log = logging.getLogger("simulator")


def main() -> None:
    """Serves until it is interrupted."""
    settings = load_settings()
    options = _options(settings)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        asyncio.run(_run(_config(settings, options), options.port))
    except OSError as error:
        sys.exit(f"the carrier cannot listen on port {options.port}: {error}")


def _options(settings: Settings) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description="The local carrier.")
    parser.add_argument("--port", type=int, default=settings.simulator_port, help="0 takes any free port")
    parser.add_argument("--speed", type=float, default=float(os.environ.get("CARRIER_SPEED", "1")))
    parser.add_argument("--seed", type=int, default=int(os.environ.get("CARRIER_SEED", "1")))
    parser.add_argument(
        "--people",
        default=os.environ.get("CARRIER_PEOPLE", ""),
        help="shares of what people do, such as confirm=0.6,cancel=0.1,stop=0.02 (see simulator.people.shares)",
    )
    return parser.parse_args()


def _config(settings: Settings, options: argparse.Namespace) -> CarrierConfig:
    try:
        given = dict(share.split("=") for share in options.people.split(",") if share)
        shares = Shares().changed({name.strip(): float(value) for name, value in given.items()})
    except ValueError as error:
        sys.exit(f"--people: {error}")
    base = settings.public_base_url
    return CarrierConfig(
        twilio_account_sid=settings.twilio_account_sid,
        twilio_auth_token=settings.twilio_auth_token,
        sendgrid_api_key=settings.sendgrid_api_key,
        sendgrid_signing_key=sendgrid_signing_key(settings.secret_key),
        meta_page_token=settings.meta_page_token,
        meta_app_secret=settings.meta_app_secret,
        meta_verify_token=settings.meta_verify_token,
        sms_url=f"{base}/messages/incoming/twilio",
        sendgrid_event_url=f"{base}/messages/events/sendgrid",
        meta_webhook_url=f"{base}/messages/incoming/meta",
        speed=options.speed,
        seed=options.seed,
        shares=shares,
    )


async def _run(config: CarrierConfig, port: int) -> None:
    runner, port = await serve(create_carrier(config), port)
    log.info("the local carrier listens on http://127.0.0.1:%d", port)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await runner.cleanup()


if __name__ == "__main__":
    main()
