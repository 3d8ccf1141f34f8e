"""From the bytes of a file to its header and rows, whatever its format.

Delimited text is the only format so far. Another one is a file beside `delimited.py` that yields `RawRow`s, and a
branch in `inspect` and `open_table`; what makes a row fit to load (`admission.py`) and a column fit to name
(`header.py`) is the same for all.
"""

import io
from collections.abc import Iterator
from typing import BinaryIO

from app.ingest.admission import admitted, is_readable
from app.ingest.counted import CountedStream
from app.ingest.delimited import raw_rows
from app.ingest.dialect import detect_delimiter
from app.ingest.encoding import SHOW_UNREADABLE, detect_encoding
from app.ingest.errors import FileCode, FileRefused
from app.ingest.header import named_columns
from app.ingest.table import Layout, Limits, RawRow, Rejection, Table

_READ_AHEAD_BYTES = 256 * 1024
_DIALECT_CHARS = 16 * 1024


def inspect(stream: BinaryIO, limits: Limits) -> Layout:
    """How the file is to be read. Reads a seekable stream to its end, and leaves it at its beginning.

    Raises FileRefused: empty_file, binary_file, unreadable_encoding, too_large.
    """
    stream.seek(0)
    encoding = detect_encoding(io.BufferedReader(CountedStream(stream, limits.max_bytes), _READ_AHEAD_BYTES))
    stream.seek(0)
    text = io.TextIOWrapper(
        io.BufferedReader(CountedStream(stream, limits.max_bytes)), encoding, SHOW_UNREADABLE, newline=""
    )
    sample = text.read(_DIALECT_CHARS)
    stream.seek(0)
    return Layout(encoding, detect_delimiter(sample, whole=len(sample) < _DIALECT_CHARS))


def open_table(stream: BinaryIO, layout: Layout, limits: Limits) -> Table:
    """The file's columns and rows, read from the stream's present position without holding more than one record.

    Raises FileRefused: no_header, unreadable_header, binary_file, unreadable_encoding, too_many_columns.
    """
    counted = CountedStream(stream, limits.max_bytes)
    text = io.TextIOWrapper(io.BufferedReader(counted, _READ_AHEAD_BYTES), layout.encoding, SHOW_UNREADABLE, newline="")
    rows = raw_rows(text, layout.delimiter)
    columns = named_columns(_header(rows, limits), limits)
    return Table(columns, admitted(rows, len(columns), limits), lambda: counted.position)


def _header(rows: Iterator[RawRow | Rejection], limits: Limits) -> list[str]:
    """The cells of the first row that is not a blank line."""
    for row in rows:
        if isinstance(row, Rejection):
            raise FileRefused(FileCode.UNREADABLE_HEADER, row=row.row_number)
        number, cells, raw = row
        if not raw.strip():
            continue
        if "\0" in raw:
            raise FileRefused(FileCode.BINARY_FILE)
        if not is_readable(raw):
            raise FileRefused(FileCode.UNREADABLE_ENCODING)
        if max(map(len, cells)) > limits.max_cell_chars:
            raise FileRefused(FileCode.UNREADABLE_HEADER, row=number)
        return cells
    raise FileRefused(FileCode.NO_HEADER)
