"""The `send` queue: what is due goes out, and what was lost on the way is settled."""

from datetime import timedelta
from uuid import UUID

from app import jobs, tenancy
from app.clock import now
from app.delivery.due import next_due
from app.delivery.engine import send_slice
from app.delivery.overdue import missing_receipts
from app.delivery.recover import settle_in_flight
from app.extensions import db, settings
from app.jobs import Job

_SOONEST = timedelta(seconds=1)


def send_due(company_id: str) -> None:
    """Works for a company for one slice of time, and asks for another turn when there is more to do, or will be."""
    jobs.taken(Job.SEND_DUE, company_id)
    company = UUID(company_id)
    known = settings()
    slice_of_time = timedelta(seconds=known.slice_seconds)
    with tenancy.company(company):
        more = send_slice(now() + slice_of_time)
        settle_in_flight(known.send_block, now() + slice_of_time)
        if more:
            jobs.enqueue(Job.SEND_DUE, company)
            return
        missing_receipts(timedelta(seconds=known.settle_events_seconds), now() + slice_of_time)
        _come_back(company)


def _come_back(company: UUID) -> None:
    """Asks for a turn at the instant at which the next message falls due, or the next lease runs out."""
    due = next_due()
    db.session.commit()
    if due is not None:
        jobs.enqueue_at(max(due, now() + _SOONEST), Job.SEND_DUE, company)
