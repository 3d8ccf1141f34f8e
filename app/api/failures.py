"""Failures by program: look, correct, requeue."""

from typing import Any
from uuid import UUID

from flask import Response

from app import streaming, tenancy
from app.api import schemas
from app.api.guard import room
from app.api.runs import shown as shown_run
from app.campaigns.requeue import requeue_matching, requeue_these
from app.failures import FailureFilter
from app.models import DataSource, Failure
from app.queueing.correcting import correct
from app.reporting import listing
from app.reporting.failed_rows import failed_rows
from app.reporting.reasons import words_of

blueprint = room("failures", "What did not become a message, or failed for good, and how it gets another try")

_COLUMNS = (
    *("id", "run_id", "campaign_id", "method", "data_source_id", "row_number", "channel", "stage", "code"),
    *("facts", "person", "endpoint", "data", "corrected", "corrected_at", "message_id", "repeats_message_id"),
    *("requeue_run_id", "created_at"),
)


@blueprint.get("/failures")
@blueprint.arguments(schemas.FailuresQuery, location="query")
@blueprint.response(200, schemas.FailurePage)
def failures(query: dict[str, Any]) -> dict[str, Any]:
    """Failures, newest first, with the record as it was."""
    after, limit = query.pop("after"), query.pop("limit")
    page = listing.failures(FailureFilter(**query), after, limit)
    return {"items": [_shown(failure) for failure in page.items], "next": page.next}


@blueprint.get("/failures/<uuid:failure_id>")
@blueprint.response(200, schemas.Failure)
def one(failure_id: UUID) -> dict[str, Any]:
    """A failure."""
    return _shown(tenancy.get(Failure, failure_id))


@blueprint.patch("/failures/<uuid:failure_id>")
@blueprint.arguments(schemas.Correction)
@blueprint.response(200, schemas.Failure)
def change(wanted: dict[str, Any], failure_id: UUID) -> dict[str, Any]:
    """Corrects the record. The record as it was is kept; a requeue walks the corrected one."""
    return _shown(correct(failure_id, wanted["data"], None))


@blueprint.get("/files/<uuid:file_id>/failures.csv")
@blueprint.arguments(schemas.FailedRowsQuery, location="query")
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
def failed_rows_of(query: dict[str, Any], file_id: UUID) -> Response:
    """The file's rows that failed, once each, in its own columns and order, with the reasons in four columns behind.

    Cells are as they stand in the file, or corrected. Fixed, it can be uploaded again as it is. Without `requeued`,
    rows whose failures were all requeued are left out.
    """
    source = tenancy.get(DataSource, file_id)
    return streaming.csv_response("failures.csv", failed_rows(source, FailureFilter(**query)))


@blueprint.post("/failures/requeue")
@blueprint.arguments(schemas.Requeue)
@blueprint.response(202, schemas.Run)
def requeue(wanted: dict[str, Any]) -> dict[str, Any]:
    """Starts a run over failures of one campaign: those named, or all that the filters leave and that still stand.

    The run is `staging` until all of them are marked as its own; then `records_total` says how many it walks. A failure
    is requeued once; what comes of it is the new run's message or failure.
    """
    if "ids" in wanted:
        return shown_run(requeue_these(wanted["ids"], None))
    return shown_run(requeue_matching(FailureFilter(**wanted), None))


def _shown(failure: Failure) -> dict[str, Any]:
    return {**{name: getattr(failure, name) for name in _COLUMNS}, "words": words_of(failure)}
