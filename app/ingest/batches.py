"""Rows in the portions that one transaction writes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.ingest.plain import PlainRows
from app.ingest.table import Piece, Rejection, Row, Table

_BATCH_CHARS = 8 * 1024 * 1024
"""A portion of long rows ends here, so that memory is bounded whatever is in the file."""


@dataclass(slots=True)
class Batch:
    """What one transaction writes, and where in the file it ends."""

    pieces: list[Row | PlainRows] = field(default_factory=list)
    """The records, in the order of their numbers."""
    records: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    last_row: int = 0
    bytes_read: int = 0
    size: int = 0
    """Characters, about."""

    @property
    def rows(self) -> int:
        """Records and rejections."""
        return self.records + len(self.rejections)

    def add(self, piece: Piece) -> None:
        """Takes a piece in, whose rows come after those that are here."""
        if isinstance(piece, Rejection):
            self.rejections.append(piece)
            self.size += len(piece.raw)
            self.last_row = piece.row_number
            return
        self.pieces.append(piece)
        if isinstance(piece, PlainRows):
            self.records += len(piece)
            self.size += len(piece.text)
            self.last_row = piece.last_row
        else:
            self.records += 1
            self.size += sum(map(len, piece[1]))
            self.last_row = piece[0]


def batches(table: Table, rows_each: int, after_row: int = 0) -> Iterator[Batch]:
    """The rows of a table that come after row `after_row`, in portions of at most `rows_each`."""
    batch = Batch()
    for piece in _pieces_after(table, after_row):
        rest: Piece | None = piece
        while rest is not None:
            fitting, rest = _cut(rest, rows_each - batch.rows)
            batch.add(fitting)
            if batch.rows >= rows_each or batch.size > _BATCH_CHARS:
                batch.bytes_read = table.bytes_read()
                yield batch
                batch = Batch()
    if batch.rows:
        batch.bytes_read = table.bytes_read()
        yield batch


def _pieces_after(table: Table, after_row: int) -> Iterator[Piece]:
    for piece in table.pieces:
        if isinstance(piece, PlainRows):
            if left := piece.after(after_row):
                yield left
        elif (piece.row_number if isinstance(piece, Rejection) else piece[0]) > after_row:
            yield piece


def _cut(piece: Piece, room: int) -> tuple[Piece, Piece | None]:
    """As much of a piece as there is room for, one row at least, and what is left."""
    if isinstance(piece, PlainRows) and len(piece) > room:
        return piece.first(room), piece.after(piece.first_row + room - 1)
    return piece, None
