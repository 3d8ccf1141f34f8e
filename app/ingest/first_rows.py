"""What the first rows of a file say of its columns: how many there are, and whether a header names them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.ingest.errors import FileCode, FileRefused
from app.ingest.header import named_columns, numbered_columns
from app.ingest.table import Limits, RawRow, Rejection
from app.plain_text import has_no_lone_surrogate

_ROWS = 100
_CHARS = 1024 * 1024
"""So much is held back at most, but one row at least."""
_LONG_NUMBER = 7
"""Figures of the shortest number that is somebody's phone."""


@dataclass(frozen=True, slots=True)
class FirstRows:
    """The columns, and which of the rows that were held back are records."""

    has_header: bool
    columns: list[str]
    records: Sequence[RawRow | Rejection]


def first_rows(rows: Iterator[RawRow | Rejection], has_header: bool | None, limits: Limits) -> FirstRows:
    """Takes the first rows off `rows`; blank ones are left out. `has_header` as in `Layout`.

    Raises FileRefused: blank_file, unreadable_header, binary_file, unreadable_encoding, too_many_columns.
    """
    held = _held_back(rows)
    if not held:
        raise FileRefused(FileCode.BLANK_FILE)
    if has_header is None:
        has_header = _names_columns(held[0])
    if not has_header:
        return FirstRows(False, numbered_columns(max(1, _widest(held)), limits), held)
    header, records = _header(held[0], limits), held[1:]
    # a blank cell at the header's end is a column when there is something below it
    width = max(_width(header), min(len(header), _widest(records)))
    return FirstRows(True, named_columns(header[:width], limits), records)


def _held_back(rows: Iterator[RawRow | Rejection]) -> list[RawRow | Rejection]:
    held: list[RawRow | Rejection] = []
    chars = 0
    for row in rows:
        if isinstance(row, Rejection):
            held.append(row)
        elif _width(row[1]):
            held.append(row)
            chars += len(row[2])
        if len(held) == _ROWS or chars > _CHARS:
            break
    return held


def _names_columns(first: RawRow | Rejection) -> bool:
    """Names are words: no address, no long number, and figures alone in less than half of the cells."""
    if isinstance(first, Rejection):
        return True
    cells = [cell.strip() for cell in first[1] if cell.strip()]
    figures = [sum(map(str.isdecimal, cell)) for cell in cells if not any(map(str.isalpha, cell))]
    return (
        not any(map(_is_address, cells))
        and max(figures, default=0) < _LONG_NUMBER
        and 2 * sum(map(bool, figures)) < len(cells)
    )


def _is_address(cell: str) -> bool:
    name, _, domain = cell.partition("@")
    return bool(name) and "." in domain and not any(map(str.isspace, cell))


def _header(row: RawRow | Rejection, limits: Limits) -> list[str]:
    if isinstance(row, Rejection):
        raise FileRefused(FileCode.UNREADABLE_HEADER, row=row.row_number)
    number, cells, raw = row
    if "\0" in raw:
        raise FileRefused(FileCode.BINARY_FILE)
    if not has_no_lone_surrogate(raw):
        raise FileRefused(FileCode.UNREADABLE_ENCODING)
    if max(map(len, cells)) > limits.max_cell_chars:
        raise FileRefused(FileCode.UNREADABLE_HEADER, row=number)
    return cells


def _widest(rows: Sequence[RawRow | Rejection]) -> int:
    return max((_width(row[1]) for row in rows if not isinstance(row, Rejection)), default=0)


def _width(cells: Sequence[str]) -> int:
    """How many cells there are without the blank ones at the end."""
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    return width
