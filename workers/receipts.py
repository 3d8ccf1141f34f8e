"""The `receipts` queue: stored events become statuses, dispositions and suppressions."""

from datetime import timedelta
from uuid import UUID

from app import jobs, tenancy, turns
from app.clock import now
from app.extensions import settings
from app.jobs import Job
from app.receipts.apply import apply_pending


def apply_receipts(company_id: str) -> None:
    """Applies a company's stored events for one slice of time, and asks for another when there may be more."""
    jobs.taken(Job.APPLY_RECEIPTS, company_id)
    company = UUID(company_id)
    deadline = now() + timedelta(seconds=settings().slice_seconds)
    with tenancy.company(company):
        apply_pending(deadline)
    if turns.is_over(deadline):
        jobs.enqueue(Job.APPLY_RECEIPTS, company)
