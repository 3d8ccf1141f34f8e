"""Which characters stand between and around the cells of a text file."""

import csv
import io
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

DELIMITERS = (",", "\t", ";", "|")
POSSIBLE_DELIMITERS = "\t " + "".join(sign for sign in string.punctuation if sign not in "\"'")
"""What somebody may say that stands between cells; letters, figures and quotes have other meanings."""
QUOTES = ('"', "'", "")
DELIMITER_LINE = re.compile(rf"sep=([{re.escape(POSSIBLE_DELIMITERS)}])(?:\r\n?|\n|\Z)", re.IGNORECASE)
"""A first line by which a program tells Excel the delimiter. It is no row, and Excel does not count it as one."""
_ROWS = 100


@dataclass(frozen=True, slots=True)
class Dialect:
    """The character between two cells, and the one around a cell; the latter is empty where there is none."""

    delimiter: str
    quote: str

    def csv(self) -> dict[str, Any]:
        """The same as options of the `csv` module."""
        if not self.quote:
            return {"delimiter": self.delimiter, "quoting": csv.QUOTE_NONE}
        return {"delimiter": self.delimiter, "quotechar": self.quote}


def detect_dialect(sample: str, *, whole: bool) -> Dialect:
    """The dialect that divides the header, and most rows into as many cells as the header has.

    `sample` is the beginning of the file; unless it is the `whole` file its last row counts as cut off. A file
    without a delimiter has one column and is read as comma-separated. That nothing stands around cells is never
    guessed: a list without quotes reads the same either way. (The standard library's `csv.Sniffer` guesses quoting
    wrongly for a file with one quoted cell in it, and takes letters for delimiters.)
    """
    said = DELIMITER_LINE.match(sample)
    quote = "'" if _quoted(sample, "'") > 1 and not _quoted(sample, '"') else '"'
    if said:
        return Dialect(said[1], quote)
    dialects = [Dialect(delimiter, quote) for delimiter in DELIMITERS]
    return max(dialects, key=lambda dialect: _fit(_widths(sample, dialect, whole=whole)))


def _quoted(sample: str, quote: str) -> int:
    """How many cells stand in quotes from end to end: the apostrophe in a name does not count."""
    between = "".join(map(re.escape, DELIMITERS))
    return len(re.findall(rf"(?:^|[{between}]){quote}[^{quote}\r\n]*{quote}(?=[{between}\r]|$)", sample, re.MULTILINE))


def _widths(sample: str, dialect: Dialect, *, whole: bool) -> list[int]:
    reader = csv.reader(io.StringIO(sample, newline=""), **dialect.csv())
    widths = [len(cells) for cells in islice(reader, _ROWS) if cells]
    return widths if whole or len(widths) == _ROWS else widths[:-1] or widths


def _fit(widths: Sequence[int]) -> tuple[float, int]:
    if not widths or widths[0] < 2:
        return 0.0, 0
    return sum(width == widths[0] for width in widths) / len(widths), widths[0]
