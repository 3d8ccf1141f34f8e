"""The `queue` worker: records into messages and failures, or into the counts of a dry run."""

from datetime import timedelta
from uuid import UUID

from app import tenancy
from app.clock import now
from app.extensions import settings
from app.jobs import Job, enqueue, taken
from app.queueing.dry_walk import dry_slice
from app.queueing.engine import is_shareable, queue_slice


def queue_run(company_id: str, run_id: str) -> None:
    """Works on a run for a slice of time, then asks for the next; asks for another pair of hands if they would help."""
    taken(Job.QUEUE_RUN, company_id, run_id)
    company, run = UUID(company_id), UUID(run_id)
    with tenancy.company(company):
        if is_shareable(run):
            enqueue(Job.QUEUE_RUN, company, run)
        deadline = now() + timedelta(seconds=settings().slice_seconds)
        if queue_slice(run, deadline):
            enqueue(Job.QUEUE_RUN, company, run)


def dry_run(company_id: str, dry_run_id: str) -> None:
    """Works on a dry run for a slice of time, then asks for the next."""
    taken(Job.DRY_RUN, company_id, dry_run_id)
    company, walked = UUID(company_id), UUID(dry_run_id)
    with tenancy.company(company):
        if dry_slice(walked, now() + timedelta(seconds=settings().slice_seconds)):
            enqueue(Job.DRY_RUN, company, walked)
