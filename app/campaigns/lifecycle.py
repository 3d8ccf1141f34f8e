"""Moving a campaign through its states at a person's or a program's word. Each function commits."""

from datetime import datetime
from uuid import UUID

from app import tenancy
from app.campaigns import states
from app.campaigns.check import blockers
from app.campaigns.dry_runs import preview_that_counts
from app.campaigns.editing import definition_of
from app.campaigns.errors import CampaignError, RefusedError
from app.campaigns.inspection import findings_of
from app.campaigns.schedule import next_fire
from app.campaigns.states import Move
from app.clock import now
from app.extensions import db
from app.models import Campaign, Company


def mark_ready(campaign_id: UUID) -> Campaign:
    """Makes a draft ready to fire, by its schedule or on demand.

    Raises `RefusedError` unless it passes its checks (the blockers are in `findings`) and a dry run of this version
    over its present files is finished.
    """
    campaign = tenancy.get(Campaign, campaign_id, for_update=True)
    states.require(campaign, Move.MAKE_READY)
    if in_the_way := blockers(findings_of(campaign)):
        raise RefusedError(CampaignError.CHECKS_FAILED, findings=in_the_way)
    if preview_that_counts(campaign) is None:
        raise RefusedError(CampaignError.NOT_PREVIEWED)
    states.make(campaign, Move.MAKE_READY)
    campaign.next_fire_at = next_fire_of(campaign, now())
    db.session.commit()
    return campaign


def back_to_draft(campaign_id: UUID) -> Campaign:
    """Takes a campaign back to be worked on; its schedule rests, its runs go on."""
    return _moved(campaign_id, Move.REVISE)


def pause(campaign_id: UUID) -> Campaign:
    """Keeps a campaign from firing until it is resumed."""
    return _moved(campaign_id, Move.PAUSE)


def archive(campaign_id: UUID) -> Campaign:
    """Puts a campaign away for good."""
    return _moved(campaign_id, Move.ARCHIVE)


def resume(campaign_id: UUID) -> Campaign:
    """Lets a paused campaign fire again, from its schedule's next time on: what was missed is not made up for."""
    campaign = tenancy.get(Campaign, campaign_id, for_update=True)
    states.make(campaign, Move.RESUME)
    campaign.next_fire_at = next_fire_of(campaign, now())
    db.session.commit()
    return campaign


def next_fire_of(campaign: Campaign, after: datetime) -> datetime | None:
    """When a campaign's schedule fires next after `after`."""
    company = db.session.get_one(Company, campaign.company_id)
    return next_fire(definition_of(campaign).schedule, company.time_zone, after)


def _moved(campaign_id: UUID, move: Move) -> Campaign:
    campaign = tenancy.get(Campaign, campaign_id, for_update=True)
    states.make(campaign, move)
    campaign.next_fire_at = None
    db.session.commit()
    return campaign
