"""One worker's share of a stage, in a process of its own: `python -m bench.stage STAGE COMPANY ID`.

It calls the same stage functions that the RQ jobs call, until nothing is left, so that what is measured is the stage
and not how jobs are handed out. Like a worker it has everything imported before it has work: it says so on standard
output, and begins when a line comes on standard input.
"""

import os
import sys
import time
from datetime import datetime, timedelta
from uuid import UUID

from app import create_app, tenancy
from app.clock import now
from app.delivery.engine import send_slice
from app.extensions import settings
from app.ingest.loader import load_slice
from app.models import Run, RunStatus
from app.queueing.dry_walk import dry_slice
from app.queueing.engine import queue_slice
from bench.accounting import READY


def ingest(company_id: UUID, source_id: UUID) -> None:
    """Loads one file."""
    while load_slice(company_id, source_id, _deadline()).more:
        pass


def dry_run(_company_id: UUID, dry_run_id: UUID) -> None:
    """Walks one dry run's records."""
    while dry_slice(dry_run_id, _deadline()):
        pass


def queue(_company_id: UUID, run_id: UUID) -> None:
    """Walks one run's records, side by side with other processes."""
    while queue_slice(run_id, _deadline()):
        pass


def send(_company_id: UUID, run_id: UUID) -> None:
    """Sends what is due until the run has no message left to send."""
    while send_slice(_deadline()) or tenancy.get(Run, run_id, for_update=True).status not in _QUEUED:
        time.sleep(0.01)


_QUEUED = (RunStatus.DELIVERING, RunStatus.FINISHED)
STAGES = {"ingest": ingest, "dry_run": dry_run, "queue": queue, "send": send}


def _deadline() -> datetime:
    return now() + timedelta(seconds=settings().slice_seconds)


def main(stage: str, company_id: str, id_: str) -> None:
    """Works one stage to its end."""
    with create_app().app_context(), tenancy.company(UUID(company_id)):
        sys.stdout.buffer.write(READY)
        sys.stdout.flush()
        sys.stdin.readline()
        STAGES[stage](UUID(company_id), UUID(id_))
    os._exit(0)  # as the process ends that RQ forked for a job, without taking the application apart


if __name__ == "__main__":
    main(*sys.argv[1:])
