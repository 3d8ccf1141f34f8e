"""A run whose messages are counted as the cleaning line would have counted them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from app import tallies, tenancy
from app.campaigns.definition import Definition
from app.extensions import db
from app.models import Channel, Company, DataSource, Message, Run, Sender, Tally, TallyKind
from app.tallies import TallyKey
from tests import factories
from tests.simulator.carrier import CREDENTIALS, RunningCarrier, running_carrier

MakeMessage = Callable[..., Message]
Tune = Callable[..., None]


@pytest.fixture
def source(company: Company) -> DataSource:
    """One loaded row: Ann Example, whose address is that of `factories.message`."""
    return factories.source([["EXAMPLE, ANN", "(202) 555-0143", "ann@example.com", "Dr. Bell"]])


@pytest.fixture
def run(source: DataSource) -> Run:
    """A run that is delivering."""
    return factories.run(factories.campaign(Definition(), [source]))


@pytest.fixture
def make_message(run: Run, source: DataSource) -> MakeMessage:
    """Makes a message of the run, as `factories.message` does, and counts it."""

    def make(**changes: object) -> Message:
        made = factories.message(run, source.id, **changes)
        tallies.add({counted(made): 1})
        db.session.commit()
        return made

    return make


def counted(message: Message) -> TallyKey:
    """The count that a message belongs to."""
    return TallyKey(
        message.run_id,
        message.campaign_id,
        message.method,
        message.channel,
        message.day,
        TallyKind.MESSAGE,
        "",
        message.status.value,
    )


def tallied() -> dict[tuple[TallyKind, str], int]:
    """The bound company's counts by kind and code, without zeros."""
    db.session.expire_all()
    return {(tally.kind, tally.code): tally.n for tally in db.session.scalars(tenancy.rows(Tally)) if tally.n}


def fresh(message: Message) -> Message:
    """The message as the database has it now."""
    db.session.rollback()
    db.session.refresh(message)
    return message


@pytest.fixture
def tune(app: Flask) -> Iterator[Tune]:
    """Changes settings for the length of a test."""
    before = app.config["SETTINGS"]

    def change(**changes: Any) -> None:
        app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update=changes)

    yield change
    app.config["SETTINGS"] = before


@pytest.fixture
def carrier(tune: Tune) -> Iterator[RunningCarrier]:
    """A local carrier that plays the providers and calls nobody back. Answers are waited for half a second."""
    with running_carrier(id_names=("message", "message_id")) as running:
        tune(
            twilio_api_base=running.base_url,
            sendgrid_api_base=running.base_url,
            twilio_account_sid=CREDENTIALS["twilio_account_sid"],
            twilio_auth_token=CREDENTIALS["twilio_auth_token"],
            sendgrid_api_key=CREDENTIALS["sendgrid_api_key"],
            send_timeout_seconds=0.5,
        )
        running.faults(callback_lost=1.0)
        yield running


@pytest.fixture
def number(company: Company) -> Sender:
    """The number that texts go out from."""
    return factories.sender(Channel.SMS, "+12025550100")


@pytest.fixture
def mailbox(company: Company) -> Sender:
    """The mailbox that mails go out from."""
    return factories.sender(Channel.EMAIL, "desk@clinic.example")


@pytest.fixture
def make_mail(make_message: MakeMessage) -> MakeMessage:
    """Makes an e-mail that is due."""

    def make(**changes: Any) -> Message:
        values: dict[str, Any] = {
            "method": "email",
            "channel": Channel.EMAIL,
            "endpoint": "ann@example.com",
            "subject": "Your visit",
            "body": "See you at 10",
            "html": "<p>See you at 10</p>",
        }
        return make_message(**(values | changes))

    return make
