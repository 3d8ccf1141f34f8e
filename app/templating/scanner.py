"""A first look at a template: are its braces and blocks in order, and within the limits?

It comes before the parser for two reasons. Its mistakes are found where they were made (the `if` that has no end, not
the end of the text). And the parser's regular expressions take a time that grows with the square of the text when
braces are not closed: `{{` twenty thousand times over holds up a worker for most of a minute.
"""

import re
from dataclasses import dataclass

from app.templating.errors import TemplatingError
from app.templating.limits import EXPRESSION_LIMIT, NESTING_LIMIT, TAG_LIMIT, TEMPLATE_LIMIT
from app.templating.mistakes import Mistakes, nearest

_BRANCHES = {"if": ("elsif", "else"), "unless": ("elsif", "else"), "case": ("when", "else")}
_ENDS = {f"end{block}": block for block in _BRANCHES}
TAGS = (*_BRANCHES, "elsif", "else", "when", *_ENDS)
"""All there are. No loops, no variables, no includes: a message is a text with holes and choices."""

_OPENING = re.compile(r"\{\{|\{%")
_STRAY_CLOSING = re.compile(r"\}\}|%\}")
_TAG = re.compile(r"\s*(?P<name>\w*)\s*(?P<rest>.*)", re.DOTALL)


@dataclass(slots=True)
class _Block:
    name: str
    index: int
    has_branch: bool = False
    has_else: bool = False


def scan(source: str, mistakes: Mistakes, *, html: bool = False) -> None:
    """Notes what is wrong with the braces and blocks of `source`. In `html`, styles may hold braces of their own."""
    if len(source) > TEMPLATE_LIMIT:
        mistakes.add(TemplatingError.TEMPLATE_TOO_LONG, TEMPLATE_LIMIT)
        return
    _Scanner(source, mistakes, html).scan()


class _Scanner:
    def __init__(self, source: str, mistakes: Mistakes, html: bool) -> None:
        self._source = source
        self._mistakes = mistakes
        self._html = html
        self._blocks: list[_Block] = []

    def scan(self) -> None:
        position = tags = 0
        while opening := _OPENING.search(self._source, position):
            self._text(position, opening.start())
            end = self._source.find("}}" if opening[0] == "{{" else "%}", opening.end())
            if end < 0 or _OPENING.search(self._source, opening.end(), end):
                self._mistakes.add(TemplatingError.BRACES_NOT_CLOSED, opening.start(), opening[0])
                return
            tags += 1
            if tags > TAG_LIMIT:
                self._mistakes.add(TemplatingError.TOO_MANY_TAGS, opening.start())
                return
            self._braces(opening, end)
            position = end + 2
        self._text(position, len(self._source))
        for block in self._blocks:
            self._mistakes.add(TemplatingError.BLOCK_NOT_CLOSED, block.index, block.name)

    def _text(self, start: int, end: int) -> None:
        if not self._html and (stray := _STRAY_CLOSING.search(self._source, start, end)):
            self._mistakes.add(TemplatingError.BRACES_NOT_OPENED, stray.start(), stray[0])
        self._outside_branches(start, self._source[start:end])

    def _outside_branches(self, start: int, text: str) -> None:
        """The parser drops, unread, what stands between a `case` and its first `when`."""
        if self._blocks and self._blocks[-1].name == "case" and not self._blocks[-1].has_branch and text.strip():
            written = text.lstrip()
            self._mistakes.add(TemplatingError.SYNTAX, start + len(text) - len(written), written.rstrip())

    def _braces(self, opening: re.Match[str], end: int) -> None:
        inside = self._source[opening.end() : end]
        whole = self._source[opening.start() : end + 2]
        if len(inside) > EXPRESSION_LIMIT:
            self._mistakes.add(TemplatingError.EXPRESSION_TOO_LONG, opening.start(), whole)
            return
        inside = inside.removeprefix("-").removesuffix("-")
        if opening[0] == "{%":
            if match := _TAG.match(inside):
                self._tag(match["name"], match["rest"].strip(), opening.start(), whole)
            return
        self._outside_branches(opening.start(), whole)
        if not inside.strip():
            self._mistakes.add(TemplatingError.INCOMPLETE, opening.start(), whole)

    def _tag(self, name: str, rest: str, index: int, whole: str) -> None:
        takes_expression = name in (*_BRANCHES, "elsif", "when")
        if name not in TAGS:
            self._mistakes.add(TemplatingError.UNKNOWN_TAG, index, name or rest, nearest(name, TAGS))
            return
        if name in _BRANCHES:
            self._outside_branches(index, whole)
            self._blocks.append(_Block(name, index))
            if len(self._blocks) > NESTING_LIMIT:
                self._mistakes.add(TemplatingError.NESTED_TOO_DEEP, index, name)
        elif not (self._end(name) if name in _ENDS else self._branch(name)):
            self._mistakes.add(TemplatingError.BLOCK_NOT_OPENED, index, name)
        if takes_expression and not rest:
            self._mistakes.add(TemplatingError.INCOMPLETE, index, whole)
        elif rest and not takes_expression:
            self._mistakes.add(TemplatingError.SYNTAX, index, whole)

    def _end(self, name: str) -> bool:
        if not self._blocks or self._blocks[-1].name != _ENDS[name]:
            return False
        self._blocks.pop()
        return True

    def _branch(self, name: str) -> bool:
        if not self._blocks or name not in _BRANCHES[self._blocks[-1].name] or self._blocks[-1].has_else:
            return False
        self._blocks[-1].has_branch = True
        self._blocks[-1].has_else = name == "else"
        return True
