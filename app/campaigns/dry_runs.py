"""Dry runs: the whole list through the line, and nothing written to anybody. The newest is what Ready requires."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app import tenancy
from app.campaigns.definition import Definition
from app.campaigns.editing import definition_of, files_of
from app.campaigns.errors import CampaignError, RefusedError
from app.campaigns.schedule import RuleInvalidError, next_fire
from app.campaigns.superseding import supersede_dry_runs
from app.clock import now
from app.extensions import db
from app.jobs import Job, enqueue
from app.models import Campaign, CampaignStatus, Company, DataSource, DryRun, DryRunStatus, SourceStatus, new_id
from app.queueing.compose import facts_of
from app.queueing.dry_walk import dry_slice
from app.queueing.forecast import Forecast

_AT_ONCE = timedelta(seconds=2)
"""How long the one who asks waits for the result, before workers go on with it."""


def start_dry_run(campaign_id: UUID, by: UUID | None) -> DryRun:
    """Takes a campaign's loaded files through the line, and commits. A short list's dry run is finished on return.

    `by` is the person, None for a program. Another dry run of the campaign that is still running is superseded. Raises
    `RefusedError`, and `NotFoundError` for a campaign that is not the company's.
    """
    dry_run = lay_out_dry_run(campaign_id, by)
    if dry_slice(dry_run.id, now() + _AT_ONCE):
        enqueue(Job.DRY_RUN, dry_run.company_id, dry_run.id)
    db.session.refresh(dry_run)
    return dry_run


def lay_out_dry_run(campaign_id: UUID, by: UUID | None) -> DryRun:
    """As `start_dry_run`, but leaves the walking to whoever calls `dry_slice`."""
    campaign = tenancy.get(Campaign, campaign_id, for_update=True)
    if campaign.status is CampaignStatus.ARCHIVED:
        raise RefusedError(CampaignError.WRONG_STATUS, status=campaign.status.value)
    definition, sources = definition_of(campaign), _loaded(campaign_id)
    if not sources:
        raise RefusedError(CampaignError.NO_RECORDS)
    if not definition.methods:
        raise RefusedError(CampaignError.NO_METHODS)
    supersede_dry_runs(campaign_id)
    dry_run = DryRun(
        company_id=campaign.company_id,
        id=new_id(),
        campaign_id=campaign_id,
        version=campaign.version,
        files=_covered(sources),
        company_facts=_facts(campaign.company_id),
        fires_at=_fires_at(definition, campaign.company_id),
        records_total=sum(source.rows_loaded for source in sources),
        forecast=Forecast.of(definition.methods).model_dump(mode="json"),
        started_by=by,
    )
    db.session.add(dry_run)
    db.session.commit()
    return dry_run


def newest_dry_run(campaign_id: UUID) -> DryRun | None:
    """The dry run of a campaign that was started last, however far it is."""
    return db.session.scalar(
        tenancy.rows(DryRun).where(DryRun.campaign_id == campaign_id).order_by(DryRun.id.desc()).limit(1)
    )


def preview_that_counts(campaign: Campaign) -> DryRun | None:
    """The newest finished dry run of a campaign's version over its files as they are now: what Ready requires.

    One that was made before the company changed its name, clock or country does not count.
    """
    return db.session.scalar(
        tenancy.rows(DryRun)
        .where(
            DryRun.campaign_id == campaign.id,
            DryRun.version == campaign.version,
            DryRun.status == DryRunStatus.FINISHED,
            DryRun.files == _covered(_loaded(campaign.id)),
            DryRun.company_facts == _facts(campaign.company_id),
        )
        .order_by(DryRun.id.desc())
        .limit(1)
    )


def open_dry_runs(limit: int) -> list[tuple[UUID, UUID]]:
    """At most `limit` dry runs (company, dry run) of any company that have not come to their end, oldest first."""
    with tenancy.everywhere():
        found = db.session.execute(
            select(DryRun.company_id, DryRun.id)
            .where(DryRun.finished_at.is_(None))
            .order_by(DryRun.started_at)
            .limit(limit)
        ).all()
        db.session.commit()
    return [(company_id, dry_run_id) for company_id, dry_run_id in found]


def _loaded(campaign_id: UUID) -> list[DataSource]:
    return [source for source in files_of(campaign_id) if source.status is SourceStatus.LOADED and source.rows_loaded]


def _covered(sources: Sequence[DataSource]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(source.id),
            "rows": source.rows_loaded,
            "loaded_at": source.finished_at.isoformat() if source.finished_at else None,
        }
        for source in sources
    ]


def _facts(company_id: UUID) -> dict[str, Any]:
    facts = asdict(facts_of(db.session.get_one(Company, company_id)))
    del facts["id"]
    return facts


def _fires_at(definition: Definition, company_id: UUID) -> datetime | None:
    company = db.session.get_one(Company, company_id)
    # of a rule that cannot be read the checks speak; without a schedule one fires by hand
    with suppress(RuleInvalidError):
        return next_fire(definition.schedule, company.time_zone, now())
    return None
