"""Rows that need no second look: text that is kept as it stands, because nothing in it can be misread.

Nearly every row of nearly every list is plain. They go to the database a block at a time, and no Python object is made
for a row, let alone a cell. Whatever else a row may be is left to `delimited.py`.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, Self

import re2

from app.ingest.dialect import Dialect
from app.records import fitted

UNUSED = "\x01"
"""In no plain row. Stands for the quote where a list has none."""

_FEWEST_LINES = 16
"""A stretch that is not plain is halved in search of those that are; shorter ones are not worth it."""
_MOST_CELLS = 300
"""A pattern for wider rows takes more memory than RE2 has, and is slow."""
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
        try:
            written = text.encode()
        except UnicodeEncodeError:
            return None  # half of a surrogate pair
        grammar = _grammar(self.dialect, self.width, self._cells_of_first_row(text))
        if grammar is None or not grammar.fullmatch(written):
            return None
        # a cell is no longer than the text that it is in
        is_doubtful = len(text) > self.max_cell_chars or _has_perhaps_a_blank(written, self.dialect)
        if is_doubtful and not self._are_all_in_order(text):
            return None
        return _count(written, self.dialect.quote.encode())

    def _stretches(self, lines: Sequence[str], place: int) -> Iterator[Stretch]:
        text = "".join(lines)
        if (count := self.rows_in(text)) is not None:
            yield Stretch(place, len(lines), text, count)
        elif len(lines) >= 2 * _FEWEST_LINES:
            middle = len(lines) // 2
            yield from self._stretches(lines[:middle], place)
            yield from self._stretches(lines[middle:], place + middle)

    def _cells_of_first_row(self, text: str) -> int:
        reader = csv.reader(io.StringIO(text, newline=""), **self.dialect.csv())
        return len(next(reader, ()))

    def _are_all_in_order(self, text: str) -> bool:
        """True when no row is blank, and none so long that a cell may be too long."""
        nothing = self.dialect.delimiter + self.dialect.quote + _SPACES
        rows = _rows(text, self.dialect.quote)
        return max(map(len, rows)) <= self.max_cell_chars and all(row.strip(nothing) for row in rows)


@lru_cache(maxsize=64)
def _grammar(dialect: Dialect, width: int, cells: int) -> Any | None:
    """What plain rows of so many cells look like, in UTF-8; None for too many cells.

    A quote inside a cell that began without is a character like others, as in `5'10" tall`: such a row is not for us.
    """
    if not 0 < cells <= _MOST_CELLS:
        return None
    delimiter, quote, never = re.escape(dialect.delimiter), re.escape(dialect.quote), rf"\x00{UNUSED}"
    cell = rf"[^{delimiter}{quote}\r\n{never}]*"
    if quote:
        cell = rf"(?:{cell}|{quote}(?:[^{quote}{never}]|{quote}{quote})*{quote})"
    named = min(cells, width)
    row = rf"{cell}(?:{delimiter}{cell}){{{named - 1}}}" + delimiter * (cells - named)
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1  # a byte at a time; those of a letter beyond ASCII mean nothing
    return re2.compile(rf"(?:{row}\r?\n)*(?:{row})?".encode(), options)


def _has_perhaps_a_blank(written: bytes, dialect: Dialect) -> bool:
    """True of a plain text with a blank row, and of some others."""
    return bool(_blank(dialect).search(b"\n%b\n" % written.removesuffix(b"\n")))


@lru_cache(maxsize=64)
def _blank(dialect: Dialect) -> re.Pattern[bytes]:
    nothing = (dialect.delimiter + dialect.quote + _SPACES).encode().replace(b"\n", b"")
    return re.compile(rb"\n[%b]*\n" % re.escape(nothing))


def _count(written: bytes, quote: bytes) -> int:
    """How many rows a plain text has."""
    marks = written.removesuffix(b"\n").translate(None, bytes(set(range(256)) - {*b"\n", *quote}))
    if quote:
        # a quote and the next one, with no line's end between them, leave what follows where it was: in or out
        marks = b"".join(marks.replace(quote * 2, b"").split(quote)[::2])
    return marks.count(b"\n") + 1


def _rows(text: str, quote: str) -> list[str]:
    """The rows of a plain text, each as it stands; the last character of its line's end is left off."""
    text = text.removesuffix("\n")
    if not quote or quote not in text:
        return text.split("\n")
    parts = text.split(quote)
    # a line's end inside quotes is covered while the text is cut at the others
    parts[1::2] = [part.replace("\n", UNUSED) for part in parts[1::2]]
    return [row.replace(UNUSED, "\n") for row in quote.join(parts).split("\n")]
