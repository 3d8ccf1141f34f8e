"""Uploads that tests start from."""

import io
from uuid import UUID

from sqlalchemy import select

from app import tenancy
from app.extensions import db, settings
from app.ingest.table import Limits
from app.ingest.uploads import register_upload
from app.models import DataSource, RejectedRow
from app.records import rows_after


def uploaded(content: bytes, filename: str = "list.csv") -> DataSource:
    """A data source of the bound company in state `uploaded`, with `content` in the store."""
    return register_upload(io.BytesIO(content), filename, None, Limits.from_settings(settings()))


def numbered(count: int) -> bytes:
    """A list whose every row names its own number: row 2 holds `2,name 2`."""
    return b"n,name\n" + b"".join(b"%d,name %d\n" % (number, number) for number in range(2, count + 2))


def records_of(source: DataSource) -> list[tuple[int, list[str]]]:
    """The loaded rows, in the file's order."""
    return rows_after(source.id, 0, 10**9)


def rejections_of(source: DataSource) -> list[tuple[int, str, str]]:
    """Number, code and text of the rejected rows, in the file's order."""
    found = db.session.execute(
        select(RejectedRow.row_number, RejectedRow.code, RejectedRow.raw)
        .where(RejectedRow.company_id == tenancy.company_id(), RejectedRow.data_source_id == source.id)
        .order_by(RejectedRow.row_number)
    )
    return [(number, code, raw) for number, code, raw in found]


def state_of(company_id: UUID, data_source_id: UUID) -> DataSource:
    """The data source as the database has it now, whoever changed it."""
    db.session.rollback()
    with tenancy.company(company_id):
        source = tenancy.get(DataSource, data_source_id)
        db.session.refresh(source)
        return source
