"""Rows that need no second look: text that is kept as it stands, because nothing in it can be misread.

Nearly every row of nearly every list is plain. They go to the database a block at a time, and no Python object is made
for a row, let alone a cell. Whatever else a row may be is left to `delimited.py`.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

from app.ingest.dialect import Dialect
from app.plain_text import has_no_lone_surrogate
from app.records import fitted

UNUSED = "\x01"
"""In no plain row. Stands for the quote where a list has none."""

_FEWEST_LINES = 16
"""A stretch that is not plain is halved in search of those that are; shorter ones are not worth it."""
_SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())


@dataclass(frozen=True)
class PlainRows:
    """Consecutive rows of a list with `width` columns, numbered from `first_row` on."""

    first_row: int
    text: str
    """As it stands in the file, the lines' ends included."""
    count: int
    dialect: Dialect
    width: int

    def __len__(self) -> int:
        return self.count

    @property
    def last_row(self) -> int:
        """The number of the last of them."""
        return self.first_row + self.count - 1

    def after(self, row: int) -> Self:
        """Those that come after row `row`."""
        done = max(0, row - self.first_row + 1)
        return self._part(done, self.count) if done else self

    def first(self, count: int) -> Self:
        """At most `count` of them."""
        return self._part(0, count) if count < self.count else self

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        rows = csv.reader(io.StringIO(self.text, newline=""), **self.dialect.csv())
        return enumerate((fitted(cells, self.width) for cells in rows), self.first_row)

    def _part(self, begin: int, end: int) -> Self:
        rows = self._rows[begin:end]
        return type(self)(self.first_row + begin, "\n".join(rows), len(rows), self.dialect, self.width)

    @cached_property
    def _rows(self) -> list[str]:
        return _rows(self.text, self.dialect.quote)


class Stretch(NamedTuple):
    """Plain rows among lines: where they begin, how many lines they take, their text, and how many they are."""

    place: int
    height: int
    text: str
    rows: int


@dataclass(frozen=True, slots=True)
class Plainness:
    """What is plain in a list with `width` columns, none of whose cells may be longer than `max_cell_chars`.

    Every row of a plain text has as many delimiters as the others, and only empty cells beyond the columns; none is
    blank. Quotes stand around cells only, and nowhere is a character that the database cannot keep.
    """

    dialect: Dialect
    width: int
    max_cell_chars: int

    def stretches(self, lines: Sequence[str]) -> list[Stretch]:
        """The stretches of plain rows, for a reader who is between two rows when it comes to their place.

        `lines` have their ends.
        """
        return list(self._stretches(lines, 0))

    def rows_in(self, text: str) -> int | None:
        """How many rows a text has that is plain altogether; None for any other."""
        if "\0" in text or UNUSED in text or not has_no_lone_surrogate(text):
            return None
        cut = _cut(text, self.dialect)
        if cut is None:
            return None
        rows, inside = cut
        delimiters = {row.count(self.dialect.delimiter) for row in rows}
        excess = self.dialect.delimiter * (max(delimiters) + 1 - self.width)
        if len(delimiters) != 1 or not all(row.endswith(excess) for row in rows):
            return None
        return None if self._is_odd(text, rows, inside) else len(rows)

    def _stretches(self, lines: Sequence[str], place: int) -> Iterator[Stretch]:
        text = "".join(lines)
        if (count := self.rows_in(text)) is not None:
            yield Stretch(place, len(lines), text, count)
        elif len(lines) >= 2 * _FEWEST_LINES:
            middle = len(lines) // 2
            yield from self._stretches(lines[:middle], place)
            yield from self._stretches(lines[middle:], place + middle)

    def _is_odd(self, text: str, rows: Sequence[str], inside: Sequence[str]) -> bool:
        """True when a row is blank, or a cell may be too long. `rows` lack what is `inside` their quotes."""
        quote, delimiter = self.dialect.quote, self.dialect.delimiter
        nothing = delimiter + quote + _SPACES
        suspects = [row for row in rows if not row.strip(nothing)]
        if max(map(len, rows)) > self.max_cell_chars or any(not quote or quote not in row for row in suspects):
            return True
        # an escaped quote lies between two stretches of one cell
        longest = max(map(len, inside), default=0) * (1 + text.count(quote * 2) if quote else 1)
        if longest <= self.max_cell_chars and (not suspects or all(part.strip() for part in inside)):
            return False
        whole = _rows(text, quote)
        return max(map(len, whole)) > self.max_cell_chars or not all(row.strip(nothing) for row in whole)


def _cut(text: str, dialect: Dialect) -> tuple[list[str], list[str]] | None:
    """The rows of a text with a single quote for each quoted stretch, and what is inside the stretches.

    None when a quote or a line's end is where it has another meaning. A quote inside a cell that began without is a
    character like others, as in `5'10" tall`: such a text is not for us.
    """
    quote = dialect.quote
    inside: list[str] = []
    if quote and quote in text:
        parts = text.split(quote)
        between = {dialect.delimiter, "\n", ""}
        if (
            len(parts) % 2 == 0
            or not {part[-1:] for part in parts[:-1:2]} <= between
            or not {part[:1] for part in parts[2::2]} <= between | {"\r"}
        ):
            return None
        inside = parts[1::2]
        text = quote.join(parts[::2])
    if "\r" in text:
        text = text.replace("\r\n", "\n")
        if "\r" in text:
            return None
    return text.removesuffix("\n").split("\n"), inside


def _rows(text: str, quote: str) -> list[str]:
    """The rows of a plain text, each as it stands; the last character of its line's end is left off."""
    text = text.removesuffix("\n")
    if not quote or quote not in text:
        return text.split("\n")
    parts = text.split(quote)
    # a line's end inside quotes is covered while the text is cut at the others
    parts[1::2] = [part.replace("\n", UNUSED) for part in parts[1::2]]
    return [row.replace(UNUSED, "\n") for row in quote.join(parts).split("\n")]
