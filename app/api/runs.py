"""Runs by program: look, queue, deliver, cancel."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app import tenancy
from app.api import schemas
from app.api.guard import room
from app.campaigns.runs import cancel_run, deliver_run, queue_run
from app.models import Run
from app.reporting.questions import Reason, run_counts

blueprint = room("runs", "One firing of a campaign")

_COLUMNS = (
    *("id", "campaign_id", "version", "status", "trigger", "until", "start_at", "records_total"),
    *("created_at", "queued_at", "finished_at"),
)


def shown(run: Run) -> dict[str, Any]:
    """A run with its counts: messages by status, failures and the requeued of them by `stage.code`, dispositions."""
    counts = run_counts(run.id).total
    return {
        **{column: getattr(run, column) for column in _COLUMNS},
        "messages": {status.value: n for status, n in counts.messages.items()},
        "failures": _by_name(counts.failures),
        "requeued": _by_name(counts.requeued),
        "dispositions": {disposition.value: n for disposition, n in counts.dispositions.items()},
    }


def _by_name(reasons: Mapping[Reason, int]) -> dict[str, int]:
    return {f"{reason.stage.value}.{reason.code}": n for reason, n in reasons.items()}


@blueprint.get("/runs/<uuid:run_id>")
@blueprint.response(200, schemas.Run)
def one(run_id: UUID) -> dict[str, Any]:
    """A run and its counts, which are kept as it goes and cost nothing to ask for."""
    return shown(tenancy.get(Run, run_id))


@blueprint.post("/runs/<uuid:run_id>/queue")
@blueprint.response(202, schemas.Run)
def queue(run_id: UUID) -> dict[str, Any]:
    """Turns a staged run's records into messages and failures."""
    return shown(queue_run(run_id))


@blueprint.post("/runs/<uuid:run_id>/deliver")
@blueprint.arguments(schemas.Deliver)
@blueprint.response(202, schemas.Run)
def deliver(wanted: dict[str, Any], run_id: UUID) -> dict[str, Any]:
    """Lets a queued run's messages go out, at once or from an instant on."""
    return shown(deliver_run(run_id, wanted["start_at"]))


@blueprint.post("/runs/<uuid:run_id>/cancel")
@blueprint.response(202, schemas.Run)
def cancel(run_id: UUID) -> dict[str, Any]:
    """Cancels what has not gone out yet."""
    return shown(cancel_run(run_id))
