"""When a run is over: every part walked, every message in a final state."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import exists

from app import tallies, tenancy
from app.clock import now
from app.extensions import db
from app.models import Campaign, CampaignStatus, Run, RunPart, RunStatus


def finish_if_done(run_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Ends those of the bound company's runs that have nothing left to do, and returns them. Does not commit."""
    wanted = set(run_ids)
    if not wanted:
        return frozenset()
    open_part = exists().where(RunPart.company_id == Run.company_id, RunPart.run_id == Run.id, ~RunPart.done)
    delivering = db.session.scalars(
        tenancy.rows(Run)
        .where(
            Run.id.in_(wanted),
            Run.status == RunStatus.DELIVERING,
            ~open_part,
        )
        .order_by(Run.id)
        # not FOR UPDATE: that would wait for every transaction that is writing a message of the run
        .with_for_update(key_share=True)
    ).all()
    left = tallies.open_messages(run.id for run in delivering)
    ended = [run for run in delivering if not left[run.id]]
    for run in ended:
        run.status = RunStatus.FINISHED
        run.finished_at = now()
    db.session.flush()
    _finish_campaigns({run.campaign_id for run in ended})
    return frozenset(run.id for run in ended)


def _finish_campaigns(campaign_ids: set[UUID]) -> None:
    """A campaign that will not fire again is finished when its last run is."""
    if not campaign_ids:
        return
    mine = tenancy.rows(Campaign).where(Campaign.id.in_(campaign_ids))
    # whoever fires, pauses or edits holds the row; what they did is seen by the statement after the lock, not by this
    db.session.execute(mine.with_only_columns(Campaign.id).order_by(Campaign.id).with_for_update(key_share=True))
    open_runs = exists().where(
        Run.company_id == Campaign.company_id,
        Run.campaign_id == Campaign.id,
        Run.status.not_in([RunStatus.FINISHED, RunStatus.CANCELLED]),
    )
    over = db.session.scalars(
        mine.where(Campaign.status == CampaignStatus.ACTIVE, Campaign.next_fire_at.is_(None), ~open_runs),
        execution_options={"populate_existing": True},
    )
    for campaign in over:
        campaign.status = CampaignStatus.FINISHED
