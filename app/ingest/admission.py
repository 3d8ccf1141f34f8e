"""Which rows can be loaded as they are, which after padding, and which not at all."""

from collections.abc import Iterable, Iterator

from app.ingest.errors import FileCode, FileRefused, RowCode
from app.ingest.plain import PlainRows
from app.ingest.table import Limits, Piece, RawRow, Rejection, Row
from app.plain_text import has_no_lone_surrogate


def admitted(pieces: Iterable[RawRow | Rejection | PlainRows], width: int, limits: Limits) -> Iterator[Piece]:
    """The rows under a header of `width` columns: blank ones left out, short ones padded with empty cells.

    Cells are given as they stand in the file. Raises FileRefused(too_many_rows) after `limits.max_rows`.
    """
    allowance = limits.max_rows
    for piece in pieces:
        outcome: Row | Rejection
        if isinstance(piece, PlainRows):
            if kept := piece.first(allowance):
                yield kept
            allowance -= len(piece)
            if allowance < 0:
                raise FileRefused(FileCode.TOO_MANY_ROWS, limit=limits.max_rows)
            continue
        if isinstance(piece, Rejection):
            outcome = piece
        else:
            number, cells, raw = piece
            if not any(map(str.strip, cells)):
                continue
            outcome = _row_or_rejection(number, cells, raw, width, limits.max_cell_chars)
        if not allowance:
            raise FileRefused(FileCode.TOO_MANY_ROWS, limit=limits.max_rows)
        allowance -= 1
        yield outcome


def _row_or_rejection(number: int, cells: list[str], raw: str, width: int, max_cell_chars: int) -> Row | Rejection:
    excess = len(cells) - width
    if excess > 0:
        if any(map(str.strip, cells[width:])):
            return Rejection.of(number, RowCode.TOO_MANY_CELLS, raw)
        cells = cells[:width]
    elif excess < 0:
        cells = cells + [""] * -excess
    if len(raw) > max_cell_chars and max(map(len, cells)) > max_cell_chars:
        return Rejection.of(number, RowCode.CELL_TOO_LONG, raw)
    if "\0" in raw:
        return Rejection.of(number, RowCode.NUL_CHARACTER, raw)
    # a byte that is not in the file's encoding is shown as one
    if not has_no_lone_surrogate(raw):
        return Rejection.of(number, RowCode.UNREADABLE_CHARACTERS, raw)
    return number, cells
