"""Telling a run how far to go. It is told in an instant, however many records it has; workers take it there."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select

from app import tenancy
from app.campaigns.errors import CampaignError, RefusedError
from app.campaigns.finish import has_messages, holds_failures
from app.clock import now
from app.extensions import db
from app.jobs import Job, enqueue
from app.models import MessageStatus, Run, RunStatus, RunUntil
from app.queueing.engine import queue_slice
from app.queueing.run_lock import hold_run

_AT_ONCE = timedelta(seconds=2)
"""How long the one who tells a run waits for it to be there, before workers go on with it."""


def queue_run(run_id: UUID) -> Run:
    """Tells a staged run to make its messages, which then wait for `deliver_run`. Commits. Raises `RefusedError`."""
    run = _held(run_id, {RunStatus.STAGED, RunStatus.QUEUEING, RunStatus.QUEUED})
    if run.status is RunStatus.STAGED:
        run.status = RunStatus.QUEUEING
        run.until = RunUntil.QUEUED
    db.session.commit()
    hand_over(run)
    return run


def deliver_run(run_id: UUID, start_at: datetime | None = None) -> Run:
    """Tells a run to let its messages go out, not before `start_at`. Commits. Raises `RefusedError`."""
    run = _held(run_id, {RunStatus.STAGED, RunStatus.QUEUEING, RunStatus.QUEUED, RunStatus.DELIVERING})
    if run.until is not RunUntil.DELIVERING:
        run.until = RunUntil.DELIVERING
        run.start_at = start_at or run.start_at
    if run.status is RunStatus.STAGED:
        run.status = RunStatus.QUEUEING
    db.session.commit()
    return _taken_on(run)


def cancel_run(run_id: UUID) -> Run:
    """Calls off what of a run has not gone out yet. Commits. Raises `RefusedError` for a run that is finished."""
    run = _held(run_id, set(RunStatus) - {RunStatus.FINISHED})
    run.status = RunStatus.CANCELLED
    db.session.commit()
    return _taken_on(run)


def hand_over(run: Run) -> None:
    """Asks the workers to take a run on. Call after the commit."""
    if run.status is not RunStatus.STAGED:
        enqueue(Job.QUEUE_RUN, run.company_id, run.id)


def stalled_runs(limit: int) -> list[tuple[UUID, UUID]]:
    """At most `limit` runs (company, run) of any company that are not yet where they were told to go, oldest first."""
    with tenancy.everywhere():
        found = db.session.execute(
            select(Run.company_id, Run.id)
            .where(
                Run.finished_at.is_(None),
                or_(
                    Run.status.in_([RunStatus.STAGING, RunStatus.QUEUEING]),
                    and_(
                        Run.status == RunStatus.CANCELLED,
                        or_(has_messages({MessageStatus.STAGED, MessageStatus.QUEUED}), holds_failures()),
                    ),
                    and_(Run.status == RunStatus.QUEUED, Run.until == RunUntil.DELIVERING),
                ),
            )
            .order_by(Run.created_at)
            .limit(limit)
        ).all()
        db.session.commit()
    return [(company_id, run_id) for company_id, run_id in found]


def _held(run_id: UUID, allowed: Collection[RunStatus]) -> Run:
    hold_run(run_id)
    run = db.session.scalar(
        tenancy.rows(Run).where(Run.id == run_id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    )
    if run is None:
        raise tenancy.NotFoundError(Run.__name__, run_id)
    if run.status not in allowed:
        raise RefusedError(CampaignError.RUN_WRONG_STATUS, status=run.status.value)
    return run


def _taken_on(run: Run) -> Run:
    if run.status is RunStatus.QUEUEING:
        hand_over(run)
        return run
    if queue_slice(run.id, now() + _AT_ONCE):
        hand_over(run)
    db.session.refresh(run)
    return run
