"""Loading a data source into records: in batches, each a transaction that also moves the position.

A worker that is killed loses the batch it was in and nothing else; the next one reads the file again up to the
position and goes on from there. Two workers on one file do no harm: each batch is written under the lock on the data
source's row, and only by the one whose position is the row's.
"""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import structlog

from app import tenancy, turns
from app.clock import now
from app.extensions import db, settings
from app.ingest.batches import Batch, batches
from app.ingest.blocks import insert_records, insert_rejections
from app.ingest.errors import FileCode, FileRefused
from app.ingest.reading import open_table
from app.ingest.storage import open_stored
from app.ingest.table import Layout, Limits
from app.models import DataSource, SourceStatus

log = structlog.get_logger()


class LoadOutcome(StrEnum):
    """How a slice of loading ended."""

    LOADED = "loaded"
    FAILED = "failed"
    UNFINISHED = "unfinished"
    TAKEN = "taken"
    """Another worker has the file, or has gone on with it."""

    @property
    def more(self) -> bool:
        """True when the caller should ask for another slice."""
        return self is LoadOutcome.UNFINISHED


_ENDED = {SourceStatus.LOADED: LoadOutcome.LOADED, SourceStatus.FAILED: LoadOutcome.FAILED}


class _TakenError(Exception):
    """The row of the data source is locked, or is not where this worker left it."""


@dataclass(slots=True)
class _Loading:
    """One worker's hold on a data source: commits each step, on condition that nobody else has moved it."""

    data_source_id: UUID
    position_row: int
    started_at: datetime | None = None
    """Tells this reading of the file from one that began anew, in another way."""

    def locked(self) -> DataSource:
        # FOR NO KEY UPDATE: a campaign that is being given the file must not look like another worker
        source = db.session.scalar(
            tenancy.rows(DataSource)
            .where(DataSource.id == self.data_source_id)
            .with_for_update(skip_locked=True, key_share=True)
            .execution_options(populate_existing=True)
        )
        if (
            source is None
            or source.status in _ENDED
            or source.position_row != self.position_row
            or (self.started_at and source.started_at != self.started_at)
        ):
            db.session.rollback()
            raise _TakenError
        return source

    def begin(self) -> None:
        source = self.locked()
        source.status = SourceStatus.LOADING
        source.started_at = self.started_at = source.started_at or now()
        source.advanced_at = now()
        db.session.commit()

    def write(self, batch: Batch) -> None:
        source = self.locked()
        insert_records(source, batch.pieces)
        insert_rejections(source, batch.rejections)
        source.rows_loaded += batch.records
        source.rows_rejected += len(batch.rejections)
        source.position_row, source.position_bytes = batch.last_row, batch.bytes_read
        source.advanced_at = now()
        db.session.commit()
        self.position_row = batch.last_row

    def end(self, refused: FileRefused | None = None) -> None:
        source = self.locked()
        source.status = SourceStatus.FAILED if refused else SourceStatus.LOADED
        if refused:
            source.error_code, source.error_facts = refused.code.value, dict(refused.facts)
        source.finished_at = now()
        db.session.commit()
        log.info(
            "file_ended",
            company_id=str(source.company_id),
            data_source_id=str(source.id),
            status=source.status.value,
            loaded=source.rows_loaded,
            rejected=source.rows_rejected,
            code=source.error_code,
        )


def load_slice(company_id: UUID, data_source_id: UUID, deadline: datetime) -> LoadOutcome:
    """Loads a data source of the company until it is done or `deadline` has passed, but at least one batch.

    Raises `tenancy.NotFoundError` when the company has no such data source. A file that cannot be loaded ends in
    state `failed` with its code; what the database or the store raises is left to the caller, and nothing is lost.
    """
    with tenancy.company(company_id):
        source = tenancy.get(DataSource, data_source_id)
        if source.status in _ENDED:
            return _ENDED[source.status]
        loading = _Loading(data_source_id, source.position_row)
        try:
            loading.begin()
            try:
                return _load(source, loading, deadline)
            except FileRefused as refused:
                loading.end(refused)
                return LoadOutcome.FAILED
        except _TakenError:
            return LoadOutcome.TAKEN


def _load(source: DataSource, loading: _Loading, deadline: datetime) -> LoadOutcome:
    try:
        stream = open_stored(source.storage_path)
    except FileNotFoundError:
        raise FileRefused(FileCode.FILE_MISSING) from None
    limits = Limits.from_settings(settings())
    with stream, closing(open_table(stream, Layout.of(source), limits)) as table:
        for batch in batches(table, settings().ingest_batch_rows, after_row=loading.position_row):
            loading.write(batch)
            if turns.is_over(deadline):
                return LoadOutcome.UNFINISHED
    loading.end()
    return LoadOutcome.LOADED
