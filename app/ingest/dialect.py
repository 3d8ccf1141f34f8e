"""Which character stands between the cells of a text file."""

import csv
import io
from collections.abc import Sequence
from itertools import islice

DELIMITERS = (",", "\t", ";", "|")
_ROWS = 100


def detect_delimiter(sample: str, *, whole: bool) -> str:
    """The one of `DELIMITERS` that divides the header, and most rows into as many cells as the header has.

    `sample` is the beginning of the file; unless it is the `whole` file its last row counts as cut off. A file
    without any of them has one column and is read as comma-separated. (The standard library's `csv.Sniffer` also
    guesses quoting, wrongly for a file with one quoted cell in it, and takes letters for delimiters.)
    """
    return max(DELIMITERS, key=lambda delimiter: _fit(_widths(sample, delimiter, whole=whole)))


def _widths(sample: str, delimiter: str, *, whole: bool) -> list[int]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    widths = [len(cells) for cells in islice(reader, _ROWS) if cells]
    return widths if whole or len(widths) == _ROWS else widths[:-1] or widths


def _fit(widths: Sequence[int]) -> tuple[float, int]:
    if not widths or widths[0] < 2:
        return 0.0, 0
    return sum(width == widths[0] for width in widths) / len(widths), widths[0]
