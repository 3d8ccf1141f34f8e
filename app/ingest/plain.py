"""Rows that need no second look: text that PostgreSQL's COPY and the `csv` module read alike.

Nearly every row of nearly every list is plain. They go to the database as the text that they are, in blocks, and no
Python object is made for a cell. Whatever else a row may be is left to `delimited.py`.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

from app.ingest.dialect import Dialect

_FEWEST_LINES = 16
"""A stretch that is not plain is halved in search of those that are; shorter ones are not worth it."""


@dataclass(frozen=True)
class PlainRows:
    """Consecutive rows, as many cells each as there are columns, numbered from `first_row` on."""

    first_row: int
    rows: Sequence[str]
    """Delimited cells each, without the line's end."""
    dialect: Dialect

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def last_row(self) -> int:
        """The number of the last of them."""
        return self.first_row + len(self.rows) - 1

    @cached_property
    def size(self) -> int:
        """Characters."""
        return sum(map(len, self.rows))

    def after(self, row: int) -> Self:
        """Those that come after row `row`."""
        done = max(0, row - self.first_row + 1)
        return type(self)(self.first_row + done, self.rows[done:], self.dialect) if done else self

    def first(self, count: int) -> Self:
        """At most `count` of them."""
        return type(self)(self.first_row, self.rows[:count], self.dialect)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return enumerate(csv.reader(self.rows, **self.dialect.csv()), self.first_row)


class Stretch(NamedTuple):
    """Plain rows among lines: where they begin, how many lines they take, and the rows, ready for `PlainRows`."""

    place: int
    height: int
    rows: Sequence[str]


@dataclass(frozen=True, slots=True)
class Plainness:
    """What is plain in a list with `width` columns, none of whose cells may be longer than `max_cell_chars`."""

    dialect: Dialect
    width: int
    max_cell_chars: int

    def stretches(self, lines: Sequence[str]) -> list[Stretch]:
        """The stretches of plain rows, for a reader who is between two rows when it comes to their place.

        `lines` have their ends. A row that is shorter than the header is filled up with empty cells, one that only has
        empty cells too many is cut.
        """
        return list(self._stretches(lines, 0))

    def _stretches(self, lines: Sequence[str], place: int) -> Iterator[Stretch]:
        if (found := self._fitted("".join(lines))) is not None:
            yield Stretch(place, len(lines), found)
        elif len(lines) >= 2 * _FEWEST_LINES:
            middle = len(lines) // 2
            yield from self._stretches(lines[:middle], place)
            yield from self._stretches(lines[middle:], place + middle)

    def _fitted(self, text: str) -> list[str] | None:
        """The rows of a text that is plain altogether."""
        if "\0" in text or UNUSED in text or not _is_storable(text):
            return None
        cut = _cut(text, self.dialect)
        if cut is None:
            return None
        rows, outside = cut
        delimiters = {row.count(self.dialect.delimiter) for row in outside}
        if len(delimiters) != 1 or max(map(len, rows)) > self.max_cell_chars or self._any_blank(rows):
            return None
        return self._at_width(rows, delimiters.pop() + 1)

    def _any_blank(self, rows: Sequence[str]) -> bool:
        """True when a row has nothing in its cells."""
        delimiter, quote = self.dialect.delimiter, self.dialect.quote
        suspects = [row for row in rows if not row[:1].isalnum() and not row[1:2].isalnum()]
        return not all(row.replace(delimiter, "").replace(quote, "").strip() for row in suspects)

    def _at_width(self, rows: list[str], width: int) -> list[str] | None:
        delimiter = self.dialect.delimiter
        if width <= self.width:
            return [row + delimiter * (self.width - width) for row in rows] if width < self.width else rows
        excess = delimiter * (width - self.width)
        return [row.removesuffix(excess) for row in rows] if all(row.endswith(excess) for row in rows) else None


def _cut(text: str, dialect: Dialect) -> tuple[list[str], list[str]] | None:
    """The rows of a text, and the same with a single quote for each quoted stretch.

    None when a quote or a line's end is where it has another meaning. For COPY any quote opens or closes; for the
    `csv` module one inside a cell that began without is a character like others, as in `5'10" tall`.
    """
    quote = dialect.quote
    if not quote or quote not in text:
        text = _with_plain_ends(text)
        rows = text.split("\n")
        return None if "\r" in text else (rows, rows)
    parts = text.split(quote)
    between = {dialect.delimiter, "\n", ""}
    if (
        len(parts) % 2 == 0
        or not {part[-1:] for part in parts[:-1:2]} <= between
        or not {part[:1] for part in parts[2::2]} <= between | {"\r"}
    ):
        return None
    outside = _with_plain_ends(quote.join(parts[::2]))
    if "\r" in outside:
        return None
    if any("\n" in part for part in parts[1::2]):
        return _with_quoted(outside, quote, parts[1::2]), outside.split("\n")
    return _with_plain_ends(text).split("\n"), outside.split("\n")


def _with_plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").removesuffix("\n")


def _with_quoted(outside: str, quote: str, inside: Sequence[str]) -> list[str]:
    """The rows, with what is quoted in the places that a single quote held for it."""
    parts = outside.split(quote)
    whole = [""] * (2 * len(parts) - 1)
    whole[::2] = parts
    # a line's end inside quotes is covered while the text is cut at the others
    whole[1::2] = [each.replace("\n", UNUSED) if "\n" in each else each for each in inside]
    rows = quote.join(whole).split("\n")
    return [row.replace(UNUSED, "\n") if UNUSED in row else row for row in rows]


UNUSED = "\x01"
"""In no plain row. Also stands for the quote where a list has none: COPY wants one."""


def _is_storable(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
