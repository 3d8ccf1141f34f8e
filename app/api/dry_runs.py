"""Dry runs by program: what would become of a campaign's whole list, before anything is written to anybody."""

from typing import Any
from uuid import UUID

from app import tenancy
from app.api import dry_run_schemas
from app.api.guard import room
from app.campaigns import dry_runs
from app.models import Campaign, DryRun, DryRunStatus
from app.queueing.errors import words_for
from app.queueing.forecast import Forecast, MethodForecast

blueprint = room("dry_runs", "What would become of a whole list, in counts")

_COLUMNS = (
    *("id", "campaign_id", "version", "status", "fires_at"),
    *("records_total", "records_done", "started_at", "finished_at"),
)
_TOTALS = ("messages", "units", "failures", "first_at", "last_at", "days")
_OF_METHOD = ("method", "channel", *_TOTALS, "repeats_in_list", "repeats_of_messages")


@blueprint.post("/campaigns/<uuid:campaign_id>/dry-run")
@blueprint.response(200, dry_run_schemas.DryRun)
@blueprint.alt_response(202, schema=dry_run_schemas.DryRun, description="It goes on by itself: ask for it again.")
def start(campaign_id: UUID) -> tuple[dict[str, Any], int]:
    """Takes all records of the campaign's files through the line, and writes to nobody. Ready asks for this.

    A list of some ten thousand records is answered with the result, a longer one with how far it is. Another dry run of
    the campaign that is still running is superseded.
    """
    dry_run = dry_runs.start_dry_run(campaign_id, None)
    return _shown(dry_run), 202 if dry_run.status is DryRunStatus.RUNNING else 200


@blueprint.get("/campaigns/<uuid:campaign_id>/dry-run")
@blueprint.response(200, dry_run_schemas.DryRun)
def newest(campaign_id: UUID) -> dict[str, Any]:
    """The campaign's newest dry run: how far it is, and what it has counted so far."""
    tenancy.get(Campaign, campaign_id)
    dry_run = dry_runs.newest_dry_run(campaign_id)
    if dry_run is None:
        raise tenancy.NotFoundError("dry run", campaign_id)
    return _shown(dry_run)


def _shown(dry_run: DryRun) -> dict[str, Any]:
    forecast = Forecast.model_validate(dry_run.forecast)
    counting = dry_runs.preview_that_counts(tenancy.get(Campaign, dry_run.campaign_id))
    return {
        **{column: getattr(dry_run, column) for column in _COLUMNS},
        "files": [file["id"] for file in dry_run.files],
        "counts_for_ready": counting is not None and counting.id == dry_run.id,
        **{total: getattr(forecast, total) for total in _TOTALS},
        "methods": [_method(part) for part in forecast.methods],
    }


def _method(part: MethodForecast) -> dict[str, Any]:
    return {
        **{name: getattr(part, name) for name in _OF_METHOD},
        "reasons": [
            {
                "stage": reason.stage,
                "code": code,
                "n": reason.n,
                "example": reason.example.model_dump() | {"words": words_for(code, reason.example.facts)},
            }
            for code, reason in part.ranked
        ],
    }
