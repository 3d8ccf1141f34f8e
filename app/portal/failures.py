"""Failures: every record that did not become a message and every message that failed, with the reason."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app import streaming, tenancy
from app.campaigns import editing
from app.campaigns.errors import RefusedError
from app.campaigns.requeue import requeue_matching, requeueable
from app.extensions import db
from app.failures import FailureFilter
from app.models import Channel, DataSource, Failure, FailureStage, Role, RunPart
from app.portal import downloads, labels, paging, shell
from app.portal.patience import TooLongError, patience
from app.reporting import listing
from app.reporting.failed_rows import failed_rows
from app.reporting.questions import failures_by_reason
from app.reporting.reasons import words_of

blueprint = Blueprint("failures", __name__, url_prefix="/failures")

_FILTERS = ("run", "campaign", "file", "stage", "code", "channel", "requeued")
_COLUMNS = (
    "When",
    "Campaign",
    "File",
    "Row",
    "Person",
    "Address",
    "Channel",
    "Stage",
    "Code",
    "Reason",
    "Requeued by run",
)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The failures that the filters leave, newest first, under the reasons that they have."""
    wanted = _wanted(request.args)
    on_offer = _on_offer(wanted)
    try:
        with patience():
            found = listing.failures(wanted, paging.after_id(), paging.PAGE_ROWS)
    except TooLongError:
        found = None
    page = paging.of_listing(found) if found else None
    rows = page.rows if page else ()
    return render_template(
        "failures/index.html",
        page=page,
        wanted=wanted,
        reasons=failures_by_reason(wanted.run_id, wanted.campaign_id, wanted.requeued),
        on_offer=on_offer,
        sources=_sources_of(wanted),
        campaigns=labels.campaign_choices(),
        names=labels.campaign_names([*(row.campaign_id for row in rows), *on_offer]),
        files=labels.file_names(row.data_source_id for row in rows),
        stages=list(FailureStage),
        channels=list(Channel),
        kept=_given(request.args),
    )


@blueprint.post("/requeue")
def requeue() -> ResponseReturnValue:
    """Starts a run over all that the filters leave and that still stands.

    A filter that cannot be read leaves nothing: without it the others would leave more than was meant.
    """
    wanted = _wanted(request.form)
    if _unreadable(request.form) or wanted.requeued or replace(wanted, requeued=None) == FailureFilter():
        abort(400)
    try:
        run = requeue_matching(wanted, shell.current_person().id)
    except RefusedError as refusal:
        flash(refusal.words, "danger")
        return redirect(url_for("failures.index", **_given(request.form)))
    return redirect(url_for("runs.show", run_id=run.id))


@blueprint.get("/failures.csv")
def download() -> ResponseReturnValue:
    """The same failures as a file. For one campaign, with the columns of its files, as corrected, behind the reason."""
    wanted = _wanted(request.args)
    fields = _fields_of(wanted.campaign_id) if wanted.campaign_id else []
    zone = ZoneInfo(shell.current_company().time_zone)
    return downloads.csv_response("failures.csv", [*_COLUMNS, *fields], _lines(wanted, fields, zone))


@blueprint.get("/of/<uuid:source_id>.csv")
def download_rows(source_id: UUID) -> ResponseReturnValue:
    """The rows of one file that failed, in its own columns, ready to be fixed and uploaded again."""
    source = tenancy.get(DataSource, source_id)
    name = f"{PurePath(source.filename).stem}-to-fix.csv"
    return streaming.csv_response(name, failed_rows(source, _wanted(request.args)))


def _wanted(given: MultiDict[str, str]) -> FailureFilter:
    return FailureFilter(
        run_id=given.get("run", type=UUID),
        campaign_id=given.get("campaign", type=UUID),
        data_source_id=given.get("file", type=UUID),
        stage=given.get("stage", type=FailureStage),
        code=given.get("code") or None,
        channel=given.get("channel", type=Channel),
        requeued={"yes": True, "no": False}.get(given.get("requeued", "")),
    )


def _unreadable(given: MultiDict[str, str]) -> set[str]:
    """Names of what is given and says nothing of which failures are meant."""
    wanted = _wanted(given)
    read = {
        "run": wanted.run_id,
        "campaign": wanted.campaign_id,
        "file": wanted.data_source_id,
        "stage": wanted.stage,
        "code": wanted.code,
        "channel": wanted.channel,
        "requeued": wanted.requeued,
        "csrf_token": True,
    }
    return {name for name, value in given.items() if value and read.get(name) is None}


def _given(given: MultiDict[str, str]) -> dict[str, Any]:
    return {name: given[name] for name in _FILTERS if given.get(name)}


def _on_offer(wanted: FailureFilter) -> dict[UUID, int]:
    """How many failures could be requeued, by campaign; none where counting those of a file takes too long."""
    if wanted.requeued or _unreadable(request.args) - {"after"} or not shell.can(Role.EDITOR):
        return {}
    try:
        with patience():
            return requeueable(wanted)
    except TooLongError:
        return {}


def _sources_of(wanted: FailureFilter) -> dict[UUID, str]:
    """The files that rows to fix can be of, by id and name; none where no run, campaign or file has been chosen."""
    if wanted.data_source_id:
        return labels.file_names([wanted.data_source_id])
    if wanted.run_id:
        parts = select(RunPart.data_source_id).where(
            RunPart.company_id == tenancy.company_id(), RunPart.run_id == wanted.run_id
        )
        return labels.file_names(db.session.scalars(parts.distinct()))
    if wanted.campaign_id:
        return {source.id: source.filename for source in editing.files_of(wanted.campaign_id)}
    return {}


def _lines(wanted: FailureFilter, fields: list[str], zone: ZoneInfo) -> Iterator[list[object]]:
    names: dict[UUID, str] = {}
    files: dict[UUID, str] = {}
    for failure in downloads.every_row(lambda after: listing.failures(wanted, after, downloads.BATCH)):
        if failure.campaign_id not in names:
            names |= labels.campaign_names([failure.campaign_id])
        if failure.data_source_id not in files:
            files |= labels.file_names([failure.data_source_id])
        when = failure.created_at.astimezone(zone)
        yield [when, *_cells(failure, names, files), *(failure.present_data.get(field, "") for field in fields)]


def _cells(failure: Failure, names: dict[UUID, str], files: dict[UUID, str]) -> list[object]:
    return [
        names[failure.campaign_id],
        files.get(failure.data_source_id, ""),
        failure.row_number,
        failure.person,
        failure.endpoint,
        failure.channel.value,
        failure.stage.value,
        failure.code,
        words_of(failure),
        failure.requeue_run_id or "",
    ]


def _fields_of(campaign_id: UUID) -> list[str]:
    return list(dict.fromkeys(field for source in editing.files_of(campaign_id) for field in source.fields))
