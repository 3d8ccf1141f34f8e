"""CSV for people's spreadsheets. The only place that writes it, because a spreadsheet runs what a cell says."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"
"""Without it a spreadsheet reads UTF-8 as the machine's own code page."""


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The lines of a CSV file (RFC 4180, CRLF, beginning with a byte order mark), one at a time.

    A text that a spreadsheet would take for a formula gets a leading apostrophe, telephone numbers in E.164 included.
    None is an empty cell, an instant is ISO 8601.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield BYTE_ORDER_MARK + _line(writer, buffer, header)
    for row in rows:
        yield _line(writer, buffer, row)


def harmless(value: object) -> object:
    """The value as it may stand in a cell."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def _line(writer: Any, buffer: io.StringIO, cells: Iterable[object]) -> str:
    writer.writerow([harmless(cell) for cell in cells])
    line = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return line
