"""The records of a data source: kept in blocks of rows, as delimited text, and read by their row numbers.

A list is written once, read in order by every run, and asked for single rows by pages and failures. As a block, rows
need a sixth of the database's work and a fifth of its space that they would need one by one, and reading them in order
is quicker, too (`docs/decisions/0011-blocks-of-records.md`). The price: a single row costs the reading of its block.
"""

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, column, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app import tenancy
from app.extensions import db
from app.models import RecordBlock

Row = tuple[int, list[str]]
"""A record: its row number and its cells, one for each column."""

Place = tuple[UUID, int]
"""Where a record is: data source, row number."""

_FULL_BLOCK = 256
_MOST_BLOCKS = 8
"""How many are fetched at a time."""

# what is in a block has been let in; the limit of the `csv` module is the whole process's
csv.field_size_limit(2**31 - 1)


def rows_after(source_id: UUID, row_number: int, limit: int, last_row: int | None = None) -> list[Row]:
    """At most `limit` records of the bound company's data source after `row_number`, up to and with `last_row`."""
    found: list[Row] = []
    for block in _blocks_after(source_id, row_number, _CONTENT, limit):
        for number, cells in _rows_of(block):
            if last_row is not None and number > last_row:
                return found
            if number > row_number:
                found.append((number, cells))
                if len(found) == limit:
                    return found
    return found


def blocks_after(source_id: UUID, row_number: int) -> Iterator[list[Row]]:
    """All records of the bound company's data source after `row_number`, as many at a time as are kept together."""
    for block in _blocks_after(source_id, row_number, _CONTENT, _MOST_BLOCKS * _FULL_BLOCK):
        if rows := [row for row in _rows_of(block) if row[0] > row_number]:
            yield rows


def numbers_after(source_id: UUID, row_number: int, limit: int, last_row: int | None = None) -> list[int]:
    """The row numbers of `rows_after`, without reading the rows."""
    found: list[int] = []
    for block in _blocks_after(source_id, row_number, _NUMBERS, limit):
        found += [number for number in _numbers_of(block) if number > row_number]
        if len(found) >= limit or (last_row is not None and block.last_row >= last_row):
            break
    return [number for number in found if last_row is None or number <= last_row][:limit]


def numbers_up_to(source_id: UUID, row_number: int, limit: int) -> list[int]:
    """At most `limit` row numbers of the bound company's data source up to and with `row_number`, the last first."""
    nearest = (
        _of(source_id, _NUMBERS)
        .where(RecordBlock.first_row <= row_number)
        .order_by(RecordBlock.first_row.desc())
        .limit(limit)
    )
    numbers = (number for block in db.session.execute(nearest) for number in reversed(_numbers_of(block)))
    return list(islice((number for number in numbers if number <= row_number), limit))


def span(source_id: UUID) -> tuple[int, int] | None:
    """The first and the last row number of the bound company's data source; None when it has no records."""
    ends = (func.min(RecordBlock.first_row), func.max(RecordBlock.last_row))
    first, last = db.session.execute(_of(source_id, ends)).one()
    return None if first is None else (first, last)


def cells_at(places: Collection[Place]) -> dict[Place, list[str]]:
    """The cells of the bound company's records at these places; a record that is not there is left out."""
    found: dict[Place, list[str]] = {}
    for source_id, group in groupby(sorted(set(places)), key=lambda place: place[0]):
        numbers = {number for _, number in group}
        for block in _blocks_with(source_id, sorted(numbers)):
            found |= {(source_id, number): cells for number, cells in _rows_of(block) if number in numbers}
    return found


_NUMBERS = (RecordBlock.first_row, RecordBlock.last_row, RecordBlock.row_numbers)
_CONTENT = (*_NUMBERS, RecordBlock.delimiter, RecordBlock.quote, RecordBlock.width, RecordBlock.rows)


def _of(source_id: UUID, columns: Sequence[Any]) -> Select[Any]:
    return select(*columns).where(
        RecordBlock.company_id == tenancy.company_id(), RecordBlock.data_source_id == source_id
    )


def _blocks_after(source_id: UUID, row_number: int, columns: Sequence[Any], rows: int) -> Iterator[Any]:
    """The blocks with rows after `row_number`, in their order; fetched about as many at a time as hold `rows`."""
    at_once = min(_MOST_BLOCKS, 1 + rows // _FULL_BLOCK)
    # blocks do not overlap: the one that the next row is in begins last of those that begin up to it
    begun = aliased(RecordBlock)
    begins = select(func.max(begun.first_row)).where(
        begun.company_id == tenancy.company_id(),
        begun.data_source_id == source_id,
        begun.first_row <= row_number + 1,
    )
    onward = RecordBlock.first_row >= func.coalesce(begins.scalar_subquery(), row_number)
    while True:
        query = _of(source_id, columns).where(onward).order_by(RecordBlock.first_row).limit(at_once)
        blocks = db.session.execute(query).all()
        yield from blocks
        if len(blocks) < at_once:
            return
        onward = RecordBlock.first_row > blocks[-1].first_row


def _blocks_with(source_id: UUID, numbers: Sequence[int]) -> Iterator[Any]:
    """The blocks that these rows would be in, each once."""
    wanted = (
        func.unnest(literal(numbers, ARRAY(Integer))).table_valued(column("number", Integer)).render_derived("wanted")
    )
    begins = (
        _of(source_id, [func.max(RecordBlock.first_row).label("first_row")])
        .where(RecordBlock.first_row <= wanted.c.number)
        .lateral()
    )
    firsts = db.session.scalars(select(begins.c.first_row).select_from(wanted.join(begins, true())).distinct()).all()
    for place in range(0, len(firsts), _MOST_BLOCKS):
        some = firsts[place : place + _MOST_BLOCKS]
        yield from db.session.execute(_of(source_id, _CONTENT).where(RecordBlock.first_row.in_(some)))


def _numbers_of(block: Any) -> Sequence[int]:
    return block.row_numbers or range(block.first_row, block.last_row + 1)


def _rows_of(block: Any) -> Iterator[Row]:
    text = io.StringIO(block.rows, newline="")
    rows = csv.reader(text, delimiter=block.delimiter, quotechar=block.quote)
    return zip(_numbers_of(block), (fitted(cells, block.width) for cells in rows), strict=True)


def fitted(cells: list[str], width: int) -> list[str]:
    """A row's cells at the width of its list: a short one filled up with empty cells, a long one cut."""
    if len(cells) == width:
        return cells
    return cells[:width] + [""] * (width - len(cells))
