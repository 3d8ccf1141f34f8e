"""Firing starts one run over the campaign's records, on demand or when its time has come."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask
from rq import Queue

from app import tenancy
from app.campaigns import editing
from app.campaigns.definition import Once, Recurring
from app.campaigns.errors import CampaignError, RefusedError
from app.campaigns.fire import fire, fire_due
from app.clock import now
from app.extensions import db, redis
from app.jobs import Job, JobQueue
from app.models import (
    Campaign,
    CampaignStatus,
    Company,
    DataSource,
    Run,
    RunPart,
    RunStatus,
    RunTrigger,
    RunUntil,
    SourceStatus,
)
from tests import factories
from tests.queueing.line_of import DEFINITION
from tests.queueing.runs import limits
from workers.queue import queue_run

DAILY = Recurring(rrule="FREQ=DAILY", starts_at=datetime(2026, 1, 1, 10))  # noqa: DTZ001


def runs_of(campaign: Campaign) -> list[Run]:
    return list(db.session.scalars(tenancy.rows(Run).where(Run.campaign_id == campaign.id)))


def parts_of(run: Run) -> list[tuple[int, int, int]]:
    found = db.session.scalars(tenancy.rows(RunPart).where(RunPart.run_id == run.id).order_by(RunPart.first_row))
    return [(part.first_row, part.last_row, part.position) for part in found]


def waiting_jobs() -> list[tuple[str, list[str]]]:
    queue = Queue(JobQueue.QUEUE.value, connection=redis())
    return [(job.func_name, list(job.args)) for job in queue.get_jobs()]


@pytest.fixture
def campaign(patients: DataSource) -> Campaign:
    """A ready campaign over the patients."""
    return factories.campaign(DEFINITION, [patients])


@pytest.fixture
def due(campaign: Campaign) -> Campaign:
    """The campaign on a daily schedule, its time just come."""
    editing.change_campaign(campaign.id, None, definition=DEFINITION.model_copy(update={"schedule": DAILY}))
    campaign.status = CampaignStatus.ACTIVE
    campaign.next_fire_at = now() - timedelta(minutes=2)
    db.session.commit()
    return campaign


def test_firing_pins_the_version_and_hands_the_run_to_the_workers(campaign: Campaign) -> None:
    run = fire(campaign.id)
    assert (run.version, run.status, run.records_total) == (1, RunStatus.QUEUEING, 3)
    assert (run.trigger, run.until) == (RunTrigger.DEMAND, RunUntil.DELIVERING)
    assert campaign.status is CampaignStatus.ACTIVE
    assert waiting_jobs() == [(Job.QUEUE_RUN.value, [str(run.company_id), str(run.id)])]


def test_a_staged_run_waits_for_a_word(campaign: Campaign) -> None:
    assert fire(campaign.id, until=RunUntil.STAGED).status is RunStatus.STAGED
    assert waiting_jobs() == []


def test_the_rows_are_cut_into_parts(app: Flask, campaign: Campaign) -> None:
    with limits(app, run_part_records=2):
        assert parts_of(fire(campaign.id)) == [(2, 3, 1), (4, 4, 3)]


@pytest.mark.parametrize("status", sorted(set(CampaignStatus) - {CampaignStatus.READY, CampaignStatus.ACTIVE}))
def test_only_a_ready_or_active_campaign_fires(campaign: Campaign, status: CampaignStatus) -> None:
    campaign.status = status
    db.session.commit()
    with pytest.raises(RefusedError) as refusal:
        fire(campaign.id)
    assert refusal.value.code is CampaignError.WRONG_STATUS
    assert runs_of(campaign) == []


def test_a_campaign_without_loaded_records_does_not_fire(campaign: Campaign, patients: DataSource) -> None:
    patients.status = SourceStatus.LOADING
    db.session.commit()
    with pytest.raises(RefusedError) as refusal:
        fire(campaign.id)
    assert refusal.value.code is CampaignError.NO_RECORDS
    assert campaign.status is CampaignStatus.READY


def test_another_companys_campaign_cannot_be_fired(campaign: Campaign, other_company: Company) -> None:
    with tenancy.company(other_company.id), pytest.raises(tenancy.NotFoundError):
        fire(campaign.id)


def test_a_campaign_whose_time_has_come_fires_once_and_looks_to_its_next_time(due: Campaign) -> None:
    assert fire_due(10) == 1
    assert fire_due(10) == 0
    (run,) = runs_of(due)
    assert (run.trigger, run.until) == (RunTrigger.SCHEDULE, RunUntil.DELIVERING)
    db.session.refresh(due)
    assert due.next_fire_at is not None
    assert due.next_fire_at > now()


def test_times_that_were_missed_are_made_up_for_by_one_run(due: Campaign) -> None:
    due.next_fire_at = now() - timedelta(days=5)
    db.session.commit()
    assert fire_due(10) == 1
    assert len(runs_of(due)) == 1


def test_two_sweeps_at_once_fire_once(app: Flask, due: Campaign) -> None:
    def sweep() -> int:
        with app.app_context():
            return fire_due(10)

    with ThreadPoolExecutor(4) as sweeps:
        fired = [done.result() for done in [sweeps.submit(sweep) for _ in range(4)]]
    assert sum(fired) == 1
    assert len(runs_of(due)) == 1


def test_the_time_of_a_paused_campaign_does_not_come(due: Campaign) -> None:
    due.status = CampaignStatus.PAUSED
    db.session.commit()
    assert fire_due(10) == 0


def test_a_single_time_is_over_once_it_has_come(due: Campaign) -> None:
    once = Once(at=now() - timedelta(minutes=1))
    editing.change_campaign(due.id, None, definition=DEFINITION.model_copy(update={"schedule": once}))
    due.status, due.next_fire_at = CampaignStatus.READY, once.at
    db.session.commit()
    assert fire_due(10) == 1
    db.session.refresh(due)
    assert (due.next_fire_at, due.status) == (None, CampaignStatus.ACTIVE)


def test_a_campaign_that_has_nothing_to_say_waits_for_its_next_time(due: Campaign, patients: DataSource) -> None:
    patients.status = SourceStatus.LOADING
    db.session.commit()
    assert fire_due(10) == 0
    db.session.refresh(due)
    assert due.next_fire_at is not None
    assert due.next_fire_at > now()


def test_a_campaign_that_cannot_be_fired_does_not_keep_others_waiting(due: Campaign, other_company: Company) -> None:
    with tenancy.company(other_company.id):
        theirs = factories.campaign(DEFINITION, [factories.source([["EXAMPLE, ANN", "202-555-0143", "", "", "", ""]])])
        theirs.next_fire_at = now() - timedelta(minutes=1)
        broken = editing.create_campaign("Broken", by=None)
        version = editing.definition_of(broken)
        assert version is not None
        broken.status, broken.next_fire_at, broken.version = CampaignStatus.ACTIVE, now() - timedelta(days=1), 99
        db.session.commit()
    assert fire_due(10) == 2


def test_the_job_walks_the_run(campaign: Campaign) -> None:
    run = fire(campaign.id)
    queue_run(str(run.company_id), str(run.id))
    db.session.refresh(run)
    assert run.status is RunStatus.DELIVERING


def test_a_job_whose_time_is_up_asks_for_the_next(app: Flask, campaign: Campaign) -> None:
    run = fire(campaign.id)
    with limits(app, queue_batch_records=1, slice_seconds=0):
        queue_run(str(run.company_id), str(run.id))
    db.session.refresh(run)
    assert run.status is RunStatus.QUEUEING
    assert (Job.QUEUE_RUN.value, [str(run.company_id), str(run.id)]) in waiting_jobs()


def test_a_job_with_work_for_two_asks_for_another_pair_of_hands(app: Flask, campaign: Campaign) -> None:
    with limits(app, run_part_records=1):
        run = fire(campaign.id)
        redis().flushdb()
        queue_run(str(run.company_id), str(run.id))
    assert waiting_jobs() == [(Job.QUEUE_RUN.value, [str(run.company_id), str(run.id)])]
    db.session.refresh(run)
    assert run.status is RunStatus.DELIVERING
