"""Where a run stands, and how far it has been told to go."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Exists, exists, select, update

from app import tenancy
from app.clock import now
from app.extensions import db
from app.models import Run, RunPart, RunStatus, RunTrigger, RunUntil
from app.queueing.run_lock import share_run
from app.tenancy import NotFoundError


@dataclass(frozen=True, slots=True)
class Course:
    """A run as it is at this instant; true until the transaction ends."""

    run_id: UUID
    campaign_id: UUID
    version: int
    status: RunStatus
    until: RunUntil
    start_at: datetime | None
    finished_at: datetime | None
    trigger: RunTrigger

    @property
    def is_requeue(self) -> bool:
        """True when it walks failures instead of records."""
        return self.trigger is RunTrigger.REQUEUE

    @property
    def is_released(self) -> bool:
        """True when its messages may go out."""
        return self.until is RunUntil.DELIVERING


def course_of(run_id: UUID) -> Course:
    """The course of a run of the bound company, kept from changing until the transaction ends.

    Raises `NotFoundError`. Begins a transaction that the caller ends.
    """
    share_run(run_id)
    found = db.session.execute(
        select(
            *(Run.id, Run.campaign_id, Run.version, Run.status, Run.until, Run.start_at, Run.finished_at, Run.trigger)
        ).where(Run.company_id == tenancy.company_id(), Run.id == run_id)
    ).one_or_none()
    if found is None:
        raise NotFoundError(Run.__name__, run_id)
    return Course(*found)


def end_queueing(run_id: UUID) -> bool:
    """Makes a run `queued` if every part of it is walked; False if not. Does not commit."""
    changed = db.session.execute(
        update(Run)
        .where(
            Run.company_id == tenancy.company_id(),
            Run.id == run_id,
            Run.status == RunStatus.QUEUEING,
            ~_open_parts(run_id),
        )
        .values(status=RunStatus.QUEUED, queued_at=now())
        .returning(Run.id),
        execution_options={"synchronize_session": False},
    )
    return changed.first() is not None


def _open_parts(run_id: UUID) -> Exists:
    return exists().where(RunPart.company_id == tenancy.company_id(), RunPart.run_id == run_id, ~RunPart.done)
