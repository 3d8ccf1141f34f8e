"""Collecting what is wrong with a template, so that all of it is said at once."""

from collections.abc import Iterable
from difflib import get_close_matches

from app.templating.errors import TemplateInvalid, TemplateProblem, TemplatingError

_MOST = 50
"""Mistakes that are said at once. Whoever made more is told of the rest after mending these."""

_LONGEST_NAME = 40
"""Characters of what was written that a problem repeats."""


class Mistakes:
    """The mistakes found in one source, by their place in it."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._found: dict[int, TemplateProblem] = {}

    def add(self, code: TemplatingError, index: int, name: str = "", nearest: str | None = None) -> None:
        """Notes a mistake at a place in the source. The first at a place counts: others follow from it.

        Raises `TemplateInvalid` when there are many enough.
        """
        line = self._source.count("\n", 0, index) + 1
        column = index - self._source.rfind("\n", 0, index)
        shown = name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
        self._found.setdefault(index, TemplateProblem(code, line, column, shown, nearest))
        if len(self._found) == _MOST:
            self.check()

    def check(self) -> None:
        """Raises `TemplateInvalid` if there are any."""
        if self._found:
            raise TemplateInvalid([self._found[index] for index in sorted(self._found)])


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that `name` was probably meant to be."""
    close = get_close_matches(name.lower(), list(names), n=1)
    return close[0] if close else None
