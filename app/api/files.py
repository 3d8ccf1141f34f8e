"""Files by program: upload, load, look."""

from dataclasses import asdict
from typing import Any, BinaryIO, NoReturn, cast
from uuid import UUID

from flask import request

from app import body_limits, tenancy
from app.api import file_schemas
from app.api.errors import refuse
from app.api.guard import room
from app.extensions import db, settings
from app.ingest import corrections, errors, uploads
from app.ingest.profiling import column_profiles
from app.ingest.progress import progress
from app.ingest.rejected import rejections_after
from app.ingest.table import Limits
from app.models import DataSource

blueprint = room("files", "Lists that were uploaded")
body_limits.widen(blueprint, "upload", body_limits.of_an_upload)

_STATUS = {
    errors.FileCode.TOO_LARGE: 413,
    errors.FileCode.BEING_LOADED: 409,
    errors.FileCode.USED_BY_RUN: 409,
    errors.FileCode.FILE_MISSING: 409,
}
_COLUMNS = (
    *("id", "filename", "size_bytes", "sha256", "format", "encoding", "delimiter", "quote", "has_header"),
    *("sheet", "sheets", "columns", "fields", "status"),
    *("rows_loaded", "rows_rejected", "error_code", "created_at", "finished_at"),
)


@blueprint.post("/files")
@blueprint.arguments(file_schemas.UploadFields, location="form", content_type="multipart/form-data")
@blueprint.response(201, file_schemas.WholeFile)
def upload(form: dict[str, Any]) -> dict[str, Any]:
    """Uploads one file as the multipart field `file`; with `load=true` its loading starts at once."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        refuse(422, "no_file", "Send the file as the multipart field `file`.", "files.file")
    if sum(len(files) for _, files in request.files.lists()) > 1:
        refuse(422, "several_files", "Send each file in a request of its own.", "files")
    try:
        source = uploads.register_upload(
            cast(BinaryIO, sent.stream), sent.filename, None, Limits.from_settings(settings())
        )
    except errors.FileRefused as refusal:
        _refuse(refusal, "files.file")
    return _whole(uploads.request_load(source.id) if form["load"] else source)


@blueprint.patch("/files/<uuid:file_id>")
@blueprint.arguments(file_schemas.FileChange)
@blueprint.response(200, file_schemas.WholeFile)
def change(wanted: dict[str, Any], file_id: UUID) -> dict[str, Any]:
    """Says how the file is to be read, where it was not found out rightly.

    What was loaded is removed and the file has to be loaded again; campaigns that speak to it are drafts again. Once
    a run has used the file, and while it is being loaded, it stays as it is.
    """
    try:
        return _whole(corrections.correct(file_id, corrections.Correction(**wanted)))
    except errors.FileRefused as refusal:
        _refuse(refusal)


@blueprint.post("/files/<uuid:file_id>/load")
@blueprint.response(202, file_schemas.WholeFile)
def load(file_id: UUID) -> dict[str, Any]:
    """Asks for the loading of a file. Asking again changes nothing."""
    return _whole(uploads.request_load(file_id))


@blueprint.get("/files")
@blueprint.arguments(file_schemas.FilesQuery, location="query")
@blueprint.response(200, file_schemas.FilePage)
def files(query: dict[str, Any]) -> dict[str, Any]:
    """Files, newest first."""
    wanted = tenancy.rows(DataSource)
    if query["status"]:
        wanted = wanted.where(DataSource.status == query["status"])
    if query["after"]:
        wanted = wanted.where(DataSource.id < query["after"])
    found = db.session.scalars(wanted.order_by(DataSource.id.desc()).limit(query["limit"] + 1)).all()
    items = found[: query["limit"]]
    more = len(found) > len(items)
    return {"items": [_shown(source) for source in items], "next": items[-1].id if more else None}


@blueprint.get("/files/<uuid:file_id>")
@blueprint.response(200, file_schemas.WholeFile)
def one(file_id: UUID) -> dict[str, Any]:
    """A file, how far its loading is, and what is in its columns."""
    return _whole(tenancy.get(DataSource, file_id))


@blueprint.get("/files/<uuid:file_id>/rejected")
@blueprint.arguments(file_schemas.RejectedQuery, location="query")
@blueprint.response(200, file_schemas.RejectedPage)
def rejected(query: dict[str, Any], file_id: UUID) -> dict[str, Any]:
    """The rows that could not be loaded, each with its reason and its text."""
    tenancy.get(DataSource, file_id)
    found = rejections_after(file_id, query["after"], query["limit"] + 1)
    rows = found[: query["limit"]]
    items = [
        {"row_number": row.row_number, "code": row.code, "words": errors.words_of(row.code), "raw": row.raw}
        for row in rows
    ]
    return {"items": items, "next": rows[-1].row_number if len(found) > len(rows) else None}


def _refuse(refusal: errors.FileRefused, where: str = "") -> NoReturn:
    refuse(_STATUS.get(refusal.code, 422), refusal.code.value, refusal.words, where, **refusal.facts)


def _shown(source: DataSource) -> dict[str, Any]:
    shown = {column: getattr(source, column) for column in _COLUMNS}
    if source.format.is_spreadsheet:
        shown |= dict.fromkeys(("encoding", "delimiter", "quote"))
    shown |= asdict(progress(source))
    shown["error_words"] = errors.words_of(source.error_code, source.error_facts) if source.error_code else None
    return shown


def _whole(source: DataSource) -> dict[str, Any]:
    profile = [asdict(each) | {"fill_rate": each.fill_rate(source.rows_loaded)} for each in column_profiles(source)]
    return _shown(source) | {"profile": profile, "same_bytes_as": [twin.id for twin in uploads.same_bytes(source)]}
