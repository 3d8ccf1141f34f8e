"""From the bytes of a file to its columns and rows, whatever its format.

`opening.py` makes text of every format; another one is a module beside `gzipped.py` and a branch there. How text
becomes rows (`delimited.py`), what names the columns (`first_rows.py`) and what makes a row fit to load
(`admission.py`) is the same for all.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import BinaryIO

from app.failures import REASON_COLUMNS
from app.formula_guard import unguarded
from app.ingest.admission import admitted
from app.ingest.delimited import DelimitedRows
from app.ingest.dialect import DELIMITER_LINE, Dialect, detect_dialect
from app.ingest.encoding import SHOW_UNREADABLE, detect_encoding
from app.ingest.errors import FileCode, FileRefused
from app.ingest.first_rows import first_rows
from app.ingest.opening import OpenText, format_of, open_text
from app.ingest.plain import Plainness, PlainRows
from app.ingest.table import Layout, Limits, RawRow, Rejection, Table

_DIALECT_CHARS = 16 * 1024
_MARKUP = re.compile(r"\s*<(!doctype|html|head|meta|table|\?xml)\b", re.IGNORECASE)


def inspect(stream: BinaryIO, limits: Limits) -> Layout:
    """How the file is to be read; which sheet, and whether it has a header, is left to `open_table`.

    Reads a seekable stream to its end, and leaves it at its beginning. Raises FileRefused: empty_file, binary_file,
    markup_file, unreadable_encoding, too_large, and what `format_of` and `open_text` raise.
    """
    if stream.seek(0, io.SEEK_END) > limits.max_bytes:
        raise FileRefused(FileCode.TOO_LARGE, limit=limits.max_bytes)
    layout = Layout("utf-8", ",", has_header=None, format=format_of(stream, limits))
    if layout.format.is_spreadsheet:
        return layout
    layout = replace(layout, encoding=detect_encoding(open_text(stream, layout, limits).content))
    stream.seek(0)
    sample = _decoded(open_text(stream, layout, limits), layout).read(_DIALECT_CHARS)
    stream.seek(0)
    if _MARKUP.match(sample):
        raise FileRefused(FileCode.MARKUP_FILE)
    dialect = detect_dialect(sample, whole=len(sample) < _DIALECT_CHARS)
    return replace(layout, delimiter=dialect.delimiter, quote=dialect.quote)


def open_table(stream: BinaryIO, layout: Layout, limits: Limits) -> Table:
    """The file's columns and rows, read from its beginning, where `stream` stands. Holds a few rows at a time.

    Of rows that failed and were exported, what the export put before formulas is taken off. Raises FileRefused: what
    `open_text` and `first_rows` raise.
    """
    opened = open_text(stream, layout, limits)
    text = _decoded(opened, layout)
    dialect = Dialect(layout.delimiter, layout.quote)
    rows = DelimitedRows(text, dialect)
    try:
        if not layout.format.is_spreadsheet:
            rows.pass_over(DELIMITER_LINE)
        first = first_rows(rows, layout.has_header, limits)
    except BaseException:
        text.close()
        raise
    columns = first.columns
    pieces: Iterator[RawRow | Rejection | PlainRows]
    if _was_exported(columns):
        columns, pieces = list(map(unguarded, columns)), _as_they_were(chain(first.records, rows))
    else:
        pieces = chain(first.records, mixed(rows, Plainness(dialect, len(columns), limits.max_cell_chars)))
    return Table(
        replace(layout, has_header=first.has_header, sheet=opened.sheet),
        columns,
        admitted(pieces, len(columns), limits),
        opened.bytes_read,
        text.close,
        opened.sheets,
    )


def mixed(rows: DelimitedRows, plainness: Plainness) -> Iterator[RawRow | Rejection | PlainRows]:
    """Plain rows by the block, all others one by one."""
    while True:
        piece = rows.plain_rows(plainness) or next(rows, None)
        if piece is None:
            return
        yield piece


def _was_exported(columns: Sequence[str]) -> bool:
    """Whether these are rows that failed once and left with the reasons behind, to be fixed."""
    return tuple(columns[-len(REASON_COLUMNS) :]) == REASON_COLUMNS


def _as_they_were(rows: Iterable[RawRow | Rejection]) -> Iterator[RawRow | Rejection]:
    for row in rows:
        if isinstance(row, Rejection):
            yield row
        else:
            number, cells, raw = row
            yield number, list(map(unguarded, cells)), raw


def _decoded(opened: OpenText, layout: Layout) -> io.TextIOWrapper:
    return io.TextIOWrapper(opened.content, layout.encoding, SHOW_UNREADABLE, newline="")
