from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from app import tenancy
from app.accounts.senders import SenderCode, SenderRefused, add_sender
from app.campaigns.fire import fire
from app.delivery.senders import Senders
from app.extensions import db
from app.models import Channel, Company, Role, Sender
from tests import factories
from tests.portal.conftest import Visitor
from tests.queueing.line_of import DEFINITION
from tests.queueing.runs import limits as settings_of
from tests.queueing.runs import messages_of, patient, worked


def addresses() -> list[str]:
    return list(db.session.scalars(tenancy.rows(Sender).order_by(Sender.id).with_only_columns(Sender.address)))


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize(
    ("channel", "written", "address"),
    [
        (Channel.SMS, " (202) 555-0143 ", "+12025550143"),
        (Channel.SMS, "24273", "24273"),
        (Channel.SMS, "MG" + "a" * 32, "MG" + "a" * 32),
        (Channel.WHATSAPP, "+44 20 7946 0018", "+442079460018"),
        (Channel.EMAIL, "Reminders@Clinic.Example", "reminders@clinic.example"),
        (Channel.MESSENGER, "104857600123", "104857600123"),
    ],
)
def test_a_sender_is_kept_in_the_form_that_providers_want(channel: Channel, written: str, address: str) -> None:
    assert add_sender(channel, written).address == address


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize(
    ("channel", "written", "code"),
    [
        (Channel.SMS, "555", SenderCode.NUMBER_INVALID),
        (Channel.VOICE, "24273", SenderCode.NUMBER_INVALID),
        (Channel.VOICE, "MG" + "a" * 32, SenderCode.NUMBER_INVALID),
        (Channel.EMAIL, "reminders", SenderCode.MAILBOX_INVALID),
        (Channel.INSTAGRAM, "@clinic", SenderCode.PAGE_INVALID),
    ],
)
def test_what_cannot_be_sent_from_is_refused(channel: Channel, written: str, code: SenderCode) -> None:
    with pytest.raises(SenderRefused) as refusal:
        add_sender(channel, written)

    assert refusal.value.code is code
    assert addresses() == []


@pytest.mark.usefixtures("company")
def test_one_address_is_one_sender_however_it_is_written() -> None:
    add_sender(Channel.SMS, "+12025550143")

    with pytest.raises(SenderRefused) as refusal:
        add_sender(Channel.SMS, "202-555-0143")

    assert refusal.value.code is SenderCode.ALREADY_THERE


def test_a_sender_is_added_and_removed_on_its_page(visitor: Visitor, company: Company) -> None:
    visitor.get("/senders/")
    visitor.post("/senders/", channel="sms", address="202 555 0143", label="Front desk")
    assert "SMS +12025550143 Front desk" in visitor.get("/senders/").text

    [sender] = db.session.scalars(tenancy.rows(Sender))
    visitor.post(f"/senders/{sender.id}/remove")

    assert addresses() == []


def test_a_refused_sender_says_why_and_what_was_typed_stays(visitor: Visitor) -> None:
    response = visitor.post("/senders/", channel="email", address="not an address", label="Front desk")

    assert response.status_code == 422
    assert "Give an e-mail address" in response.text
    assert 'value="not an address"' in response.text
    assert 'value="Front desk"' in response.text


def test_the_page_the_editor_and_the_run_agree_on_the_first_sender(visitor: Visitor, company: Company) -> None:
    newer, older = factories.sender(Channel.SMS, "+12025550111"), factories.sender(Channel.SMS, "+12025550122")
    older.created_at = newer.created_at - timedelta(days=1)
    db.session.commit()
    assert newer.id < older.id

    page = visitor.get("/senders/").text
    assert page.index("SMS +12025550122 Used when a campaign names none") < page.index("SMS +12025550111")

    campaign = factories.campaign(DEFINITION, [factories.source([patient(1)])])
    assert "the company’s first, +12025550122" in visitor.get(f"/campaigns/{campaign.id}/edit").html
    run = fire(campaign.id)
    worked(run)
    [text] = [message for message in messages_of(run) if message.channel is Channel.SMS]
    assert text.sender_id == older.id
    assert Senders(Channel.SMS).address(None) == older.address


@pytest.mark.parametrize(
    ("accounts", "notice"),
    [
        ({}, "Not sent to anybody yet: SMS, E-mail."),
        ({"twilio_api_base": "https://api.twilio.com"}, "Not sent to anybody yet: E-mail."),
        ({"sendgrid_api_base": "https://api.sendgrid.com"}, "Not sent to anybody yet: SMS."),
        ({"twilio_api_base": "https://api.twilio.com", "sendgrid_api_base": "https://api.sendgrid.com"}, ""),
    ],
)
def test_the_page_names_the_channels_that_reach_nobody(
    app: Flask, visitor: Visitor, accounts: dict[str, str], notice: str
) -> None:
    with settings_of(app, **accounts):
        page = visitor.get("/senders/").text

    assert notice in page
    assert ("Not sent to anybody" in page) == bool(notice)


def test_the_addresses_to_set_at_the_providers_are_the_public_ones(visitor: Visitor, company: Company) -> None:
    page = visitor.get("/senders/")

    assert f'value="http://carillon.test/messages/incoming/twilio?company={company.id}"' in page.html
    assert 'value="http://carillon.test/messages/events/sendgrid"' in page.html


def test_an_editor_sees_the_senders_without_the_form(visitor_of: Callable[[Role], Visitor]) -> None:
    page = visitor_of(Role.EDITOR).get("/senders/")

    assert "address" not in page.inputs
