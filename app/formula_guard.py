"""An apostrophe keeps a spreadsheet from running what a cell says, and is taken off again when the cell comes back.

What begins with apostrophes before a formula's first character gets one more, so that taking one off always gives the
text that was.
"""

import re

_GUARDED = re.compile(r"'*[=+\-@\t\r]")
_UNGUARDED = re.compile(r"'+[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-][\d ().,/-]*")
"""At worst a spreadsheet reckons with it: there is no name in it, so no function."""


def guarded(cell: str) -> str:
    """The cell as it may stand in a spreadsheet. A number or a telephone number stays what it is."""
    return "'" + cell if _GUARDED.match(cell) and not _NUMBER.fullmatch(cell) else cell


def unguarded(cell: str) -> str:
    """The cell that `guarded` was given."""
    return cell[1:] if _UNGUARDED.match(cell) else cell
