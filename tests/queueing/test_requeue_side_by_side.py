"""Several people and workers at one requeue, one that is killed, and one that is called off."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from app import tenancy
from app.campaigns.errors import CampaignError, RefusedError
from app.campaigns.finish import unfinished_runs
from app.campaigns.requeue import requeue_matching, requeue_these
from app.campaigns.runs import cancel_run, stalled_runs
from app.clock import now
from app.extensions import db
from app.failures import FailureFilter, standing
from app.models import (
    Company,
    MessageStatus,
    Run,
    RunStatus,
)
from app.queueing import requeued
from tests.queueing.requeues import (
    assert_all_came_of_it,
    corrected,
    walked,
    wrong,
)
from tests.queueing.runs import (
    assert_adds_up,
    failures_of,
    limits,
    messages_of,
    work_elsewhere,
    worked,
)


def test_two_who_press_at_once_requeue_everything_once(app: Flask, company: Company) -> None:
    run = walked(wrong(40))
    ids = [failure.id for failure in failures_of(run)]

    def press(way: int) -> UUID | CampaignError:
        with app.app_context(), tenancy.company(company.id):
            try:
                wanted = FailureFilter(run_id=run.id)
                return (requeue_these(ids, None) if way else requeue_matching(wanted, None)).id
            except RefusedError as refusal:
                return refusal.code

    with ThreadPoolExecutor(4) as people:
        answers = list(people.map(press, [0, 1, 0, 1]))

    begun = [answer for answer in answers if not isinstance(answer, CampaignError)]
    assert len(begun) == 1
    assert set(answers) - set(begun) <= {CampaignError.NOTHING_TO_REQUEUE, CampaignError.REQUEUE_UNDER_WAY}
    again = tenancy.get(Run, begun[0])
    worked(again)
    assert_all_came_of_it(again, 40)


def test_while_failures_are_gathered_no_others_of_the_campaign_are(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = walked(wrong(3))
    monkeypatch.setattr("app.campaigns.requeue.mark_slice", lambda *_: None)
    first = requeue_matching(FailureFilter(run_id=run.id), None)
    assert first.status is RunStatus.STAGING
    with pytest.raises(RefusedError) as refusal:
        requeue_these([failures_of(run)[0].id], None)
    assert refusal.value.code is CampaignError.REQUEUE_UNDER_WAY
    assert stalled_runs(10) == [(company.id, first.id)]
    worked(first)
    assert_all_came_of_it(first, 3)


def test_two_workers_share_a_requeue(app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requeued, "_BLOCK", 7)
    monkeypatch.setattr("app.campaigns.requeue.mark_slice", lambda *_: None)
    with limits(app, queue_batch_records=5, run_part_records=30):
        run = walked(wrong(120))
        again = requeue_matching(FailureFilter(run_id=run.id), None)
        with ThreadPoolExecutor(2) as workers:
            for done in [workers.submit(work_elsewhere, app, company.id, again.id) for _ in range(2)]:
                done.result()
        worked(again)
    assert_all_came_of_it(again, 120)


@pytest.mark.parametrize("moment", ["marking", "walking"])
def test_a_worker_that_is_killed_over_a_requeue_loses_and_doubles_nothing(
    app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    monkeypatch.setattr(requeued, "_BLOCK", 2)
    monkeypatch.setattr("app.campaigns.requeue.mark_slice", lambda *_: None)
    with limits(app, queue_batch_records=2):
        run = walked(wrong(400))
        corrected(run)
        again = requeue_matching(FailureFilter(run_id=run.id), None)
        child = os.fork()
        if child == 0:
            db.engine.dispose(close=False)
            work_elsewhere(app, company.id, again.id)
            os._exit(0)
        while (again.records_total if moment == "marking" else len(messages_of(again))) < 20:
            db.session.rollback()
            time.sleep(0.01)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        db.session.rollback()
        assert len(messages_of(again)) < 400
        worked(again)
    assert_all_came_of_it(again, 400)
    assert_adds_up(run, methods=1)
    assert len(messages_of(again)) == 400


def test_what_a_called_off_requeue_did_not_come_to_stands_again(
    app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requeued, "_BLOCK", 3)
    with limits(app, queue_batch_records=5, run_part_records=8):
        run = walked(wrong(20))
        corrected(run)
        again = requeue_matching(FailureFilter(run_id=run.id), None)
        worked(again, seconds=0)
        cancel_run(again.id)
        worked(again)

    assert {message.status for message in messages_of(again)} == {MessageStatus.CANCELLED}
    assert_all_came_of_it(again, 5)
    assert again.finished_at is not None
    assert sum(standing(FailureFilter(run_id=run.id)).values()) == 15
    third = requeue_matching(FailureFilter(run_id=run.id), None)
    worked(third)
    assert_all_came_of_it(third, 15)


def test_a_requeue_called_off_while_it_gathers_lets_everything_stand(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requeued, "_BLOCK", 4)
    run = walked(wrong(10))
    monkeypatch.setattr("app.campaigns.requeue.mark_slice", lambda *_: None)
    again = requeue_matching(FailureFilter(run_id=run.id), None)
    worked(again, seconds=0)
    assert again.records_total == 4
    db.session.execute(update(Run).where(Run.id == again.id).values(status=RunStatus.CANCELLED))
    db.session.commit()
    # whoever called it off died: the sweep finds it, and no other sweep ends it before it has let go
    assert (company.id, again.id) in stalled_runs(10)
    assert unfinished_runs(10, now()) == []
    worked(again)
    assert (again.records_total, again.finished_at is not None) == (0, True)
    assert sum(standing(FailureFilter(run_id=run.id)).values()) == 10
