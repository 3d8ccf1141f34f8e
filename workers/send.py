"""The `send` queue: what is due goes out, and what was lost on the way is settled."""

import time
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

_LONGEST_NAP_SECONDS = 0.5


def send_due(company_id: str, slot: str = "") -> None:
    """Works for a company for one slice of time, and asks for another turn while there is something to do soon.

    `slot` tells apart the jobs that work for one company at the same time.
    """
    jobs.taken(Job.SEND_DUE, company_id, *filter(None, [slot]))
    company = UUID(company_id)
    known = settings()
    slice_of_time = timedelta(seconds=known.slice_seconds)
    with tenancy.company(company):
        more = send_slice(now() + slice_of_time)
        settle_in_flight(known.send_block, now() + slice_of_time)
        if more or _soon():
            jobs.enqueue(Job.SEND_DUE, company, *(int(slot),) if slot else ())
        else:
            missing_receipts(timedelta(seconds=known.settle_events_seconds), now() + slice_of_time)


def _soon() -> bool:
    """True, after a nap, when something falls due before the next sweep would find it: a retry, the end of a lease."""
    due = next_due()
    db.session.commit()
    if due is None or due > now() + timedelta(seconds=settings().sweep_seconds):
        return False
    time.sleep(min(max((due - now()).total_seconds(), 0.0), _LONGEST_NAP_SECONDS))
    return True
