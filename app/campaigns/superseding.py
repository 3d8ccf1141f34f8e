"""Ending dry runs whose result nobody waits for any more."""

from uuid import UUID

from sqlalchemy import update

from app import tenancy
from app.extensions import db
from app.models import DryRun, DryRunStatus


def supersede_dry_runs(campaign_id: UUID) -> None:
    """Ends what still runs of a campaign's dry runs; whoever is at one, or the sweep, clears up after it.

    The caller holds the campaign's row, and commits.
    """
    db.session.execute(
        update(DryRun)
        .where(
            DryRun.company_id == tenancy.company_id(),
            DryRun.campaign_id == campaign_id,
            DryRun.status == DryRunStatus.RUNNING,
        )
        .values(status=DryRunStatus.SUPERSEDED)
    )
