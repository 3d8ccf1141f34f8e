"""The five-minute sweeps: each asks what is due in any company and hands it to the workers.

A sweep reads an index that holds only what is due, so its cost follows the work and not the number of companies. It
may run twice, or late: what it starts is idempotent.
"""

from datetime import timedelta

import structlog

from app import tenancy
from app.campaigns.dry_runs import open_dry_runs
from app.campaigns.finish import finish_if_done, unfinished_runs
from app.campaigns.fire import fire_due
from app.campaigns.runs import stalled_runs
from app.clock import now
from app.delivery.due import due_companies
from app.extensions import db, settings
from app.ingest.uploads import find_unloaded
from app.jobs import Job, enqueue
from app.receipts.apply import companies_with_pending

log = structlog.get_logger()

_MOST_AT_ONCE = 1_000


def campaigns_due() -> int:
    """Fires campaigns whose `next_fire_at` has passed."""
    return _swept("campaigns_due", fire_due(_MOST_AT_ONCE))


def files_not_loaded() -> int:
    """Files whose loading was asked for and has stopped moving, or never began."""
    found = find_unloaded(_MOST_AT_ONCE)
    for company_id, source_id in found:
        enqueue(Job.LOAD_FILE, company_id, source_id)
    return _swept("files_not_loaded", len(found))


def runs_not_queued() -> int:
    """Runs with parts that nobody has walked."""
    found = stalled_runs(_MOST_AT_ONCE)
    for company_id, run_id in found:
        enqueue(Job.QUEUE_RUN, company_id, run_id)
    return _swept("runs_not_queued", len(found))


def dry_runs_not_finished() -> int:
    """Dry runs that are still to be walked, or to be cleared up after."""
    found = open_dry_runs(_MOST_AT_ONCE)
    for company_id, dry_run_id in found:
        enqueue(Job.DRY_RUN, company_id, dry_run_id)
    return _swept("dry_runs_not_finished", len(found))


def runs_not_finished() -> int:
    """Runs that nothing more is waited for, or has been waited for too long."""
    silent_since = now() - timedelta(hours=settings().receipts_wait_hours)
    found = unfinished_runs(_MOST_AT_ONCE, silent_since)
    for company_id, run_id in found:
        with tenancy.company(company_id):
            finish_if_done([run_id], silent_since=silent_since)
            db.session.commit()
    return _swept("runs_not_finished", len(found))


def messages_due() -> int:
    """Companies with messages to send, leases that ran out, or receipts that never came."""
    overdue = now() - timedelta(seconds=settings().settle_events_seconds)
    found = due_companies(_MOST_AT_ONCE, receipts_expected_before=overdue)
    for company_id in found:
        enqueue(Job.SEND_DUE, company_id)
    return _swept("messages_due", len(found))


def receipts_not_applied() -> int:
    """Companies with receipts that wait to be applied."""
    found = companies_with_pending(_MOST_AT_ONCE)
    for company_id in found:
        enqueue(Job.APPLY_RECEIPTS, company_id)
    return _swept("receipts_not_applied", len(found))


_EVERY = (
    campaigns_due,
    files_not_loaded,
    runs_not_queued,
    dry_runs_not_finished,
    messages_due,
    receipts_not_applied,
    runs_not_finished,
)
SWEEPS = tuple(f"{sweep.__module__}.{sweep.__name__}" for sweep in _EVERY)
"""Every sweep by the path of its function, which is what the scheduler needs to know."""


def _swept(sweep: str, found: int) -> int:
    log.info("swept", sweep=sweep, found=found)
    return found
