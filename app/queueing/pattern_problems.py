"""What is wrong with a pattern, and where. RE2 says what; where is found by giving it less of the pattern."""

import re2

_MEMORY = 64 * 1024
"""Bytes. Enough to read a pattern; a beginning that is read, but too large to be run, is not what is wrong."""
_UNCLOSED = "missing )"


class PatternInvalidError(ValueError):
    """A filter's pattern is not one that RE2 can read, or it matches where there is nothing."""

    def __init__(self, problem: str, column: int | None = None) -> None:
        self.column = column
        """The character, from 1, at which the mistake begins; None for one that is the whole pattern's."""
        super().__init__(f"{problem}, at character {column}" if column else problem)


def invalid(pattern: str, problem: Exception) -> PatternInvalidError:
    """The error to raise for a pattern that RE2 refused with `problem`."""
    said = _said(problem)
    kind, _, fragment = said.partition(": ")
    # what RE2 repeats of an open group is the whole pattern, and there is nothing to look for in it
    return PatternInvalidError(kind if kind == _UNCLOSED else said, _column(pattern, kind, fragment))


def _column(pattern: str, kind: str, fragment: str) -> int | None:
    beginnings = [pattern[:length] for length in range(len(pattern) + 1)]
    if kind == _UNCLOSED:
        return max(len(beginning) for beginning in beginnings if _problem(beginning) is None) + 1
    if kind == "unexpected )":
        return next((len(each) for each in beginnings if (_problem(each) or "").startswith(kind)), None)
    end = next((len(each) for each in beginnings if _problem(each) == f"{kind}: {fragment}"), None)
    return end - len(fragment) + 1 if fragment and end else None


def _problem(beginning: str) -> str | None:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        re2.compile(beginning, options)
    except re2.error as problem:
        said = _said(problem)
        return None if said.startswith("pattern too large") else said
    return None


def _said(problem: Exception) -> str:
    words = problem.args[0]
    return words.decode(errors="replace") if isinstance(words, bytes) else str(words)
