"""The send job works one slice for its company and asks for another turn while there is something to do soon."""

from datetime import timedelta

import pytest
from pydantic import ValidationError
from rq import Queue

from app import jobs, tenancy
from app.clock import now
from app.config import Settings
from app.extensions import db, redis
from app.jobs import Job, JobQueue
from app.models import Company, MessageStatus
from tests.delivery.conftest import MakeMessage, Tune, fresh
from tests.simulator.carrier import RunningCarrier
from workers.send import send_due

pytestmark = pytest.mark.usefixtures("number")


def waiting() -> list[tuple[str, ...]]:
    return [tuple(job.args) for job in Queue(JobQueue.SEND.value, connection=redis()).jobs]


def planned() -> float | None:
    instant = jobs.next_planned(redis())
    return instant.timestamp() if instant else None


def test_what_is_due_is_sent_and_the_job_is_done(
    company: Company, carrier: RunningCarrier, make_message: MakeMessage
) -> None:
    message = make_message()

    send_due(str(company.id))

    assert fresh(message).status is MessageStatus.SENT
    assert waiting() == []


def test_a_retry_that_is_seconds_away_does_not_wait_for_the_sweep(
    company: Company, carrier: RunningCarrier, make_message: MakeMessage
) -> None:
    message = make_message()
    carrier.faults(server_error=1.0)

    send_due(str(company.id))

    assert fresh(message).status is MessageStatus.QUEUED
    assert waiting() == []
    assert planned() == pytest.approx(message.not_before.timestamp(), abs=2)


def test_the_job_comes_back_when_the_next_message_falls_due(company: Company, make_message: MakeMessage) -> None:
    later = now() + timedelta(hours=1)
    make_message(not_before=later)
    make_message(not_before=later + timedelta(hours=1), row_number=3)
    send_due(str(company.id))
    assert waiting() == []
    assert planned() == later.timestamp()


def test_messages_that_wait_for_a_person_wake_nobody(company: Company, make_message: MakeMessage) -> None:
    make_message(status=MessageStatus.UNKNOWN, lease_until=None)
    send_due(str(company.id))
    assert planned() is None


def test_more_than_a_slice_holds_is_asked_for_again(
    company: Company, carrier: RunningCarrier, make_message: MakeMessage, tune: Tune
) -> None:
    make_message()
    tune(slice_seconds=0.0)

    send_due(str(company.id))

    assert waiting() == [(str(company.id),)]


def test_a_hint_given_while_it_works_is_news(
    company: Company, carrier: RunningCarrier, make_message: MakeMessage
) -> None:
    jobs.enqueue(Job.SEND_DUE, company.id)
    send_due(str(company.id))
    assert jobs.enqueue(Job.SEND_DUE, company.id) is True


def test_the_job_settles_what_a_killed_one_left(
    company: Company, carrier: RunningCarrier, make_message: MakeMessage
) -> None:
    message = make_message(
        status=MessageStatus.SENDING,
        claim=company.id,
        claimed_at=now() - timedelta(minutes=5),
        lease_until=now() - timedelta(minutes=4),
    )

    send_due(str(company.id))
    send_due(str(company.id))

    assert fresh(message).status is MessageStatus.SENT
    assert carrier.line(str(message.id))["accepted"] == 1


def test_the_job_binds_its_company_and_no_other(
    company: Company, other_company: Company, carrier: RunningCarrier, make_message: MakeMessage
) -> None:
    message = make_message()
    with tenancy.company(other_company.id):
        send_due(str(other_company.id))
        db.session.commit()
    assert fresh(message).status is MessageStatus.QUEUED


def test_a_lease_shorter_than_an_answer_may_take_is_refused_at_the_start() -> None:
    with pytest.raises(ValidationError, match="LEASE_SECONDS"):
        Settings(lease_seconds=15, send_timeout_seconds=15.0)
