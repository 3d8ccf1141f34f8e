"""Files: uploaded, loaded under one's eyes, and read through."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app import tenancy
from app.extensions import db
from app.ingest.corrections import why_not
from app.ingest.errors import words_of
from app.ingest.profiling import column_profiles
from app.ingest.progress import progress
from app.ingest.rejected import rejections_after
from app.ingest.uploads import same_bytes
from app.models import CampaignFile, DataSource, Role, SourceStatus
from app.portal import downloads, labels, paging, shell
from app.portal.reading_form import ReadingForm
from app.records import rows_after

blueprint = Blueprint("files", __name__, url_prefix="/files")

_ENDED = (SourceStatus.LOADED, SourceStatus.FAILED)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The company's files, newest first."""
    query = tenancy.rows(DataSource).order_by(DataSource.id.desc())
    if after := paging.after_id():
        query = query.where(DataSource.id < after)
    page = paging.page(query, key=lambda source: source.id)
    return render_template("files/index.html", page=page, progress=progress)


@blueprint.get("/<uuid:source_id>")
def show(source_id: UUID) -> ResponseReturnValue:
    """One file: how far it is loaded, its columns with samples, where it is used."""
    source = tenancy.get(DataSource, source_id)
    correctable = shell.can(Role.EDITOR) and why_not(source) is None
    asked_for = source.status is not SourceStatus.LOADED or "reading" in request.args
    return page(source, ReadingForm.of(source) if correctable and asked_for else None, correctable=correctable)


def page(source: DataSource, form: ReadingForm | None, **found: object) -> str:
    """The page of one file; with a form, also how it is read."""
    return render_template(
        "files/show.html",
        source=source,
        progress=progress(source),
        columns=column_profiles(source),
        campaigns=labels.campaign_names(_campaigns_of(source.id)),
        twins=same_bytes(source),
        form=form,
        **found,
    )


@blueprint.get("/<uuid:source_id>/progress")
def show_progress(source_id: UUID) -> ResponseReturnValue:
    """The piece of the file's page that is asked for again and again until the loading has ended."""
    source = tenancy.get(DataSource, source_id)
    if not shell.wants_fragment():
        return redirect(url_for("files.show", source_id=source_id))
    answer = make_response(render_template("files/progress.html", source=source, progress=progress(source)))
    if source.status in _ENDED:
        # samples, counts and links have come to be: the whole page is new
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.get("/<uuid:source_id>/columns")
def show_columns(source_id: UUID) -> ResponseReturnValue:
    """The piece of the file's page that is asked for again until the columns have been described."""
    source = tenancy.get(DataSource, source_id)
    if not shell.wants_fragment():
        return redirect(url_for("files.show", source_id=source_id))
    return render_template("files/columns.html", source=source, columns=column_profiles(source))


@blueprint.get("/<uuid:source_id>/records")
def records(source_id: UUID) -> ResponseReturnValue:
    """The records, by row number."""
    source = tenancy.get(DataSource, source_id)
    found = rows_after(source_id, paging.after_row(), paging.PAGE_ROWS + 1)
    return render_template("files/records.html", source=source, page=paging.of_rows(found, key=lambda row: row[0]))


@blueprint.get("/<uuid:source_id>/rejected")
def rejected(source_id: UUID) -> ResponseReturnValue:
    """The rows that could not be loaded, each with its reason."""
    source = tenancy.get(DataSource, source_id)
    found = rejections_after(source_id, paging.after_row(), paging.PAGE_ROWS + 1)
    page = paging.of_rows(found, key=lambda row: row.row_number)
    return render_template("files/rejected.html", source=source, page=page, words_of=words_of)


@blueprint.get("/<uuid:source_id>/rejected.csv")
def download_rejected(source_id: UUID) -> Response:
    """The rejected rows as a file: row number, code, reason, and the text as it stood."""
    source = tenancy.get(DataSource, source_id)
    stem = source.filename.rpartition(".")[0] or source.filename
    return downloads.csv_response(f"{stem}-rejected.csv", ("Row", "Code", "Reason", "Text"), _rejected_lines(source_id))


def _rejected_lines(source_id: UUID) -> Iterator[tuple[object, ...]]:
    last = 0
    while found := rejections_after(source_id, last, downloads.BATCH):
        for row in found:
            yield row.row_number, row.code, words_of(row.code), row.raw
        last = found[-1].row_number


def _campaigns_of(source_id: UUID) -> Sequence[UUID]:
    return db.session.scalars(
        select(CampaignFile.campaign_id).where(
            CampaignFile.company_id == tenancy.company_id(), CampaignFile.data_source_id == source_id
        )
    ).all()
