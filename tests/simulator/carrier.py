"""A local carrier in a thread of its own, for the tests of every room that talks to a provider.

with running_carrier(sms_url=my_webhook, shares=SILENT.changed({"confirm": 1.0})) as carrier:
    carrier.twilio.messages.create(to=..., from_=..., body=...)
    carrier.eventually(lambda: carrier.line("my id")["status"] == "delivered")
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric import ec
from sendgrid import SendGridAPIClient
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from simulator import CarrierConfig, Shares, create_carrier, serve
from simulator.carrier import CARRIER, Carrier
from simulator.sendgrid.settings import public_key

SILENT = Shares(
    confirm=0.0,
    cancel=0.0,
    reschedule=0.0,
    stop=0.0,
    unclear=0.0,
    reads=0.0,
    opens=0.0,
    busy=0.0,
    no_answer=0.0,
    machine=0.0,
)
"""People who pick up and listen, and do nothing of their own accord."""

CREDENTIALS: dict[str, Any] = {
    "twilio_account_sid": "AC0123456789abcdef0123456789abcdef",
    "twilio_auth_token": "0123456789abcdef0123456789abcdef",
    "sendgrid_api_key": "SG.test-key",
    "sendgrid_signing_key": ec.derive_private_key(20_261_124, ec.SECP256R1()),
    "meta_page_token": "test-page-token",
    "meta_app_secret": "test-app-secret",
    "meta_verify_token": "test-verify-token",
}


class LocalHttpClient(TwilioHttpClient):
    """Sends every product's requests to one address: the SDK's own way for a proxy of the whole API."""

    def __init__(self, base_url: str) -> None:
        super().__init__(timeout=10)
        self._base_url = base_url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """The request, at our address instead of Twilio's."""
        parts = urlsplit(url)
        return super().request(
            method, f"{self._base_url}{parts._replace(scheme='', netloc='').geturl()}", *args, **kwargs
        )


class RunningCarrier:
    """A carrier that listens. `base_url` is what provider addresses are set to."""

    def __init__(self, carrier: Carrier, port: int) -> None:
        self.carrier = carrier
        self.config = carrier.config
        self.base_url = f"http://127.0.0.1:{port}"

    @cached_property
    def twilio(self) -> Client:
        """The official client, with the carrier's credentials."""
        config = self.config
        return Client(config.twilio_account_sid, config.twilio_auth_token, http_client=LocalHttpClient(self.base_url))

    @cached_property
    def sendgrid(self) -> SendGridAPIClient:
        """The official client, with the carrier's key."""
        return SendGridAPIClient(self.config.sendgrid_api_key, host=self.base_url)

    @property
    def event_public_key(self) -> str:
        """What the application has to know to check signed events."""
        return public_key(self.config.sendgrid_signing_key)

    def books(self) -> dict[str, Any]:
        """Totals, and a line per message."""
        return self._json("GET", "/_carrier/books")

    def line(self, message_id: str) -> dict[str, Any]:
        """The line of the message with the application's id, or an empty one."""
        return next((line for line in self.books()["messages"] if line["id"] == message_id), {})

    def faults(self, **changes: Any) -> dict[str, Any]:
        """Switches faults on or off (see `simulator.faults`)."""
        return self._json("POST", "/_carrier/faults", changes)

    def people(self, **changes: float) -> dict[str, Any]:
        """Changes what shares of people do (see `simulator.people.shares`)."""
        return self._json("POST", "/_carrier/people", changes)

    def write(self, person: str, ours: str, body: str) -> str:
        """Has a person write to one of our senders. Returns the text's SID."""
        return str(self._json("POST", "/_carrier/inbound", {"from": person, "to": ours, "body": body})["sid"])

    def reset(self) -> None:
        """Empties the books and ends all faults."""
        self._json("POST", "/_carrier/reset")

    def eventually(self, condition: Callable[[], Any], seconds: float = 30.0) -> Any:
        """Waits until `condition()` holds and returns what it returned. Fails after `seconds`."""
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < deadline, f"still not so after {seconds} s; the books: {self.books()}"
            time.sleep(0.01)
        return value

    def _json(self, method: str, path: str, given: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = requests.request(method, self.base_url + path, json=given, timeout=10)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def running_carrier(**config: Any) -> Iterator[RunningCarrier]:
    """A carrier on a free port, with `CREDENTIALS`, silent people and a hundredfold speed unless `config` differs."""
    app = create_carrier(CarrierConfig(**{**CREDENTIALS, "speed": 100.0, "shares": SILENT, **config}))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="carrier")
    thread.start()
    try:
        runner, port = asyncio.run_coroutine_threadsafe(serve(app, 0), loop).result(10)
        try:
            yield RunningCarrier(app[CARRIER], port)
        finally:
            asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
