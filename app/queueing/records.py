"""Reading records of the bound company in the order of their rows."""

from uuid import UUID

from sqlalchemy import select

from app import tenancy
from app.extensions import db
from app.models import Record
from app.queueing.batch import Row


def rows_after(source_id: UUID, row_number: int, limit: int, last_row: int | None = None) -> list[Row]:
    """At most `limit` rows of a data source after `row_number`, up to and with `last_row`."""
    wanted = (
        select(Record.row_number, Record.cells)
        .where(
            Record.company_id == tenancy.company_id(),
            Record.data_source_id == source_id,
            Record.row_number > row_number,
        )
        .order_by(Record.row_number)
        .limit(limit)
    )
    if last_row is not None:
        wanted = wanted.where(Record.row_number <= last_row)
    return [(number, cells) for number, cells in db.session.execute(wanted)]


def first_rows(source_id: UUID, limit: int) -> list[Row]:
    """The first rows of a data source."""
    return rows_after(source_id, 0, limit)
