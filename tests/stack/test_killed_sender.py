"""A send worker ends in the middle of a run: nobody is written to twice, and nobody is forgotten."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import create_app, jobs
from app.campaigns.definition import ContactWindow, Content, Definition, DeliveryMethod, Mapping, Role, Source
from app.campaigns.fire import fire
from app.config import Settings
from app.extensions import db
from app.jobs import Job, JobQueue
from app.models import Channel, Company, MessageStatus, Run, RunStatus
from app.reporting.questions import run_counts
from local.ports import free_port
from tests import factories
from tests.simulator.carrier import CREDENTIALS, RunningCarrier, running_carrier
from tests.stack.conftest import eventually, program
from tests.webhooks.served import served

pytestmark = pytest.mark.stack

PEOPLE = 400
DEFINITION = Definition(
    mapping=Mapping(
        roles={Role.PERSON: (Source(column="patient_name"),), Role.PHONE: (Source(column="cell_phone"),)},
    ),
    methods=(
        DeliveryMethod(key="sms", channel=Channel.SMS, content=Content(text="Hi {{ patient_name }}, see you soon.")),
    ),
    window=ContactWindow(weekdays=frozenset(range(1, 8)), lift_quiet_hours=True),
)


@pytest.fixture
def carrier() -> Iterator[RunningCarrier]:
    """A carrier that takes its time, so that a worker can be killed while texts are on their way."""
    with running_carrier() as running:
        running.faults(latency_ms=150, endings={})
        yield running


@pytest.fixture
def settings_of_stack(settings: Settings, carrier: RunningCarrier) -> Settings:
    """The test's settings, with the carrier for Twilio and short leases."""
    return settings.model_copy(
        update={
            "public_base_url": f"http://127.0.0.1:{free_port()}",
            "twilio_api_base": carrier.base_url,
            "twilio_account_sid": CREDENTIALS["twilio_account_sid"],
            "twilio_auth_token": CREDENTIALS["twilio_auth_token"],
            "lease_seconds": 7,
            "send_timeout_seconds": 2.0,
            "send_block": 100,
            "send_concurrency": 8,
        }
    )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "workers.log"


@pytest.fixture
def run(company: Company, environment: dict[str, str], settings_of_stack: Settings, log: Path) -> Iterator[Run]:
    """A run whose messages are queued, in an environment in which they can be sent and answered."""
    company.sandbox = True
    db.session.commit()
    factories.sender(Channel.SMS, "+12025550100")
    source = factories.source([[f"Person {n}", f"+1202555{1000 + n}", "", "Bell", "", ""] for n in range(PEOPLE)])
    fired = fire(factories.campaign(DEFINITION, [source]).id)
    environment |= _changed(settings_of_stack)
    port = int(settings_of_stack.public_base_url.rpartition(":")[2])
    with served(create_app(settings_of_stack), port):
        with program(environment, log, "workers.runtime", JobQueue.QUEUE):
            eventually(lambda: _status(fired) is RunStatus.DELIVERING, said=log.read_text)
        yield fired


def test_a_killed_sender_loses_nothing_and_doubles_nothing(
    company: Company, carrier: RunningCarrier, run: Run, environment: dict[str, str], log: Path
) -> None:
    with program(environment, log, "workers.runtime", JobQueue.SEND) as sender:
        eventually(lambda: len(carrier.books()["messages"]) > PEOPLE // 8, said=log.read_text)
        sender.kill()
    in_flight = run_counts(run.id).total.messages
    assert in_flight.get(MessageStatus.SENDING, 0) > 0, "it was killed too late to leave anything in flight"

    with (
        program(environment, log, "workers.runtime", JobQueue.SEND),
        program(environment, log, "workers.runtime", JobQueue.RECEIPTS),
    ):

        def finished() -> bool:
            # as the sweep would, for the killed job took its hint with it
            jobs.enqueue(Job.SEND_DUE, company.id)
            jobs.enqueue(Job.APPLY_RECEIPTS, company.id)
            return _status(run) is RunStatus.FINISHED

        eventually(finished, 60.0, said=lambda: f"{run.status} {run_counts(run.id)} {log.read_text()[-3000:]}")

    books = carrier.books()
    assert books["doubled"] == []
    assert Counter(line["accepted"] for line in books["messages"]) == {1: PEOPLE}
    assert run_counts(run.id).total.delivered == PEOPLE


def test_a_sender_that_is_told_to_stop_leaves_nothing_in_doubt(
    carrier: RunningCarrier, run: Run, environment: dict[str, str], log: Path
) -> None:
    with program(environment, log, "workers.runtime", JobQueue.SEND) as sender:
        eventually(lambda: len(carrier.books()["messages"]) > PEOPLE // 8, said=log.read_text)
        sender.terminate()
        sender.wait(timeout=10)

    left = run_counts(run.id).total.messages
    accepted = sum(line["accepted"] for line in carrier.books()["messages"])
    assert left[MessageStatus.QUEUED] == PEOPLE - accepted > 0, "it was told too late to leave anything"
    assert not left.get(MessageStatus.SENDING)
    assert not left.get(MessageStatus.UNKNOWN)


def _status(run: Run) -> RunStatus:
    db.session.refresh(run)
    return run.status


def _changed(settings: Settings) -> dict[str, str]:
    """The settings that the workers' environment has to name."""
    names = (
        *("public_base_url", "twilio_api_base", "twilio_account_sid", "twilio_auth_token", "lease_seconds"),
        *("send_timeout_seconds", "send_block", "send_concurrency"),
    )
    return {name.upper(): str(getattr(settings, name)) for name in names}
