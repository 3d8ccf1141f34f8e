"""Working on a run a slice of time at a time: its records become messages and failures, and then it goes as far as it
was told to go.

Every step is one transaction that also holds how far it came. So whatever kills a worker, the next one goes on where
the last commit left off, and nothing is lost or doubled. Several workers may work on one run.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from app import tenancy, turns
from app.campaigns.finish import finish_if_done
from app.extensions import db
from app.jobs import Job, enqueue
from app.models import MessageStatus, Run, RunPart, RunStatus
from app.queueing.course import Course, course_of, end_queueing
from app.queueing.pending import Pending
from app.queueing.requeued import Marking, let_go
from app.queueing.walking import RecordWalk


def queue_slice(run_id: UUID, deadline: datetime) -> bool:
    """Works on a run of the bound company until `deadline`, but at least one step; True if there is more to do.

    False also when all that is left is in other workers' hands. Raises `NotFoundError`.
    """
    worker = _Worker(run_id)
    while worker.step():
        if turns.is_over(deadline):
            return True
    return False


def mark_slice(run_id: UUID, deadline: datetime) -> None:
    """Marks failures for a requeue of the bound company until `deadline`, and walks none. Raises `NotFoundError`."""
    worker = _Worker(run_id)
    while worker.mark():
        if turns.is_over(deadline):
            return


def is_shareable(run_id: UUID) -> bool:
    """True when a run has more parts that nobody is walking than one worker can take."""
    free = db.session.scalars(
        select(RunPart.first_row)
        .where(RunPart.company_id == tenancy.company_id(), RunPart.run_id == run_id, ~RunPart.done)
        .limit(2)
        .with_for_update(skip_locked=True)
    ).all()
    db.session.commit()
    return len(free) > 1


class _Worker:
    """One worker at one run."""

    def __init__(self, run_id: UUID) -> None:
        self._run_id = run_id
        self._marking = Marking(run_id)
        self._records: RecordWalk | None = None
        self._staged = Pending(run_id, [MessageStatus.STAGED])
        self._unsent = Pending(run_id, [MessageStatus.STAGED, MessageStatus.QUEUED])

    def step(self) -> bool:
        """One transaction; True if there may be another."""
        course = course_of(self._run_id)
        if course.status is RunStatus.STAGING:
            return self._mark()
        if course.status is RunStatus.QUEUEING:
            return self._queue(course)
        if course.status is RunStatus.QUEUED and course.is_released:
            return self._release(course)
        if course.status is RunStatus.CANCELLED and course.finished_at is None:
            return self._cancel(course)
        db.session.commit()
        return False

    def mark(self) -> bool:
        """One transaction of a requeue that is gathering its failures; True if there may be another."""
        if course_of(self._run_id).status is RunStatus.STAGING:
            return self._mark()
        db.session.commit()
        return False

    def _mark(self) -> bool:
        marked = self._marking.next_block()
        db.session.commit()
        return marked

    def _queue(self, course: Course) -> bool:
        if self._records is None:
            self._records = RecordWalk(course)
        if self._records.next_batch(course):
            if course.is_released:
                enqueue(Job.SEND_DUE, tenancy.company_id())
            return True
        ended = end_queueing(self._run_id)
        db.session.commit()
        return ended

    def _release(self, course: Course) -> bool:
        # a block that moved nothing says only that another worker was faster: the counts tell when it is over
        if not self._staged.is_empty():
            self._staged.release(course.start_at)
            db.session.commit()
            return True
        self._set(status=RunStatus.DELIVERING)
        finish_if_done([self._run_id])
        db.session.commit()
        enqueue(Job.SEND_DUE, tenancy.company_id())
        return False

    def _cancel(self, course: Course) -> bool:
        if not self._unsent.is_empty():
            self._unsent.cancel()
            db.session.commit()
            return True
        if course.is_requeue and let_go(self._run_id):
            db.session.commit()
            return True
        finish_if_done([self._run_id])
        db.session.commit()
        return False

    def _set(self, **values: object) -> None:
        db.session.execute(
            update(Run).where(Run.company_id == tenancy.company_id(), Run.id == self._run_id).values(**values),
            execution_options={"synchronize_session": False},
        )
