"""Rows as they are kept: in blocks of delimited text, in the file's own dialect (`app.records` reads them)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from app.extensions import db
from app.ingest.plain import UNUSED, PlainRows
from app.ingest.table import Rejection, Row
from app.models import DataSource, RecordBlock, RejectedRow

BLOCK_ROWS = 256
_BLOCK_CHARS = 256 * 1024


def insert_records(source: DataSource, pieces: Iterable[Row | PlainRows]) -> None:
    """Adds rows, in the order of their numbers, to the records of a data source in the present transaction.

    The caller holds the data source's row, and its position says that they are not there yet.
    """
    _add(source, RecordBlock, list(_blocks(source, pieces)))


def insert_rejections(source: DataSource, rejections: Sequence[Rejection]) -> None:
    """Adds rows to `rejected_rows` in the present transaction."""
    _add(
        source,
        RejectedRow,
        [{"row_number": each.row_number, "code": each.code.value, "raw": each.raw} for each in rejections],
    )


def _add(source: DataSource, model: type[RecordBlock | RejectedRow], rows: list[dict[str, Any]]) -> None:
    if rows:
        key = {"company_id": source.company_id, "data_source_id": source.id}
        db.session.execute(insert(model), [key | row for row in rows])


def _blocks(source: DataSource, pieces: Iterable[Row | PlainRows]) -> Iterator[dict[str, Any]]:
    odd: list[Row] = []
    for piece in pieces:
        if isinstance(piece, PlainRows):
            yield from _odd_blocks(source, odd)
            odd.clear()
            yield _block(source, range(piece.first_row, piece.last_row + 1), piece.text)
        else:
            odd.append(piece)
    yield from _odd_blocks(source, odd)


def _odd_blocks(source: DataSource, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Of rows that are not plain."""
    numbers = [number for number, _ in rows]
    texts = [_quoted(cells, source.delimiter, source.quote or UNUSED) for _, cells in rows]
    for first in range(0, len(rows), BLOCK_ROWS):
        for some, text in _of_fair_size(numbers[first : first + BLOCK_ROWS], texts[first : first + BLOCK_ROWS]):
            yield _block(source, some, text)


def _block(source: DataSource, numbers: Sequence[int], text: str) -> dict[str, Any]:
    is_whole = numbers[-1] - numbers[0] + 1 == len(numbers)
    return {
        "first_row": numbers[0],
        "last_row": numbers[-1],
        "row_numbers": None if is_whole else numbers,
        "delimiter": source.delimiter,
        "quote": source.quote or UNUSED,
        "width": len(source.columns),
        "rows": text,
    }


def _of_fair_size(numbers: list[int], rows: list[str]) -> Iterator[tuple[list[int], str]]:
    text = "\n".join(rows)
    if len(text) <= _BLOCK_CHARS or len(rows) == 1:
        yield numbers, text
        return
    middle = len(rows) // 2
    yield from _of_fair_size(numbers[:middle], rows[:middle])
    yield from _of_fair_size(numbers[middle:], rows[middle:])


def _quoted(cells: Sequence[str], delimiter: str, quote: str) -> str:
    """Each cell in quotes, so that it may hold anything."""
    return quote + f"{quote}{delimiter}{quote}".join([cell.replace(quote, quote * 2) for cell in cells]) + quote
