"""Walking a dry run a slice of time at a time: its records go through the line of a real run, and are only counted.

Every batch is one transaction that also holds how far it came, so whatever kills a worker, the next one goes on where
the last commit left off. It holds the dry run's row meanwhile: a second worker leaves it to the first.
"""

from datetime import datetime
from uuid import UUID

from rq.timeouts import BaseTimeoutException
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app import tenancy, turns
from app.campaigns.definition import Definition
from app.clock import now
from app.extensions import db, settings
from app.models import Campaign, CampaignVersion, Company, DataSource, DryRun, DryRunStatus
from app.queueing.batch import outcomes_of
from app.queueing.compose import line_for
from app.queueing.dry_keys import counted_before, forget_keys, said_already
from app.queueing.forecast import Forecast
from app.queueing.line import Line
from app.queueing.outcome import Staged
from app.records import rows_after

_PASSING = (OperationalError, PoolTimeoutError, BaseTimeoutException)
"""What says nothing of the list: a database that is away or busy, a machine too slow for the time that a job has."""


def dry_slice(dry_run_id: UUID, deadline: datetime) -> bool:
    """Works on a dry run of the bound company until `deadline`, but at least one step; True if there is more to do.

    False also when another worker is at it. What could not be done this time is left to the next slice; any other error
    makes the dry run `failed`. Both are raised.
    """
    walk = _DryWalk(dry_run_id)
    try:
        while walk.step():
            if turns.is_over(deadline):
                return True
    except _PASSING:
        db.session.rollback()
        raise
    except Exception:
        db.session.rollback()
        dry_run = tenancy.get(DryRun, dry_run_id, for_update=True)
        _end(dry_run, DryRunStatus.FAILED)
        db.session.commit()
        raise
    return False


class _DryWalk:
    """One worker's way through a dry run. What it reads of the campaign, it reads once."""

    def __init__(self, dry_run_id: UUID) -> None:
        self._dry_run_id = dry_run_id
        self._lines: dict[UUID, Line] = {}

    def step(self) -> bool:
        """One transaction; True if there may be another."""
        dry_run = tenancy.find(DryRun, self._dry_run_id, for_update=True, skip_locked=True)
        if dry_run is None or dry_run.finished_at is not None:
            db.session.commit()
            return False
        goes_on = dry_run.status is DryRunStatus.RUNNING and dry_run.files_done < len(dry_run.files)
        if goes_on:
            self._count_batch(dry_run)
        else:
            _end(dry_run, DryRunStatus.FINISHED)
        db.session.commit()
        return goes_on

    def _count_batch(self, dry_run: DryRun) -> None:
        file_id = UUID(dry_run.files[dry_run.files_done]["id"])
        limit = settings().queue_batch_records
        rows = rows_after(file_id, dry_run.position, limit)
        instant = max(now(), dry_run.fires_at) if dry_run.fires_at else now()
        outcomes = outcomes_of(self._line(dry_run, file_id), rows, instant)
        keys = {outcome.dedupe_key for outcome in outcomes if isinstance(outcome, Staged)}
        said = said_already(keys)
        forecast = Forecast.model_validate(dry_run.forecast)
        forecast.count(file_id, outcomes, said, counted_before(dry_run.id, keys - said))
        dry_run.forecast = forecast.model_dump(mode="json")
        dry_run.records_done += len(rows)
        if len(rows) == limit:
            dry_run.position = rows[-1][0]
        else:
            dry_run.files_done += 1
            dry_run.position = 0

    def _line(self, dry_run: DryRun, file_id: UUID) -> Line:
        if file_id not in self._lines:
            version = tenancy.get(CampaignVersion, dry_run.campaign_id, dry_run.version)
            self._lines[file_id] = line_for(
                Definition.model_validate(version.definition),
                db.session.get_one(Company, dry_run.company_id),
                tenancy.get(Campaign, dry_run.campaign_id),
                tenancy.get(DataSource, file_id),
                links_lead_on=False,
            )
        return self._lines[file_id]


def _end(dry_run: DryRun, status: DryRunStatus) -> None:
    """Ends a dry run that nothing else has ended, and takes its keys away. The caller holds its row, and commits."""
    if dry_run.status is DryRunStatus.RUNNING:
        dry_run.status = status
    forget_keys(dry_run.id)
    dry_run.finished_at = now()
