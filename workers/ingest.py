"""The job of the `ingest` queue."""

from datetime import timedelta
from uuid import UUID

from app.clock import now
from app.extensions import settings
from app.ingest.loader import load_slice
from app.ingest.profiling import profile_slice
from app.jobs import Job, enqueue, taken


def load_file(company_id: str, data_source_id: str) -> None:
    """Loads one file, and then describes its columns, for the length of a slice.

    Puts itself at the tail of the queue when more is left.
    """
    taken(Job.LOAD_FILE, company_id, data_source_id)
    company, source = UUID(company_id), UUID(data_source_id)
    deadline = now() + timedelta(seconds=settings().slice_seconds)
    if load_slice(company, source, deadline).more or profile_slice(company, source, deadline):
        enqueue(Job.LOAD_FILE, company, source)
