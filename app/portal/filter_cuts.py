"""What the text filters took out of a text, for a person to see. Pure."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


class Piece(NamedTuple):
    """A stretch of a text before the filters."""

    text: str
    was_cut: bool


def cuts(before: str, after: str) -> list[Piece]:
    """The text before the filters in stretches, each kept in `after` or cut."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    pieces = []
    for kind, start, end, _, _ in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "insert":
            pieces.append(Piece("".join(old[start:end]), kind != "equal"))
    return pieces
