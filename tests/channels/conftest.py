"""Channels know the settings and nothing else of the application: no database, no Redis."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.channels.base import Outgoing
from app.clock import now
from app.config import Settings
from app.models import new_id

COMPANY = UUID("01930000-0000-7000-8000-00000000c0de")
MakeOutgoing = Callable[..., Outgoing]


@pytest.fixture(autouse=True)
def known_settings() -> Iterator[Settings]:
    """Credentials of our own, providers at their real addresses."""
    settings = Settings(
        secret_key="a test's secret key",
        public_base_url="https://carillon.example",
        twilio_account_sid="AC00000000000000000000000000000001",
        twilio_auth_token="token",
        sendgrid_api_key="SG.key",
    )
    app = Flask("channels")
    app.config["SETTINGS"] = settings
    with app.app_context():
        yield settings


@pytest.fixture
def sms_to_ann() -> MakeOutgoing:
    """Makes a text message; the arguments override what it says."""

    def make(**changes: Any) -> Outgoing:
        values: dict[str, Any] = {
            "message_id": new_id(),
            "company_id": COMPANY,
            "sender": "+12025550100",
            "sender_name": "",
            "endpoint": "+12025550143",
            "subject": None,
            "body": "See you at 10 & bring “papers”. Reply C to confirm",
            "html": None,
            "useful_until": now() + timedelta(hours=3),
        }
        return Outgoing(**(values | changes))

    return make


@pytest.fixture
def mail_to_ann() -> MakeOutgoing:
    """Makes an e-mail; the arguments override what it says."""

    def make(**changes: Any) -> Outgoing:
        values: dict[str, Any] = {
            "message_id": new_id(),
            "company_id": COMPANY,
            "sender": "desk@clinic.example",
            "sender_name": "Northside Clinics",
            "endpoint": "ann@example.com",
            "subject": "Your visit",
            "body": "See you at 10",
            "html": "<p>See you at 10</p>",
            "useful_until": None,
        }
        return Outgoing(**(values | changes))

    return make
