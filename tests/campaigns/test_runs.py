"""Telling a run how far to go, and calling it off."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from app import tenancy
from app.campaigns.definition import ContactWindow
from app.campaigns.errors import CampaignError, RefusedError
from app.campaigns.runs import cancel_run, deliver_run, queue_run, stalled_runs
from app.clock import now
from app.delivery.claim import claim_block
from app.delivery.give_back import GiveBack, give_back
from app.delivery.senders import Senders
from app.delivery.transitions import Change, advance
from app.delivery.withhold import withhold
from app.extensions import db
from app.models import Channel, Company, MessageStatus, Run, RunStatus, RunUntil
from app.queueing.engine import queue_slice
from app.queueing.pending import Pending
from tests import factories
from tests.queueing.line_of import SMS, definition
from tests.queueing.runs import (
    assert_adds_up,
    counted,
    fired,
    limits,
    messages_of,
    patients,
    worked,
)

SMS_ONLY = definition(methods=(SMS,))


def told(until: RunUntil, count: int = 3) -> Run:
    """A run that has been walked as far as `until`."""
    run = fired(patients(count), SMS_ONLY, until)
    worked(run)
    return run


def statuses(run: Run) -> set[MessageStatus]:
    return {message.status for message in messages_of(run)}


def test_a_staged_run_does_nothing_by_itself(company: Company) -> None:
    run = told(RunUntil.STAGED)
    assert (run.status, messages_of(run)) == (RunStatus.STAGED, [])
    assert stalled_runs(10) == []


def test_a_staged_run_can_be_queued_and_then_delivered(company: Company) -> None:
    run = told(RunUntil.STAGED)
    queue_run(run.id)
    worked(run)
    assert (run.status, statuses(run)) == (RunStatus.QUEUED, {MessageStatus.STAGED})
    deliver_run(run.id)
    assert (run.status, statuses(run)) == (RunStatus.DELIVERING, {MessageStatus.QUEUED})
    assert_adds_up(run, methods=1)


def test_a_staged_run_can_be_told_to_go_all_the_way(company: Company) -> None:
    run = told(RunUntil.STAGED)
    deliver_run(run.id)
    worked(run)
    assert (run.status, statuses(run)) == (RunStatus.DELIVERING, {MessageStatus.QUEUED})


def test_nothing_goes_out_before_the_start_that_was_asked_for(company: Company) -> None:
    run = told(RunUntil.QUEUED)
    start = now() + timedelta(days=2)
    deliver_run(run.id, start)
    assert all(message.not_before >= start for message in messages_of(run))
    assert run.start_at == start


def test_a_run_told_to_deliver_while_it_is_walked_leaves_no_message_behind(app: Flask, company: Company) -> None:
    with limits(app, queue_batch_records=2):
        run = fired(patients(6), SMS_ONLY, RunUntil.QUEUED)
        queue_slice(run.id, now())
        assert statuses(run) == {MessageStatus.STAGED}
        deliver_run(run.id)
        worked(run)
    assert (run.status, statuses(run)) == (RunStatus.DELIVERING, {MessageStatus.QUEUED})
    assert_adds_up(run, methods=1)


def test_delivering_twice_does_it_once(company: Company) -> None:
    run = told(RunUntil.QUEUED)
    deliver_run(run.id)
    deliver_run(run.id, now() + timedelta(days=1))
    assert run.start_at is None
    assert_adds_up(run, methods=1)


@pytest.mark.parametrize("until", RunUntil)
def test_a_cancelled_run_sends_nothing_more(company: Company, until: RunUntil) -> None:
    run = told(until)
    cancel_run(run.id)
    assert run.status is RunStatus.CANCELLED
    assert run.finished_at is not None
    assert statuses(run) <= {MessageStatus.CANCELLED}
    assert sum(counted(run).values()) == len(messages_of(run))
    assert worked(run) is False


def test_a_run_cancelled_while_it_is_walked_makes_no_more_messages(app: Flask, company: Company) -> None:
    with limits(app, queue_batch_records=2):
        run = fired(patients(6), SMS_ONLY)
        queue_slice(run.id, now())
        cancel_run(run.id)
        worked(run)
    assert [message.status for message in messages_of(run)] == [MessageStatus.CANCELLED] * 2


def test_what_was_called_off_can_be_said_by_another_run(company: Company) -> None:
    cancel_run(told(RunUntil.DELIVERING).id)
    again = told(RunUntil.DELIVERING)
    assert statuses(again) == {MessageStatus.QUEUED}
    assert_adds_up(again, methods=1)


def test_what_has_gone_out_stays_as_it_is(company: Company) -> None:
    run = told(RunUntil.DELIVERING)
    advance([Change(messages_of(run)[0].id, MessageStatus.SENT, now())])
    db.session.commit()
    cancel_run(run.id)
    assert [message.status for message in messages_of(run)] == [
        MessageStatus.SENT,
        MessageStatus.CANCELLED,
        MessageStatus.CANCELLED,
    ]
    assert counted(run) == {("sms", "", "sent"): 1, ("sms", "", "cancelled"): 2}


def test_a_message_in_a_senders_hands_is_called_off_when_it_comes_back(company: Company) -> None:
    company.sandbox = True
    run = fired(patients(1), definition(methods=(SMS,), window=ContactWindow(lift_quiet_hours=True)))
    worked(run)
    (held,) = claim_block(Channel.SMS, UUID(int=5), 10)
    cancel_run(run.id)
    assert run.finished_at is None
    assert stalled_runs(10) == []
    give_back([GiveBack(held.id, UUID(int=5), now())])
    db.session.commit()
    assert stalled_runs(10) == [(company.id, run.id)]
    worked(run)
    assert statuses(run) == {MessageStatus.CANCELLED}
    assert run.finished_at is not None
    assert stalled_runs(10) == []


@pytest.mark.parametrize("action", [queue_run, deliver_run, cancel_run])
def test_a_finished_run_is_over(company: Company, action: Callable[[UUID], Run]) -> None:
    run = told(RunUntil.DELIVERING)
    run.status = RunStatus.FINISHED
    db.session.commit()
    with pytest.raises(RefusedError) as refusal:
        action(run.id)
    assert refusal.value.code is CampaignError.RUN_WRONG_STATUS
    assert refusal.value.words


@pytest.mark.parametrize("action", [queue_run, deliver_run, cancel_run])
def test_another_companys_run_is_not_found(
    company: Company, other_company: Company, action: Callable[[UUID], Run]
) -> None:
    run = told(RunUntil.QUEUED)
    with tenancy.company(other_company.id), pytest.raises(tenancy.NotFoundError):
        action(run.id)


def test_runs_that_lost_their_worker_are_found_in_any_company(app: Flask, company: Company) -> None:
    lost = fired(patients(3), SMS_ONLY)
    told(RunUntil.QUEUED)
    with tenancy.company(UUID(int=1)):
        assert stalled_runs(10) == [(company.id, lost.id)]


def test_blocks_of_any_number_are_moved_to_the_last_message(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.queueing.pending._BLOCK", 2)
    run = told(RunUntil.QUEUED, count=5)
    deliver_run(run.id)
    assert statuses(run) == {MessageStatus.QUEUED}
    cancel_run(run.id)
    assert statuses(run) == {MessageStatus.CANCELLED}
    assert_adds_up(run, methods=1)


def test_two_people_who_cancel_at_once_leave_nothing_to_be_sent(
    app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.queueing.pending._BLOCK", 50)
    run = told(RunUntil.DELIVERING, count=600)
    run_id, company_id = run.id, company.id
    db.session.commit()

    def cancel() -> None:
        with app.app_context(), tenancy.company(company_id):
            cancel_run(run_id)

    with ThreadPoolExecutor(2) as people:
        for click in [people.submit(cancel) for _ in range(2)]:
            click.result()
    db.session.expire_all()
    assert statuses(run) == {MessageStatus.CANCELLED}
    assert run.finished_at is not None


def test_a_worker_whose_block_was_taken_by_another_goes_on_with_the_next(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.queueing.pending._BLOCK", 3)
    run = told(RunUntil.QUEUED, count=6)
    moved = iter([frozenset[UUID]()])
    usual = Pending._move
    # as when another worker has moved the first block between reading and moving it
    monkeypatch.setattr(Pending, "_move", lambda self, status: next(moved, None) or usual(self, status))
    deliver_run(run.id)
    assert statuses(run) == {MessageStatus.QUEUED}


def test_a_message_of_a_cancelled_run_that_comes_back_is_not_sent(company: Company) -> None:
    company.sandbox = True
    factories.sender(Channel.SMS, "+12025550100")
    run = fired(patients(1), definition(methods=(SMS,), window=ContactWindow(lift_quiet_hours=True)))
    worked(run)
    (held,) = claim_block(Channel.SMS, UUID(int=5), 10)
    cancel_run(run.id)
    give_back([GiveBack(held.id, UUID(int=5), now())])
    db.session.commit()
    # a sender is faster than the sweep
    block = claim_block(Channel.SMS, UUID(int=6), 10)
    assert withhold(block, UUID(int=6), Senders(Channel.SMS), now()) == []
    assert statuses(run) == {MessageStatus.CANCELLED}
    (message,) = messages_of(run)
    db.session.refresh(message)
    assert message.dedupe_key is None
