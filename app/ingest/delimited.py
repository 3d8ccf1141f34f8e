"""Rows of delimited text (CSV, TSV, semicolons, pipes), numbered as a spreadsheet shows them.

A quote that is never closed makes everything after it one cell. So a record that ends with the file inside a quote,
that grows beyond all measure, or whose closing quote is followed by more text, is taken back: its first line is
rejected, and reading goes on with the line after it. One stray quote costs one row.
"""

import csv
from collections import deque
from collections.abc import Generator, Iterator
from typing import TextIO

from app.ingest.dialect import Dialect
from app.ingest.errors import FileCode, FileRefused, RowCode
from app.ingest.table import RawRow, Rejection

RECORD_CHARS = 4 * 1024 * 1024
"""Longest record that is held in memory."""
_REREAD_CHARS = 64 * 1024 * 1024
"""How much is read twice before the file counts as broken: keeps the time in proportion to the file's size."""


class _RecordTooLongError(Exception):
    """The lines taken for one record are more than a record can be."""


class _Lines:
    """The lines of a text, each with its ending, that keeps those of the present record to give them back."""

    def __init__(self, text: TextIO) -> None:
        self.taken: list[str] = []
        self.ended = False
        self._text = text
        self._again: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        taken, again, readline = self.taken, self._again, self._text.readline
        size = 0
        while True:
            if again:
                line = again.popleft()
            else:
                line = readline(RECORD_CHARS)
                if len(line) == RECORD_CHARS:
                    self._skip_rest_of_line(line)
            if not line:
                self.ended = True
                return
            taken.append(line)
            size = len(line) if len(taken) == 1 else size + len(line)
            if size >= RECORD_CHARS:
                raise _RecordTooLongError
            yield line

    def _skip_rest_of_line(self, line: str) -> None:
        while line and not line.endswith(("\n", "\r")):
            line = self._text.readline(RECORD_CHARS)

    def take_back_to_first(self) -> int:
        """Keeps the first line of the record as done and gives the others back. Returns their length."""
        others = self.taken[1:]
        self._again.extendleft(reversed(others))
        self.ended = self.ended and not others
        self.taken.clear()
        return sum(map(len, others))


def raw_rows(text: TextIO, dialect: Dialect) -> Iterator[RawRow | Rejection]:
    """The rows of `text`, which must be opened with `newline=""`; a row of a blank line has no cells.

    Raises FileRefused(broken_quotes) when quotes are left open again and again.
    """
    # the limit is the whole process's; records are bounded here by _Lines, so it only has to be out of the way
    csv.field_size_limit(max(csv.field_size_limit(), 2 * RECORD_CHARS))
    lines = _Lines(text)
    number = reread = 0
    while not lines.ended:
        number = yield from _rows_until_broken(lines, dialect, number)
        if lines.taken:
            first = lines.taken[0]
            code = RowCode.ROW_TOO_LONG if len(first) >= RECORD_CHARS else RowCode.OPEN_QUOTE
            reread += lines.take_back_to_first()
            if reread > _REREAD_CHARS:
                raise FileRefused(FileCode.BROKEN_QUOTES, row=number)
            yield Rejection.of(number, code, first)


def _rows_until_broken(lines: _Lines, dialect: Dialect, number: int) -> Generator[RawRow, None, int]:
    """Returns the number of the last record; it is broken when its lines are still taken."""
    taken = lines.taken
    try:
        for cells in csv.reader(lines, **dialect.csv()):
            number += 1
            raw = taken[0] if len(taken) == 1 else "".join(taken)
            # a record that asked for a line after the last one was still inside a quote
            if lines.ended or (len(taken) > 1 and not _closes_its_quotes(taken, dialect)):
                return number
            yield number, cells, raw
            taken.clear()
    except _RecordTooLongError:
        number += 1
    return number


def _closes_its_quotes(record: list[str], dialect: Dialect) -> bool:
    try:
        return len(list(csv.reader(record, strict=True, **dialect.csv()))) == 1
    except csv.Error:
        return False
