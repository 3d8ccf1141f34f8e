"""Reading a file in another way than it looks: trying it on the first rows, and settling on it."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import delete, exists, select

from app import tenancy
from app.campaigns.editing import revise_campaigns_of
from app.extensions import db, settings
from app.ingest.dialect import POSSIBLE_DELIMITERS, QUOTES
from app.ingest.encoding import MARK_BYTES, told_encoding
from app.ingest.errors import FileCode, FileRefused
from app.ingest.header import stable_names
from app.ingest.opening import open_text
from app.ingest.reading import open_table
from app.ingest.storage import open_stored
from app.ingest.table import Layout, Limits, Rejection, Row
from app.models import DataSource, RecordBlock, RejectedRow, RunPart, SourceStatus

_FIRST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody says of how a file is to be read. What is None stays as it is."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    has_header: bool | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class FirstLook:
    """The columns of a file, their stable names and its first rows, as they would be loaded."""

    layout: Layout
    columns: list[str]
    fields: list[str]
    rows: Sequence[Row | Rejection]


def first_look(source: DataSource, correction: Correction) -> FirstLook:
    """What a correction makes of a data source's file. Changes nothing.

    Raises FileRefused: unknown_encoding, unknown_delimiter, unknown_quote, not_of_spreadsheets, no_such_sheet,
    file_missing, and what `open_table` raises.
    """
    limits = Limits.from_settings(settings())
    with _stored(source) as stream:
        layout = _corrected(source, correction, stream, limits)
        stream.seek(0)
        with closing(open_table(stream, layout, limits)) as table:
            rows = list(islice(table.rows, _FIRST_ROWS))
            return FirstLook(table.layout, table.columns, stable_names(table.columns), rows)


def correct(data_source_id: UUID, correction: Correction) -> DataSource:
    """Has a data source of the bound company read in another way from now on, and commits.

    What was loaded of it is removed, and it waits to be loaded again; campaigns that speak to it are drafts again. A
    correction that changes nothing leaves everything as it is, but lets a file that failed try again. Raises
    `tenancy.NotFoundError`, and FileRefused: being_loaded, used_by_run, and what `first_look` raises.
    """
    source = tenancy.get(DataSource, data_source_id)
    _require_free(source)
    found = first_look(source, correction)
    if found.layout == Layout.of(source) and source.status is not SourceStatus.FAILED:
        return source
    # before the file's row: in this order firing takes them too
    revise_campaigns_of(data_source_id)
    source = tenancy.get(DataSource, data_source_id, for_update=True)
    try:
        _require_free(source)
    except FileRefused:
        db.session.rollback()
        raise
    _empty(source)
    for name, value in asdict(found.layout).items():
        setattr(source, name, value)
    source.columns, source.fields = found.columns, found.fields
    db.session.commit()
    return source


def why_not(source: DataSource) -> FileCode | None:
    """Why a data source cannot be read in another way now; None when it can."""
    if source.status is SourceStatus.LOADING or (source.status is SourceStatus.UPLOADED and source.load_requested_at):
        return FileCode.BEING_LOADED
    used = exists().where(RunPart.company_id == source.company_id, RunPart.data_source_id == source.id)
    return FileCode.USED_BY_RUN if db.session.scalar(select(used)) else None


def _require_free(source: DataSource) -> None:
    if code := why_not(source):
        raise FileRefused(code)


def _stored(source: DataSource) -> BinaryIO:
    try:
        return open_stored(source.storage_path)
    except FileNotFoundError:
        raise FileRefused(FileCode.FILE_MISSING) from None


def _corrected(source: DataSource, correction: Correction, stream: BinaryIO, limits: Limits) -> Layout:
    said = {name: value for name, value in asdict(correction).items() if value is not None}
    if source.format.is_spreadsheet:
        if said.keys() - {"sheet", "has_header"}:
            raise FileRefused(FileCode.NOT_OF_SPREADSHEETS)
    elif "sheet" in said:
        raise FileRefused(FileCode.NO_SUCH_SHEET)
    _check_characters(said)
    if "encoding" in said:
        beginning = open_text(stream, Layout.of(source), limits).content.read(MARK_BYTES)
        said["encoding"] = told_encoding(said["encoding"], beginning)
    return replace(Layout.of(source), **said)


def _check_characters(said: dict[str, Any]) -> None:
    delimiter = said.get("delimiter", ",")
    if len(delimiter) != 1 or delimiter not in POSSIBLE_DELIMITERS:
        raise FileRefused(FileCode.UNKNOWN_DELIMITER)
    if said.get("quote", "") not in QUOTES:
        raise FileRefused(FileCode.UNKNOWN_QUOTE)


def _empty(source: DataSource) -> None:
    """Takes away what has been loaded of a data source, as if it had just been uploaded."""
    for model in (RecordBlock, RejectedRow):
        db.session.execute(
            delete(model).where(model.company_id == source.company_id, model.data_source_id == source.id)
        )
    source.status = SourceStatus.UPLOADED
    source.position_row = source.position_bytes = source.rows_loaded = source.rows_rejected = 0
    source.profile, source.profiled_row, source.profiled_at = [], 0, None
    source.error_code = source.error_facts = None
    source.load_requested_at = source.started_at = source.advanced_at = source.finished_at = None
