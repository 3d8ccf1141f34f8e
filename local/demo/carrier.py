"""The local carrier as the demo sees it: through Twilio's own SDK what Twilio has, and its books."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import requests
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from app.config import Settings
from local.demo.company import NUMBER

_TIMEOUT_SECONDS = 10


class _AtOneAddress(TwilioHttpClient):
    """Sends every product's requests to one address, as for a proxy of the whole API."""

    def __init__(self, address: str) -> None:
        super().__init__(timeout=_TIMEOUT_SECONDS)
        self._address = address

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """The request, at our address instead of Twilio's."""
        path = urlsplit(url)._replace(scheme="", netloc="").geturl()
        return super().request(method, self._address + path, *args, **kwargs)


class DemoCarrier:
    """The carrier at the address that the application's settings name."""

    def __init__(self, settings: Settings) -> None:
        self.address = settings.twilio_api_base
        self._answers = f"{settings.public_base_url}/messages/incoming/twilio"
        self._twilio = Client(
            settings.twilio_account_sid, settings.twilio_auth_token, http_client=_AtOneAddress(self.address)
        )

    def is_ours(self) -> bool:
        """False when the carrier of somebody else's demo answers, who was quicker to take the port."""
        try:
            self._twilio.api.v2010.account.fetch()
        except (TwilioException, requests.RequestException):
            return False
        return True

    def take_number(self, company_id: UUID) -> None:
        """Buys the company's number and says where its texts go; SendGrid's events come to us by the carrier's default.

        A share of the sample's phones become landlines, or are switched off, so that not all arrives.
        """
        where = f"{self._answers}?company={company_id}"
        known = self._twilio.incoming_phone_numbers.list(phone_number=NUMBER)
        if not known:
            self._twilio.incoming_phone_numbers.create(phone_number=NUMBER, sms_url=where)
        elif known[0].sms_url != where:
            known[0].update(sms_url=where)
        faults = self._asked("GET", "/_carrier/faults")
        landlines = {f"{number:04}": 30006 for number in range(0, 10_000, 50)}
        switched_off = {f"{number:04}": 30003 for number in range(25, 10_000, 100)}
        self._asked("POST", "/_carrier/faults", {"endings": landlines | switched_off | faults["endings"]})

    def is_quiet(self) -> bool:
        """True when everything that the carrier has to tell the application has been told."""
        return bool(self._asked("GET", "/_carrier/books?messages=no")["waiting"] == 0)

    def reached_twice(self) -> int:
        """How many messages reached their person more than once, by the carrier's books."""
        return len(self._asked("GET", "/_carrier/books?messages=no")["doubled"])

    def _asked(self, method: str, path: str, given: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = requests.request(method, self.address + path, json=given, timeout=_TIMEOUT_SECONDS)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found
