"""Data sources, the records loaded from them, and the rows that could not be loaded."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.models.base import Base, CompanyOwned, Json, Owned, coded, of_company, within_company


class SourceStatus(StrEnum):
    """`uploaded -> loading -> loaded | failed`."""

    UPLOADED = "uploaded"
    LOADING = "loading"
    LOADED = "loaded"
    FAILED = "failed"


class FileFormat(StrEnum):
    """What a file is, by its bytes: a text list, bare or packed by itself, or a spreadsheet."""

    TEXT = "text"
    GZIP = "gzip"
    ZIP = "zip"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"

    @property
    def is_spreadsheet(self) -> bool:
        """True for what has sheets, and neither an encoding nor a delimiter."""
        return self in (FileFormat.XLSX, FileFormat.XLS, FileFormat.ODS)


class DataSource(Base, Owned):
    """One uploaded file: where its bytes lie, its columns, how far its loading is."""

    __tablename__ = "data_sources"
    __table_args__ = (
        of_company(),
        Index("ix_data_sources_company_id_sha256", "company_id", "sha256"),
        # what the sweep reads: files whose loading has not ended or whose columns are not described, whoever owns them
        Index(
            "ix_data_sources_unloaded",
            "created_at",
            postgresql_where=text(
                "load_requested_at IS NOT NULL"
                " AND (status IN ('uploaded', 'loading') OR (status = 'loaded' AND profiled_at IS NULL))"
            ),
        ),
    )

    filename: Mapped[str]
    storage_path: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    format: Mapped[FileFormat] = mapped_column(coded(FileFormat), default=FileFormat.TEXT)
    encoding: Mapped[str]
    """With the delimiter and the quote: of the text that a spreadsheet is turned into, if it is one."""
    delimiter: Mapped[str]
    quote: Mapped[str] = mapped_column(default='"')
    """Stands around cells that hold a delimiter or a line's end; empty when nothing does."""
    has_header: Mapped[bool] = mapped_column(default=True)
    sheet: Mapped[str | None]
    """Of a spreadsheet: the sheet whose rows are read."""
    sheets: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    """Of a spreadsheet: the sheets to choose from, in their order, as `{"name", "hidden"}`."""
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """The header as it stands in the file; `Column 1`, `Column 2`, ... for a file without one."""
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """The columns' stable names, in the same order."""

    status: Mapped[SourceStatus] = mapped_column(coded(SourceStatus), default=SourceStatus.UPLOADED)
    position_row: Mapped[int] = mapped_column(default=0)
    """Row number of the last row, as the spreadsheet shows it, that is loaded or rejected for good."""
    position_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    rows_loaded: Mapped[int] = mapped_column(default=0)
    rows_rejected: Mapped[int] = mapped_column(default=0)
    error_code: Mapped[str | None]
    error_facts: Mapped[Json | None]
    profile: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    """What was found in each column up to and with `profiled_row`; read and written by `app.ingest.profiling` only."""
    profiled_row: Mapped[int] = mapped_column(default=0)

    uploaded_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    load_requested_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    advanced_at: Mapped[datetime | None]
    """When the position last moved: how the sweep knows a loading that nobody works on."""
    finished_at: Mapped[datetime | None]
    profiled_at: Mapped[datetime | None]
    """When the last of the loaded rows had been looked at, after the loading."""


class RecordBlock(Base, CompanyOwned):
    """Consecutive records of a data source; read and written by `app.records` and `app.ingest.blocks` only."""

    __tablename__ = "record_blocks"
    __table_args__ = (within_company("data_source_id", to="data_sources", ondelete="CASCADE"),)

    data_source_id: Mapped[UUID] = mapped_column(primary_key=True)
    first_row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_row: Mapped[int]
    row_numbers: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    """Of each record; null when none is missing between the first and the last."""
    delimiter: Mapped[str]
    quote: Mapped[str]
    width: Mapped[int]
    """How many cells a record has; a row of the text may lack the last of them, or have empty ones beyond."""
    rows: Mapped[str]
    """The cells of each record, in the file's column order, as delimited text; a line's end between two records."""


class RejectedRow(Base, CompanyOwned):
    """A row that could not be loaded, with the reason."""

    __tablename__ = "rejected_rows"
    __table_args__ = (within_company("data_source_id", to="data_sources", ondelete="CASCADE"),)

    data_source_id: Mapped[UUID] = mapped_column(primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str]
    raw: Mapped[str]
