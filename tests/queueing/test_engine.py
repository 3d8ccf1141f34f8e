"""A run's records become messages and failures, whatever happens on the way."""

import os
import signal
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app import suppressions, tenancy
from app.clock import now
from app.extensions import db
from app.models import (
    Channel,
    Company,
    Failure,
    FailureStage,
    Message,
    MessageStatus,
    Run,
    RunStatus,
    RunUntil,
    SuppressionSource,
)
from app.queueing import walking, writing
from app.queueing.engine import is_shareable, queue_slice
from tests import factories
from tests.queueing.line_of import DEFINITION, SMS, definition
from tests.queueing.runs import (
    assert_adds_up,
    counted,
    failures_of,
    fired,
    limits,
    messages_of,
    patient,
    patients,
    work_elsewhere,
    worked,
)


def test_every_record_becomes_a_message_or_a_failure_on_each_method(company: Company) -> None:
    source = factories.source([patient(1), patient(2, cell_phone="none"), patient(3, e_mail="")])
    run = fired(source)
    assert worked(run) is False
    assert_adds_up(run)
    assert counted(run) == {
        ("sms", "", "queued"): 2,
        ("sms", "validate", "phone_invalid"): 1,
        ("email", "", "queued"): 2,
        ("email", "validate", "email_missing"): 1,
    }
    assert run.status is RunStatus.DELIVERING


def test_a_message_holds_all_that_delivery_needs(company: Company) -> None:
    number = factories.sender(Channel.SMS, "+12025550100")
    factories.sender(Channel.SMS, "+12025550101")
    run = fired(factories.source([patient(1)]))
    worked(run)
    email, sms = messages_of(run)
    assert (sms.endpoint, sms.body, sms.subject, sms.html) == ("+12025550001", sms.body, None, None)
    assert sms.body == "Hi Ann, Dr. Bell 12/24/2099"
    assert (sms.sender_id, email.sender_id) == (number.id, None)
    assert (sms.person, sms.doctor, sms.zone) == ("Ann 1 Example", "Dr. Bell", "America/New_York")
    assert sms.expires_at == sms.appointment_at
    assert sms.window_closes_at is not None
    assert sms.not_before < sms.window_closes_at
    assert (sms.campaign_id, sms.data_source_id) == (run.campaign_id, messages_of(run)[0].data_source_id)
    assert (sms.status, sms.attempts, sms.units) == (MessageStatus.QUEUED, 0, 1)
    assert email.html == "<p>Ann 1 Example</p>"
    assert f"{email.id}" not in email.body
    assert "http://carillon.test/a/" in email.body


def test_the_sender_that_a_method_names_is_taken(company: Company) -> None:
    factories.sender(Channel.SMS, "+12025550100")
    second = factories.sender(Channel.SMS, "+12025550101")
    run = fired(patients(1), definition(methods=(SMS.model_copy(update={"sender_id": second.id}),)))
    worked(run)
    assert messages_of(run)[0].sender_id == second.id


def test_a_failure_keeps_the_record_as_it_was(company: Company) -> None:
    cells = patient(1, cell_phone=" 555 ", patient_name="EXAMPLE,  ANN ")
    run = fired(factories.source([cells]), definition(methods=(SMS,)))
    worked(run)
    (failure,) = failures_of(run)
    assert failure.data == dict(zip(factories.FIELDS, cells, strict=True))
    assert (failure.stage, failure.code, failure.facts) == (
        FailureStage.VALIDATE,
        "phone_invalid",
        {"value": "555"},
    )
    assert (failure.row_number, failure.endpoint, failure.person) == (2, "555", "Ann Example")


@pytest.mark.parametrize(("batch", "part"), [(1, 1), (3, 10), (7, 5), (100, 100)])
def test_batches_and_parts_of_any_size_give_the_same(app: Flask, company: Company, batch: int, part: int) -> None:
    source = factories.source([patient(number % 12) for number in range(20)])
    with limits(app, queue_batch_records=batch, run_part_records=part):
        run = fired(source)
        worked(run)
    assert_adds_up(run)
    assert counted(run)[("sms", "", "queued")] == 12
    assert counted(run)[("sms", "deduplicate", "duplicate")] == 8


def test_a_slice_ends_at_its_deadline_and_the_next_goes_on(app: Flask, company: Company) -> None:
    with limits(app, queue_batch_records=2):
        run = fired(patients(5))
        assert worked(run, seconds=0) is True
        assert len(messages_of(run)) == 4
        assert worked(run) is False
    assert_adds_up(run)


def test_a_run_that_is_over_has_nothing_to_do(company: Company) -> None:
    run = fired(patients(1))
    worked(run)
    assert worked(run) is False
    assert_adds_up(run)


def test_a_run_without_a_single_message_is_finished_at_once(company: Company) -> None:
    run = fired(factories.source([patient(1, cell_phone="none")]), definition(methods=(SMS,)))
    worked(run)
    assert run.status is RunStatus.FINISHED


def test_a_suppressed_address_gets_no_message(company: Company) -> None:
    suppressions.suppress(Channel.SMS, "+12025550001", SuppressionSource.PERSON, "asked")
    db.session.commit()
    run = fired(patients(3))
    worked(run)
    assert_adds_up(run)
    assert counted(run)[("sms", "suppress", "suppressed")] == 1
    assert counted(run)[("email", "", "queued")] == 3


def test_two_workers_share_a_run_without_losing_or_doubling_a_record(app: Flask, company: Company) -> None:
    with limits(app, queue_batch_records=5, run_part_records=30):
        run = fired(patients(120))
        assert is_shareable(run.id)
        with ThreadPoolExecutor(2) as workers:
            for done in [workers.submit(work_elsewhere, app, company.id, run.id) for _ in range(2)]:
                done.result()
        worked(run)
    assert_adds_up(run)
    assert not is_shareable(run.id)
    assert run.status is RunStatus.DELIVERING


class CrashError(Exception):
    """A worker that dies."""


def test_a_worker_that_dies_in_a_batch_leaves_nothing_of_it(
    app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = walking.count
    calls = iter(range(100))

    def count(*arguments: object) -> None:
        counting(*arguments)  # type: ignore[arg-type]
        if next(calls) == 2:
            raise CrashError

    monkeypatch.setattr(walking, "count", count)
    with limits(app, queue_batch_records=10):
        run = fired(patients(45))
        with pytest.raises(CrashError):
            worked(run)
        db.session.rollback()
        assert len(messages_of(run)) == 2 * 20
        worked(run)
    assert_adds_up(run)


def test_a_worker_that_is_killed_loses_and_doubles_nothing(app: Flask, company: Company) -> None:
    with limits(app, queue_batch_records=2):
        run = fired(patients(400))
        child = os.fork()
        if child == 0:
            db.engine.dispose(close=False)
            work_elsewhere(app, company.id, run.id)
            os._exit(0)
        while len(messages_of(run)) < 20:
            db.session.rollback()
            time.sleep(0.01)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        db.session.rollback()
        assert len(messages_of(run)) < 800
        worked(run)
    assert_adds_up(run)


def test_a_repeat_in_other_spellings_names_the_message_it_repeats(company: Company) -> None:
    rows = [
        patient(1),
        patient(1, patient_name="example,  ann 1", cell_phone="+1 (202) 555.0001", e_mail="ANN1@Clinic.example"),
    ]
    run = fired(factories.source(rows))
    worked(run)
    assert_adds_up(run)
    firsts = {message.method: message.id for message in messages_of(run)}
    repeats = failures_of(run)
    assert {(failure.row_number, failure.method) for failure in repeats} == {(3, "sms"), (3, "email")}
    assert all(failure.repeats_message_id == firsts[failure.method] for failure in repeats)
    assert {(failure.stage, failure.code) for failure in repeats} == {(FailureStage.DEDUPLICATE, "duplicate")}


def test_a_second_run_on_the_same_day_repeats_the_first_across_campaigns(company: Company) -> None:
    first, second = fired(patients(3)), fired(patients(4))
    worked(first)
    worked(second)
    assert_adds_up(first)
    assert_adds_up(second)
    assert counted(second)[("sms", "", "queued")] == 1
    said = {message.endpoint: message.id for message in messages_of(first)}
    repeated = failures_of(second)
    assert len(repeated) == 6
    assert all(failure.repeats_message_id == said[failure.endpoint] for failure in repeated)


def test_a_repeat_of_a_repeat_names_the_message_that_was_sent(company: Company) -> None:
    first = fired(patients(1))
    worked(first)
    second = fired(factories.source([patient(0), patient(0)]))
    worked(second)
    said = {message.method: message.id for message in messages_of(first)}
    assert [failure.repeats_message_id == said[failure.method] for failure in failures_of(second)] == [True] * 4


def test_a_key_that_is_given_free_while_it_is_asked_for_is_taken(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = fired(patients(1)), fired(patients(1))
    worked(first)
    holders = writing._holders

    def freed(company_id: UUID, keys: Sequence[UUID]) -> dict[UUID, UUID]:
        db.session.execute(update(Message).where(Message.run_id == first.id).values(dedupe_key=None))
        return holders(company_id, keys)

    monkeypatch.setattr(writing, "_holders", freed)
    worked(second)
    assert_adds_up(second)
    assert counted(second) == {("sms", "", "queued"): 1, ("email", "", "queued"): 1}


def test_two_runs_at_once_say_everything_once(app: Flask, company: Company) -> None:
    with limits(app, queue_batch_records=7):
        runs = [fired(patients(60)), fired(factories.source([patient(n) for n in reversed(range(60))]))]
        with ThreadPoolExecutor(2) as workers:
            for done in [workers.submit(work_elsewhere, app, company.id, run.id) for run in runs]:
                done.result()
    for run in runs:
        assert_adds_up(run)
    endpoints = [message.endpoint for run in runs for message in messages_of(run)]
    assert len(endpoints) == len(set(endpoints)) == 120
    ids = {message.id for run in runs for message in messages_of(run)}
    assert all(failure.repeats_message_id in ids for run in runs for failure in failures_of(run))


@dataclass(frozen=True)
class Theirs:
    """What another company has."""

    company_id: UUID
    run_id: UUID


@pytest.fixture
def theirs(other_company: Company) -> Theirs:
    """A run of the other company that has been walked."""
    with tenancy.company(other_company.id):
        run = fired(patients(3))
        worked(run)
        return Theirs(other_company.id, run.id)


def test_another_company_sees_none_of_it(company: Company, theirs: Theirs) -> None:
    for model in (Message, Failure, Run):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    with pytest.raises(tenancy.NotFoundError):
        queue_slice(theirs.run_id, now() + timedelta(seconds=1))


def test_the_same_people_in_two_companies_are_written_to_by_both(company: Company, theirs: Theirs) -> None:
    run = fired(patients(3))
    worked(run)
    assert counted(run)[("sms", "", "queued")] == 3


def test_messages_wait_for_a_persons_word_where_the_run_was_told_to(company: Company) -> None:
    run = fired(patients(2), DEFINITION, RunUntil.QUEUED)
    worked(run)
    assert {message.status for message in messages_of(run)} == {MessageStatus.STAGED}
    assert (run.status, run.queued_at is not None) == (RunStatus.QUEUED, True)
    assert_adds_up(run)
