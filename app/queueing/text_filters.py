"""Text filters: pieces that a company wants out of its assembled texts. RE2, so that no pattern can hang a worker."""

from collections.abc import Callable, Iterable
from functools import reduce

import re2

from app.campaigns.definition import Cut, Find, TextFilter
from app.queueing.errors import FilterError, StoppedError
from app.queueing.outcome import Texts

Filter = Callable[[str], str]

_TAIL = {
    Cut.PIECE: r"(?:{what})",
    Cut.REPLACE: r"(?:{what})",
    # a line that is cut from its beginning goes whole, rather than leave a gap
    Cut.TO_LINE_END: r"(?m:^)[ \t]*(?:{what})[^\n]*(?:\n|\z)|[ \t]*(?:{what})[^\n]*",
    Cut.TO_TEXT_END: r"\s*(?:{what})(?s:.*)",
}


class PatternInvalidError(ValueError):
    """A filter's pattern is not one that RE2 can read, or it matches where there is nothing."""


def compile_filter(text_filter: TextFilter) -> Filter:
    """A function that applies one filter to a text. Raises `PatternInvalidError` with RE2's own words."""
    literal = text_filter.find is Find.LITERAL
    what = re2.escape(text_filter.what) if literal else text_filter.what
    if _compiled(what, literal).search("") is not None:
        raise PatternInvalidError("it matches the empty text")
    pattern = _compiled(_TAIL[text_filter.cut].replace("{what}", what), literal)
    # RE2 would read a plain string as a template with escapes
    replacement = text_filter.replacement if text_filter.cut is Cut.REPLACE else ""
    return lambda text: str(pattern.sub(lambda _: replacement, text)) if pattern.search(text) else text


def compile_filters(text_filters: Iterable[TextFilter]) -> Callable[[Texts], Texts]:
    """A function that applies the filters, one after another, to each part of a message.

    It leaves no blanks at the ends of a part, and the subject on one line. A filter that cannot be used is found by
    the campaign's checks; here, each message stops and says so.
    """
    steps: list[Filter] = []
    for text_filter in text_filters:
        try:
            steps.append(compile_filter(text_filter))
        except PatternInvalidError as refusal:
            return _stopping(text_filter.what, str(refusal))

    def apply(text: str) -> str:
        return reduce(lambda so_far, step: step(so_far), steps, text).strip()

    return lambda texts: Texts(apply(texts.text), " ".join(apply(texts.subject).split()), apply(texts.html))


def _stopping(what: str, problem: str) -> Callable[[Texts], Texts]:
    def stop(_texts: Texts) -> Texts:
        raise StoppedError(FilterError.FILTER_INVALID, what=what, problem=problem)

    return stop


def _compiled(pattern: str, literal: bool) -> "re2._Regexp":
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not literal
    try:
        return re2.compile(pattern, options)
    except re2.error as problem:
        raise PatternInvalidError(_said(problem)) from problem


def _said(problem: Exception) -> str:
    words = problem.args[0]
    return words.decode(errors="replace") if isinstance(words, bytes) else str(words)
