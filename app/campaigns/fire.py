"""Firing: from a ready campaign to a run that workers walk, on demand or when its time has come."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select

from app import records, tenancy
from app.campaigns import states
from app.campaigns.editing import files_of
from app.campaigns.errors import CampaignError, RefusedError
from app.campaigns.lifecycle import next_fire_of
from app.campaigns.runs import hand_over
from app.campaigns.states import Move
from app.clock import now
from app.extensions import db
from app.models import (
    Campaign,
    CampaignStatus,
    Run,
    RunStatus,
    RunTrigger,
    RunUntil,
    SourceStatus,
    new_id,
)
from app.queueing.parts import lay_out

log = structlog.get_logger()


def fire(
    campaign_id: UUID,
    *,
    until: RunUntil = RunUntil.DELIVERING,
    start_at: datetime | None = None,
    trigger: RunTrigger = RunTrigger.DEMAND,
    by: UUID | None = None,
) -> Run:
    """Starts a run of a ready or active campaign over its loaded files, pinning its newest version. Commits.

    The run goes by itself as far as `until`; nothing is delivered before `start_at`. `by` is the person, None for a
    program. Raises `RefusedError`.
    """
    campaign = tenancy.get(Campaign, campaign_id, for_update=True)
    run = _stage(campaign, until, start_at, trigger, by)
    db.session.commit()
    hand_over(run)
    return run


def fire_due(limit: int) -> int:
    """Fires, in any company, at most `limit` campaigns whose time has come; returns how many. Two at once fire once."""
    with tenancy.everywhere():
        due = db.session.execute(
            select(Campaign.company_id, Campaign.id)
            .where(
                Campaign.next_fire_at <= now(),
                Campaign.status.in_([CampaignStatus.READY, CampaignStatus.ACTIVE]),
            )
            .order_by(Campaign.next_fire_at)
            .limit(limit)
        ).all()
        db.session.commit()
    fired = 0
    for company_id, campaign_id in due:
        with tenancy.company(company_id):
            try:
                fired += _fire_if_due(campaign_id)
            except Exception:  # one campaign that cannot be fired must not keep the others waiting
                db.session.rollback()
                log.exception("campaign_not_fired", company_id=str(company_id), campaign_id=str(campaign_id))
    return fired


def _fire_if_due(campaign_id: UUID) -> bool:
    campaign = tenancy.find(Campaign, campaign_id, for_update=True, skip_locked=True)
    instant = now()
    if campaign is None or campaign.next_fire_at is None or campaign.next_fire_at > instant:
        db.session.commit()
        return False
    # in the transaction of the run itself: whoever looks next finds either both or neither
    campaign.next_fire_at = next_fire_of(campaign, instant)
    try:
        run = _stage(campaign, RunUntil.DELIVERING, None, RunTrigger.SCHEDULE, None)
    except RefusedError as refusal:
        db.session.commit()
        log.warning("campaign_not_fired", campaign_id=str(campaign_id), code=refusal.code.value)
        return False
    db.session.commit()
    hand_over(run)
    return True


def _stage(campaign: Campaign, until: RunUntil, start_at: datetime | None, trigger: RunTrigger, by: UUID | None) -> Run:
    """Adds a run with its parts. The caller holds the campaign's row."""
    states.require(campaign, Move.FIRE)
    sources = [source for source in files_of(campaign.id) if source.status is SourceStatus.LOADED]
    spans = {source.id: ends for source in sources if (ends := records.span(source.id))}
    if not spans:
        raise RefusedError(CampaignError.NO_RECORDS)
    states.make(campaign, Move.FIRE)
    run = Run(
        company_id=campaign.company_id,
        id=new_id(),
        campaign_id=campaign.id,
        version=campaign.version,
        status=RunStatus.STAGED if until is RunUntil.STAGED else RunStatus.QUEUEING,
        until=until,
        start_at=start_at,
        trigger=trigger,
        records_total=sum(source.rows_loaded for source in sources),
        created_by=by,
    )
    db.session.add(run)
    db.session.flush()
    lay_out(run, spans)
    return run
