"""CSV for people's spreadsheets. The only place that writes it, because a spreadsheet runs what a cell says."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-][\d ().,/-]*")
"""At worst a spreadsheet reckons with it: there is no name in it, so no function."""
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
    """As `harmless`, but a number or a telephone number stays what it is: for cells that are to be uploaded again."""
    return value if isinstance(value, str) and _NUMBER.fullmatch(value) else harmless(value)


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
