"""Rows of delimited text (CSV, TSV, semicolons, pipes), numbered as a spreadsheet shows them.

A quote that is never closed makes everything after it one cell. So a record that ends with the file inside a quote,
that grows beyond all measure, or whose closing quote is followed by more text, is taken back: its first line is
rejected, and reading goes on with the line after it. One stray quote costs one row.
"""

import csv
import io
import re
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from typing import TextIO

from app.ingest.dialect import Dialect
from app.ingest.errors import FileCode, FileRefused, RowCode
from app.ingest.plain import Plainness, PlainRows, Stretch
from app.ingest.table import RawRow, Rejection

RECORD_CHARS = 4 * 1024 * 1024
"""Longest record that is held in memory."""
_REREAD_CHARS = 64 * 1024 * 1024
"""How much is read twice before the file counts as broken: keeps the time in proportion to the file's size."""
_BLOCK_CHARS = 30_000
_LINES_OF_A_CELL = 8


class _RecordTooLongError(Exception):
    """The lines taken for one record are more than a record can be."""


class _Lines:
    """The lines of a text, each with its ending, that keeps those of the present record to give them back."""

    def __init__(self, text: TextIO, quote: str) -> None:
        self.taken: list[str] = []
        self.ended = False
        self.given = 0
        """How many lines were given so far, those that were taken back not counted; a block that was skipped is one."""
        self._text = text
        self._quote = quote
        self._ahead: deque[str] = deque()
        self._block = ""

    def __iter__(self) -> Iterator[str]:
        taken = self.taken
        size = 0
        while self.ahead():
            line = self._ahead.popleft()
            self.given += 1
            taken.append(line)
            size = len(line) if len(taken) == 1 else size + len(line)
            if size >= RECORD_CHARS:
                raise _RecordTooLongError
            yield line
        self.ended = True

    def ahead(self) -> Sequence[str]:
        """The lines that come next, a block of them at most; none at the end of the text."""
        if not self._ahead:
            self._ahead.extend(io.StringIO(self.whole_block(), newline="").readlines())
            self._block = ""
        return self._ahead

    def whole_block(self) -> str:
        """The lines that come next, in one piece; nothing when some of them have been looked at one by one."""
        if not self._ahead and not self._block:
            self._block = self._next_block()
        return self._block

    def pass_over(self, beginning: re.Pattern[str]) -> None:
        """Leaves out what the next block begins with, if it does so; that was no line."""
        if found := beginning.match(self.whole_block()):
            self._block = self._block[found.end() :]

    def skip_block(self) -> None:
        """Passes over the whole block."""
        self.given += 1
        self._block = ""

    def skip(self, count: int) -> None:
        """Passes over lines that are ahead."""
        self.given += count
        if count == len(self._ahead):
            self._ahead.clear()
        else:
            for _ in range(count):
                self._ahead.popleft()

    def take_back_to_first(self) -> int:
        """Keeps the first line of the record as done and gives the others back. Returns their length."""
        others = self.taken[1:]
        self._ahead.extendleft(reversed(others))
        self.given -= len(others)
        self.ended = self.ended and not others
        self.taken.clear()
        return sum(map(len, others))

    def _next_block(self) -> str:
        block = self._text.read(_BLOCK_CHARS)
        if not block.endswith("\n"):
            block += self._next_line()
        # a block that ends within a cell of several lines would not be plain
        for _ in range(_LINES_OF_A_CELL if self._quote else 0):
            # nothing may follow a line whose rest was skipped
            if block.count(self._quote) % 2 == 0 or not block.endswith(("\n", "\r")):
                break
            block += self._next_line()
        return block

    def _next_line(self) -> str:
        line = rest = self._text.readline(RECORD_CHARS)
        while len(rest) == RECORD_CHARS and not rest.endswith(("\n", "\r")):
            rest = self._text.readline(RECORD_CHARS)
        return line


class DelimitedRows:
    """The rows of `text`, which must be opened with `newline=""`, to be walked once; a blank line has no cells.

    Walking raises FileRefused(broken_quotes) when quotes are left open again and again.
    """

    def __init__(self, text: TextIO, dialect: Dialect) -> None:
        # the limit is the whole process's; records are bounded here by _Lines, so it only has to be out of the way
        csv.field_size_limit(max(csv.field_size_limit(), 2 * RECORD_CHARS))
        self._dialect = dialect
        self._lines = _Lines(text, dialect.quote)
        self._number = 0
        self._walk = self._rows()
        self._stretches: deque[Stretch] = deque()
        self._examined = 0

    def pass_over(self, beginning: re.Pattern[str]) -> None:
        """Leaves out what the text begins with, if it does so, before the first row is asked for."""
        self._lines.pass_over(beginning)

    def __iter__(self) -> Iterator[RawRow | Rejection]:
        return self

    def __next__(self) -> RawRow | Rejection:
        return next(self._walk)

    def plain_rows(self, plainness: Plainness) -> PlainRows | None:
        """The rows that come next, if they are plain: a block of them at most."""
        self._lines.taken.clear()
        if block := self._lines.whole_block():
            count = plainness.rows_in(block)
            if count is not None:
                self._lines.skip_block()
                return self._plain(block, count, plainness)
        ahead = self._lines.ahead()
        place = self._lines.given
        while self._stretches and self._stretches[0].place < place:
            # the row before it ended where another one was expected to
            self._stretches.clear()
            self._examined = place
        if self._examined < place + len(ahead):
            found = plainness.stretches(list(ahead))
            self._stretches = deque(each._replace(place=place + each.place) for each in found)
            self._examined = place + len(ahead)
        if not self._stretches or self._stretches[0].place > place:
            return None
        stretch = self._stretches.popleft()
        self._lines.skip(stretch.height)
        return self._plain(stretch.text, stretch.rows, plainness)

    def _plain(self, text: str, count: int, plainness: Plainness) -> PlainRows:
        rows = PlainRows(self._number + 1, text, count, self._dialect, plainness.width)
        self._number = rows.last_row
        return rows

    def _rows(self) -> Iterator[RawRow | Rejection]:
        lines = self._lines
        reread = 0
        while not lines.ended:
            yield from self._rows_until_broken()
            if lines.taken:
                first = lines.taken[0]
                code = RowCode.ROW_TOO_LONG if len(first) >= RECORD_CHARS else RowCode.OPEN_QUOTE
                reread += lines.take_back_to_first()
                if reread > _REREAD_CHARS:
                    raise FileRefused(FileCode.BROKEN_QUOTES, row=self._number)
                yield Rejection.of(self._number, code, first)

    def _rows_until_broken(self) -> Generator[RawRow, None, None]:
        """Ends after the last record; it is broken when its lines are still taken."""
        taken = self._lines.taken
        try:
            for cells in csv.reader(self._lines, **self._dialect.csv()):
                self._number += 1
                raw = taken[0] if len(taken) == 1 else "".join(taken)
                # a record that asked for a line after the last one was still inside a quote
                if self._lines.ended or (len(taken) > 1 and not _closes_its_quotes(taken, self._dialect)):
                    return
                yield self._number, cells, raw
                taken.clear()
        except _RecordTooLongError:
            self._number += 1


def _closes_its_quotes(record: list[str], dialect: Dialect) -> bool:
    try:
        return len(list(csv.reader(record, strict=True, **dialect.csv()))) == 1
    except csv.Error:
        return False
