"""Files: uploaded, loaded under one's eyes, and read through."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select

from app import tenancy
from app.extensions import db
from app.ingest.corrections import why_not
from app.ingest.errors import words_of
from app.ingest.progress import progress
from app.models import CampaignFile, DataSource, RejectedRow, Role, SourceStatus
from app.portal import downloads, labels, paging, shell
from app.portal.reading_form import ReadingForm
from app.records import rows_after

blueprint = Blueprint("files", __name__, url_prefix="/files")

_SAMPLE_RECORDS = 50
_SAMPLE_VALUES = 3
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
        columns=list(zip(source.columns, source.fields, _samples(source), strict=True)),
        campaigns=labels.campaign_names(_campaigns_of(source.id)),
        twins=_twins(source),
        form=form,
        **found,
    )


@blueprint.get("/<uuid:source_id>/progress")
def show_progress(source_id: UUID) -> ResponseReturnValue:
    """The piece of the file's page that is asked for again and again until the loading has ended."""
    source = tenancy.get(DataSource, source_id)
    if "HX-Request" not in request.headers:
        return redirect(url_for("files.show", source_id=source_id))
    answer = make_response(render_template("files/progress.html", source=source, progress=progress(source)))
    if source.status in _ENDED:
        # samples, counts and links have come to be: the whole page is new
        answer.headers["HX-Refresh"] = "true"
    return answer


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
    page = paging.page(_rejected_after(source_id, paging.after_row()), key=lambda row: row.row_number)
    return render_template("files/rejected.html", source=source, page=page, words_of=words_of)


@blueprint.get("/<uuid:source_id>/rejected.csv")
def download_rejected(source_id: UUID) -> Response:
    """The rejected rows as a file: row number, code, reason, and the text as it stood."""
    source = tenancy.get(DataSource, source_id)
    stem = source.filename.rpartition(".")[0] or source.filename
    return downloads.csv_response(f"{stem}-rejected.csv", ("Row", "Code", "Reason", "Text"), _rejected_lines(source_id))


def _rejected_after(source_id: UUID, row_number: int) -> Select[RejectedRow]:
    return (
        tenancy.rows(RejectedRow)
        .where(RejectedRow.data_source_id == source_id, RejectedRow.row_number > row_number)
        .order_by(RejectedRow.row_number)
    )


def _rejected_lines(source_id: UUID) -> Iterator[tuple[object, ...]]:
    last = 0
    while found := db.session.scalars(_rejected_after(source_id, last).limit(downloads.BATCH)).all():
        for row in found:
            yield row.row_number, row.code, words_of(row.code), row.raw
        last = found[-1].row_number


def _samples(source: DataSource) -> list[list[str]]:
    """A few different values of each column, from the first records."""
    first = [cells for _, cells in rows_after(source.id, 0, _SAMPLE_RECORDS)]
    return [_distinct([cells[place] for cells in first]) for place in range(len(source.columns))]


def _distinct(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value.strip()))[:_SAMPLE_VALUES]


def _campaigns_of(source_id: UUID) -> Sequence[UUID]:
    return db.session.scalars(
        select(CampaignFile.campaign_id).where(
            CampaignFile.company_id == tenancy.company_id(), CampaignFile.data_source_id == source_id
        )
    ).all()


def _twins(source: DataSource) -> Sequence[DataSource]:
    """Other files of the company with the same bytes."""
    return db.session.scalars(
        tenancy.rows(DataSource)
        .where(DataSource.sha256 == source.sha256, DataSource.id != source.id)
        .order_by(DataSource.id.desc())
        .limit(3)
    ).all()
