"""The header: which columns a file has, and the stable names under which templates know them."""

import re
import unicodedata
from collections.abc import Sequence

from app.ingest.errors import FileCode, FileRefused
from app.ingest.table import Limits

_NAME_CHARS = 80
_NOT_IN_NAMES = re.compile(r"\W+")


def named_columns(cells: Sequence[str], limits: Limits) -> list[str]:
    """The header's cells, each on one line. Raises FileRefused(too_many_columns)."""
    _check_count(len(cells), limits)
    return [" ".join(cell.split()) for cell in cells]


def numbered_columns(count: int, limits: Limits) -> list[str]:
    """What stands for the header of a file that has none. Raises FileRefused(too_many_columns)."""
    _check_count(count, limits)
    return [f"Column {place}" for place in range(1, count + 1)]


def stable_names(columns: Sequence[str]) -> list[str]:
    """A name for each column that a template can use: `Cell Phone` -> `cell_phone`, its repetition `cell_phone_2`.

    Names are words of at most 80 letters, digits and underscores that start with a letter, all different; a column
    without a usable name is called after its place, `column_7`.
    """
    names: list[str] = []
    taken: set[str] = set()
    for place, column in enumerate(columns, 1):
        wanted = _name(column) or f"column_{place}"
        name, repetition = wanted, 1
        while name in taken:
            repetition += 1
            suffix = f"_{repetition}"
            name = wanted[: _NAME_CHARS - len(suffix)] + suffix
        taken.add(name)
        names.append(name)
    return names


def _check_count(count: int, limits: Limits) -> None:
    if count > limits.max_columns:
        raise FileRefused(FileCode.TOO_MANY_COLUMNS, columns=count, limit=limits.max_columns)


def _name(column: str) -> str:
    plain = unicodedata.normalize("NFKC", column).lower()
    name = _NOT_IN_NAMES.sub("_", plain).strip("_")[:_NAME_CHARS].rstrip("_")
    if name and not name[0].isalpha():
        name = f"column_{name}"[:_NAME_CHARS].rstrip("_")
    return name
