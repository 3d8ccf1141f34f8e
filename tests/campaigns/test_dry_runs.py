"""The dry run that Ready requires: started, superseded, gone stale, found again."""

from datetime import timedelta

import pytest
from flask import Flask
from rq import Queue
from sqlalchemy import func, select

from app import tenancy
from app.accounts.companies import change_company
from app.campaigns import dry_runs, editing, lifecycle
from app.campaigns.definition import Definition
from app.campaigns.errors import CampaignError, RefusedError
from app.clock import now
from app.extensions import db, redis
from app.ingest.corrections import Correction, correct
from app.ingest.loader import load_slice
from app.ingest.uploads import request_load
from app.jobs import Job, JobQueue
from app.models import Campaign, CampaignStatus, Company, DataSource, DryRun, DryRunKey, DryRunStatus, Sender
from app.queueing.dry_walk import dry_slice
from tests import factories
from tests.campaigns.conftest import ANN
from tests.ingest.lists import uploaded
from tests.queueing.line_of import DEFINITION, SMS, definition
from tests.queueing.runs import limits, patients
from tests.working import work_until_idle
from workers import sweeps

OTHER = definition(methods=(SMS,))


@pytest.fixture
def draft(company: Company, senders: list[Sender], patients: DataSource) -> Campaign:
    """A campaign that lacks nothing but a dry run."""
    return editing.create_campaign("Reminders", None, files=[patients.id], definition=DEFINITION)


def loaded(source: DataSource) -> DataSource:
    """A file, asked to be loaded and then loaded."""
    request_load(source.id)
    load_slice(source.company_id, source.id, now() + timedelta(seconds=60))
    db.session.refresh(source)
    return source


def begun(app: Flask, campaign: Campaign) -> DryRun:
    """A dry run that has been walked for one batch."""
    dry_run = dry_runs.lay_out_dry_run(campaign.id, None)
    with limits(app, queue_batch_records=1):
        assert dry_slice(dry_run.id, now())
    return dry_run


def counts(campaign: Campaign) -> bool:
    return dry_runs.preview_that_counts(tenancy.get(Campaign, campaign.id)) is not None


def test_a_short_lists_is_finished_when_one_has_asked_for_it(draft: Campaign) -> None:
    dry_run = dry_runs.start_dry_run(draft.id, None)
    assert (dry_run.status, dry_run.records_done, dry_run.version) == (DryRunStatus.FINISHED, 3, draft.version)
    assert Queue(JobQueue.QUEUE.value, connection=redis()).count == 0
    assert lifecycle.mark_ready(draft.id).status is CampaignStatus.READY


def test_a_long_lists_goes_on_with_the_workers(app: Flask, draft: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dry_runs, "_AT_ONCE", timedelta(0))
    with limits(app, queue_batch_records=1, slice_seconds=0):
        dry_run = dry_runs.start_dry_run(draft.id, None)
        assert (dry_run.status, dry_run.records_done) == (DryRunStatus.RUNNING, 1)
        assert not counts(draft)
        work_until_idle(app)
    db.session.refresh(dry_run)
    assert (dry_run.status, dry_run.records_done) == (DryRunStatus.FINISHED, 3)
    assert counts(draft)


def test_another_text_needs_another_one(draft: Campaign) -> None:
    first = dry_runs.start_dry_run(draft.id, None)
    changed = editing.change_campaign(draft.id, None, definition=OTHER)
    assert (first.version, changed.version) == (1, 2)
    assert editing.definition_of(changed, 1) == DEFINITION, "what was counted stays as it was"
    assert not counts(draft)
    dry_runs.start_dry_run(draft.id, None)
    assert counts(draft)


def test_another_name_does_not(draft: Campaign) -> None:
    dry_runs.start_dry_run(draft.id, None)
    editing.change_campaign(draft.id, None, name="December")
    assert counts(draft)


def test_other_files_need_another_one_and_the_same_again_do_not(draft: Campaign, patients: DataSource) -> None:
    dry_runs.start_dry_run(draft.id, None)
    more = factories.source([ANN])
    editing.change_campaign(draft.id, None, files=[patients.id, more.id])
    assert not counts(draft)
    editing.change_campaign(draft.id, None, files=[patients.id])
    assert counts(draft)


def test_one_from_before_the_company_changed_its_clock_or_country_does_not_count(
    draft: Campaign, company: Company
) -> None:
    name, here = company.name, {"time_zone": company.time_zone, "region": company.region, "language": "en"}
    dry_runs.start_dry_run(draft.id, None)
    for change in ({"time_zone": "Asia/Tokyo"}, {"region": "DE"}):
        change_company(name, **here | change)
        assert not counts(draft)
    change_company(name, **here)
    assert counts(draft)
    change_company("Southside", **here)
    assert not counts(draft)
    dry_runs.start_dry_run(draft.id, None)
    assert counts(draft)


def test_a_file_that_is_loaded_anew_is_another_file(draft: Campaign) -> None:
    source = loaded(uploaded(b"Patient Name;Cell Phone\nEXAMPLE, ANN;(202) 555-0143\n"))
    editing.change_campaign(draft.id, None, files=[source.id])
    dry_runs.start_dry_run(draft.id, None)
    assert counts(draft)
    correct(source.id, Correction(encoding="cp1252"))
    correct(source.id, Correction(encoding="utf-8"))
    loaded(source)
    assert not counts(draft)


def test_a_newer_one_ends_one_that_still_runs(app: Flask, draft: Campaign) -> None:
    first = begun(app, draft)
    second = dry_runs.start_dry_run(draft.id, None)
    db.session.refresh(first)
    assert (first.status, second.status) == (DryRunStatus.SUPERSEDED, DryRunStatus.FINISHED)
    assert dry_runs.newest_dry_run(draft.id) == second


def test_a_change_ends_one_that_still_runs_and_the_sweep_clears_up_after_it(app: Flask, draft: Campaign) -> None:
    dry_run = begun(app, draft)
    editing.change_campaign(draft.id, None, definition=OTHER)
    db.session.refresh(dry_run)
    assert dry_run.status is DryRunStatus.SUPERSEDED
    assert dry_runs.open_dry_runs(10) == [(draft.company_id, dry_run.id)]
    assert dry_slice(dry_run.id, now()) is False
    db.session.refresh(dry_run)
    assert (dry_run.status, dry_run.records_done) == (DryRunStatus.SUPERSEDED, 1)
    assert db.session.scalar(select(func.count()).select_from(DryRunKey)) == 0
    assert dry_runs.open_dry_runs(10) == []


def test_only_one_that_has_ended_well_counts(draft: Campaign) -> None:
    dry_run = dry_runs.start_dry_run(draft.id, None)
    for status in set(DryRunStatus) - {DryRunStatus.FINISHED}:
        dry_run.status = status
        db.session.commit()
        assert not counts(draft)


def test_there_is_none_of_an_empty_list(company: Company) -> None:
    for files in ([], [factories.source([])]):
        with pytest.raises(RefusedError) as refusal:
            dry_runs.start_dry_run(factories.campaign(DEFINITION, files).id, None)
        assert refusal.value.code is CampaignError.NO_RECORDS


def test_there_is_none_where_nothing_would_be_said(company: Company) -> None:
    with pytest.raises(RefusedError) as refusal:
        dry_runs.start_dry_run(factories.campaign(Definition(), [patients(1)]).id, None)
    assert refusal.value.code is CampaignError.NO_METHODS
    assert refusal.value.words


def test_there_is_none_of_an_archived_campaign(company: Company) -> None:
    archived = factories.campaign(DEFINITION, [patients(1)], CampaignStatus.ARCHIVED)
    with pytest.raises(RefusedError) as refusal:
        dry_runs.start_dry_run(archived.id, None)
    assert refusal.value.code is CampaignError.WRONG_STATUS


def test_another_companys_campaign_is_not_found(draft: Campaign, other_company: Company) -> None:
    dry_runs.start_dry_run(draft.id, None)
    with tenancy.company(other_company.id):
        assert dry_runs.newest_dry_run(draft.id) is None
        with pytest.raises(tenancy.NotFoundError):
            dry_runs.start_dry_run(draft.id, None)


def test_a_rule_that_cannot_be_read_is_for_the_checks_to_say(draft: Campaign) -> None:
    odd = DEFINITION.model_validate(
        DEFINITION.model_dump() | {"schedule": {"kind": "recurring", "rrule": "FREQ=NEVER", "starts_at": "2026-01-01"}}
    )
    editing.change_campaign(draft.id, None, definition=odd)
    dry_run = dry_runs.start_dry_run(draft.id, None)
    assert (dry_run.status, dry_run.fires_at) == (DryRunStatus.FINISHED, None)


def test_a_lost_job_is_given_again(app: Flask, draft: Campaign) -> None:
    dry_run = begun(app, draft)
    redis().flushdb()
    assert sweeps.dry_runs_not_finished() == 1
    (job,) = Queue(JobQueue.QUEUE.value, connection=redis()).jobs
    assert (job.func_name, tuple(job.args)) == (Job.DRY_RUN.value, (str(draft.company_id), str(dry_run.id)))
    work_until_idle(app)
    db.session.refresh(dry_run)
    assert dry_run.status is DryRunStatus.FINISHED
