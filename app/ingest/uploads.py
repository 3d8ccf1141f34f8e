"""Taking a file in, asking for its loading, and finding files whose loading was asked for and stands still."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import func, select

from app import tenancy
from app.clock import now
from app.extensions import db
from app.ingest.header import stable_names
from app.ingest.reading import inspect, open_table
from app.ingest.storage import store
from app.ingest.table import Limits
from app.jobs import Job, enqueue
from app.models import DataSource, SourceStatus, new_id

_UNLOADED = (SourceStatus.UPLOADED, SourceStatus.LOADING)
_STANDS_STILL_AFTER = timedelta(seconds=60)
_FILENAME_CHARS = 255
_MOST_TWINS = 3


def register_upload(stream: BinaryIO, filename: str, uploaded_by: UUID | None, limits: Limits) -> DataSource:
    """Stores a file of the bound company and makes its data source, in state `uploaded`; commits.

    `stream` must be seekable. Raises FileRefused for a file that can never be loaded; nothing is kept of it.
    """
    with closing(open_table(stream, inspect(stream, limits), limits)) as table:
        layout, columns = table.layout, table.columns
    stream.seek(0)
    company_id = tenancy.company_id()
    stored = store(company_id, stream, filename)
    source = DataSource(
        company_id=company_id,
        id=new_id(),
        filename=_shown(filename),
        storage_path=stored.path,
        size_bytes=stored.size,
        sha256=stored.sha256,
        sheets=[asdict(sheet) for sheet in table.sheets],
        columns=columns,
        fields=stable_names(columns),
        **asdict(layout),
        uploaded_by=uploaded_by,
    )
    db.session.add(source)
    db.session.commit()
    return source


def request_load(data_source_id: UUID) -> DataSource:
    """Asks for the loading of a data source of the bound company; commits. Asking again changes nothing.

    Raises `tenancy.NotFoundError`.
    """
    source = tenancy.get(DataSource, data_source_id)
    if source.status in _UNLOADED:
        source.load_requested_at = source.load_requested_at or now()
        db.session.commit()
        enqueue(Job.LOAD_FILE, source.company_id, source.id)
    return source


def same_bytes(source: DataSource) -> Sequence[DataSource]:
    """Other files of the bound company that hold the same bytes, the newest first, a few of them at most."""
    return db.session.scalars(
        tenancy.rows(DataSource)
        .where(DataSource.sha256 == source.sha256, DataSource.id != source.id)
        .order_by(DataSource.id.desc())
        .limit(_MOST_TWINS)
    ).all()


def find_unloaded(limit: int) -> list[tuple[UUID, UUID]]:
    """Company and id of files, of any company, that nobody has worked on for a minute, although there is work left.

    That is the loading of those that were asked for, and then the description of their columns.
    """
    with tenancy.everywhere():
        found = db.session.execute(
            select(DataSource.company_id, DataSource.id)
            .where(
                DataSource.load_requested_at.is_not(None),
                DataSource.status.in_(_UNLOADED)
                | ((DataSource.status == SourceStatus.LOADED) & DataSource.profiled_at.is_(None)),
                func.coalesce(DataSource.advanced_at, DataSource.load_requested_at) < now() - _STANDS_STILL_AFTER,
            )
            .order_by(DataSource.created_at)
            .limit(limit)
        )
        return [(company_id, data_source_id) for company_id, data_source_id in found]


def _shown(filename: str) -> str:
    """The file's own name as people know it, without a path and without what cannot be shown."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(filter(str.isprintable, name))[:_FILENAME_CHARS] or "file"
