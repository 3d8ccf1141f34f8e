"""When a run is over: every part walked and every message in a final state; or called off and nothing left to stop."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, literal_column, or_, select

from app import tallies, tenancy
from app.clock import now
from app.extensions import db
from app.models import (
    FINAL,
    Campaign,
    CampaignStatus,
    Message,
    MessageStatus,
    Run,
    RunPart,
    RunStatus,
    RunTrigger,
    Tally,
    TallyKind,
)

_OPEN = frozenset(MessageStatus) - FINAL
_STOPPABLE = _OPEN - {MessageStatus.SENT}
"""What may still go out. What the provider has cannot be called back, only reported on."""


def finish_if_done(run_ids: Iterable[UUID], *, silent_since: datetime | None = None) -> frozenset[UUID]:
    """Ends those of the bound company's runs that have nothing left to do, and returns them. Does not commit.

    With `silent_since`, messages that were sent before it and never heard of again are not waited for any more; they
    stay `sent`, and a receipt that comes yet is applied.
    """
    wanted = set(run_ids)
    if not wanted:
        return frozenset()
    candidates = db.session.scalars(
        tenancy.rows(Run)
        .where(
            Run.id.in_(wanted),
            Run.finished_at.is_(None),
            or_(
                and_(Run.status == RunStatus.CANCELLED, ~holds_failures()),
                and_(Run.status == RunStatus.DELIVERING, ~_has_open_parts()),
            ),
        )
        .order_by(Run.id)
        # not FOR UPDATE: that would wait for every transaction that is writing a message of the run
        .with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).all()
    # in one statement: what a sender gives back between two would be missed by both
    counted = tallies.messages_of(run.id for run in candidates)
    ended = [run for run in candidates if _is_done(run, counted[run.id], silent_since)]
    for run in ended:
        if run.status is RunStatus.DELIVERING:
            run.status = RunStatus.FINISHED
        run.finished_at = now()
    db.session.flush()
    _finish_campaigns({run.campaign_id for run in ended})
    return frozenset(run.id for run in ended)


def unfinished_runs(limit: int, silent_since: datetime) -> list[tuple[UUID, UUID]]:
    """At most `limit` runs (company, run) of any company that `finish_if_done` would end, oldest first."""
    with tenancy.everywhere():
        found = db.session.execute(
            select(Run.company_id, Run.id)
            .where(
                Run.finished_at.is_(None),
                or_(
                    and_(Run.status == RunStatus.CANCELLED, ~has_messages(_STOPPABLE), ~holds_failures()),
                    and_(
                        Run.status == RunStatus.DELIVERING,
                        ~_has_open_parts(),
                        ~has_messages(_STOPPABLE),
                        ~_sent_since(silent_since),
                    ),
                ),
            )
            .order_by(Run.created_at)
            .limit(limit)
        ).all()
        db.session.commit()
    return [(company_id, run_id) for company_id, run_id in found]


def has_messages(statuses: Iterable[MessageStatus]) -> ColumnElement[bool]:
    """True, in a query for runs, for those with messages in one of `statuses`. Reads the counts, not the messages."""
    return exists().where(
        Tally.company_id == Run.company_id,
        Tally.run_id == Run.id,
        Tally.kind == TallyKind.MESSAGE,
        Tally.code.in_([status.value for status in statuses]),
        Tally.n > 0,
    )


def holds_failures() -> ColumnElement[bool]:
    """True, in a query for runs that are called off, for requeues that have not let go of what they did not come to."""
    return and_(Run.trigger == RunTrigger.REQUEUE, _has_open_parts())


def _has_open_parts() -> ColumnElement[bool]:
    return exists().where(RunPart.company_id == Run.company_id, RunPart.run_id == Run.id, ~RunPart.done)


def _is_done(run: Run, counted: Mapping[MessageStatus, int], silent_since: datetime | None) -> bool:
    if any(counted.get(status) for status in _STOPPABLE):
        return False
    if run.status is RunStatus.CANCELLED or not counted.get(MessageStatus.SENT):
        return True
    if silent_since is None:
        return False
    mine = select(_sent_since(silent_since)).where(Run.company_id == run.company_id, Run.id == run.id)
    return not db.session.scalar(mine)


def _sent_since(instant: datetime) -> ColumnElement[bool]:
    return exists().where(
        Message.company_id == Run.company_id,
        Message.run_id == Run.id,
        Message.status == literal_column("'sent'"),
        Message.sent_at >= instant,
    )


def _finish_campaigns(campaign_ids: set[UUID]) -> None:
    """A campaign that will not fire again is finished when its last run is."""
    if not campaign_ids:
        return
    mine = tenancy.rows(Campaign).where(Campaign.id.in_(campaign_ids))
    # whoever fires, pauses or edits holds the row; what they did is seen by the statement after the lock, not by this
    db.session.execute(mine.with_only_columns(Campaign.id).order_by(Campaign.id).with_for_update(key_share=True))
    open_runs = exists().where(
        Run.company_id == Campaign.company_id, Run.campaign_id == Campaign.id, Run.finished_at.is_(None)
    )
    over = db.session.scalars(
        mine.where(Campaign.status == CampaignStatus.ACTIVE, Campaign.next_fire_at.is_(None), ~open_runs),
        execution_options={"populate_existing": True},
    )
    for campaign in over:
        campaign.status = CampaignStatus.FINISHED
