"""CSV for people's spreadsheets. The only place that writes it, because a spreadsheet runs what a cell says."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from app.formula_guard import guarded

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"
"""Without it a spreadsheet reads UTF-8 as the machine's own code page."""


def harmless(value: object) -> object:
    """The value as it may stand in a cell.

    A text that a spreadsheet would take for a formula gets a leading apostrophe, telephone numbers in E.164 included.
    None is an empty cell, an instant is ISO 8601.
    """
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def harmless_in_place(value: object) -> object:
    """As `harmless`, but so that a text is the same again once the file is loaded, and numbers stay what they are."""
    return guarded(value) if isinstance(value, str) else harmless(value)


def csv_lines(
    header: Iterable[str],
    rows: Iterable[Iterable[object]],
    *,
    harmless: Callable[[object], object] = harmless,
) -> Iterator[str]:
    """The lines of a CSV file (RFC 4180, CRLF, beginning with a byte order mark), one at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)

    def line(cells: Iterable[object]) -> str:
        writer.writerow([harmless(cell) for cell in cells])
        written = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return written

    yield BYTE_ORDER_MARK + line(header)
    yield from map(line, rows)
