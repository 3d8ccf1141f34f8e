"""The local carrier's own callbacks, signed by it and posted over the wire, come through the doors."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app.channels import addresses
from app.config import Settings
from app.extensions import db
from app.local_credentials import sendgrid_signing_key
from app.models import Company, Disposition, Message, MessageStatus
from tests.receipts import rows
from tests.simulator.carrier import RunningCarrier, running_carrier
from tests.webhooks.served import served


@pytest.fixture
def carrier(
    app: Flask, settings: Settings, company: Company, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RunningCarrier]:
    """A carrier with the application's credentials that knows where to post."""
    with served(app) as port:
        base = f"http://127.0.0.1:{port}"
        monkeypatch.setitem(app.config, "SETTINGS", settings.model_copy(update={"public_base_url": base}))
        with running_carrier(
            twilio_auth_token=settings.twilio_auth_token,
            sendgrid_signing_key=sendgrid_signing_key(settings.secret_key),
            sms_url=f"{base}/messages/incoming/twilio?company={company.id}",
            sendgrid_event_url=f"{base}/messages/events/sendgrid",
        ) as running:
            yield running


def heard(carrier: RunningCarrier, word: str) -> list[dict[str, Any]]:
    """Waits until the inbox holds an event of this key or word, and returns what it holds."""

    def payloads() -> list[dict[str, Any]]:
        db.session.rollback()
        return [receipt.payload for receipt in rows.receipts() if word in (*receipt.payload.values(),)]

    found: list[dict[str, Any]] = carrier.eventually(payloads)
    return found


def test_a_text_s_callbacks_deliver_it(carrier: RunningCarrier, message: Message) -> None:
    sid = carrier.twilio.messages.create(
        to=message.endpoint,
        from_=rows.CLINIC,
        body="Grüße: reply C to confirm",
        status_callback=addresses.twilio_status(message.company_id, message.id),
    ).sid
    heard(carrier, "delivered")
    rows.apply()
    assert (rows.fresh(message).status, message.provider_id) == (MessageStatus.DELIVERED, sid)


def test_a_person_s_reply_confirms(carrier: RunningCarrier, message: Message) -> None:
    carrier.write(message.endpoint, rows.CLINIC, "Yes! 👍")
    carrier.write(message.endpoint, rows.CLINIC, "C")
    heard(carrier, "C")
    rows.apply()
    assert rows.decided() == {2: Disposition.CONFIRMED}


def test_a_mail_s_events_deliver_it(carrier: RunningCarrier, mail: Message) -> None:
    carrier.sendgrid.client.mail.send.post(
        request_body={
            "from": {"email": "clinic@example.com"},
            "subject": "Your appointment",
            "content": [{"type": "text/plain", "value": "See you tomorrow"}],
            "personalizations": [
                {
                    "to": [{"email": mail.endpoint}],
                    "custom_args": {"company_id": str(mail.company_id), "message_id": str(mail.id)},
                }
            ],
        }
    )
    heard(carrier, "delivered")
    rows.apply()
    assert rows.fresh(mail).status is MessageStatus.DELIVERED
