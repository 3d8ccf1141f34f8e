"""The job of the `ingest` queue."""

from datetime import timedelta
from uuid import UUID

from app.clock import now
from app.extensions import settings
from app.ingest.loader import load_slice
from app.jobs import Job, enqueue, taken


def load_file(company_id: str, data_source_id: str) -> None:
    """Loads one file for the length of a slice, and puts itself at the tail of the queue when more is left."""
    taken(Job.LOAD_FILE, company_id, data_source_id)
    company, source = UUID(company_id), UUID(data_source_id)
    if load_slice(company, source, now() + timedelta(seconds=settings().slice_seconds)).more:
        enqueue(Job.LOAD_FILE, company, source)
