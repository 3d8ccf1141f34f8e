"""Rows in the portions that one transaction writes."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import dropwhile

from app.ingest.table import Rejection, Row, Table

_BATCH_BYTES = 8 * 1024 * 1024
"""A portion of long rows ends here, so that memory is bounded whatever is in the file."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction writes, and where in the file it ends."""

    records: list[Row]
    rejections: list[Rejection]
    last_row: int
    bytes_read: int


def batches(table: Table, rows_each: int, after_row: int = 0) -> Iterator[Batch]:
    """The rows of a table that come after row `after_row`, in portions of at most `rows_each`."""
    records: list[Row] = []
    rejections: list[Rejection] = []
    begun_at = last_row = 0
    for row in dropwhile(lambda row: _number(row) <= after_row, table.rows):
        position = table.bytes_read()
        if not records and not rejections:
            begun_at = position
        if isinstance(row, Rejection):
            rejections.append(row)
        else:
            records.append(row)
        last_row = _number(row)
        if len(records) + len(rejections) >= rows_each or position - begun_at > _BATCH_BYTES:
            yield Batch(records, rejections, last_row, position)
            records, rejections = [], []
    if records or rejections:
        yield Batch(records, rejections, last_row, table.bytes_read())


def _number(row: Row | Rejection) -> int:
    return row.row_number if isinstance(row, Rejection) else row[0]
