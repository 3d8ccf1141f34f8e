"""Writing days and hours: formats by name, or by a small, locale-free part of strftime's directives.

What a language writes is CLDR's, by Babel; what formats are called is ours. A list names the same days and hours again
and again: each is written once for a format and a language, and remembered.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Generic, TypeVar

from babel import Locale
from babel.dates import parse_pattern, tokenize_pattern, untokenize_pattern

from app.templating.languages import LOCALES, breakable

T = TypeVar("T", dt.date, dt.time)
Writer = Callable[[T, str], str]
"""From a value and the tag of a language to a text."""

_DIRECTIVE = re.compile(r"%(-?[a-zA-Z]|%)")


@dataclass(frozen=True)
class Formats(Generic[T]):
    """The ways to write one kind of value."""

    named: Mapping[str, Writer[T]]
    directives: Mapping[str, Writer[T]]

    def accept(self, format: str) -> bool:
        """Whether `format` is a name, or a text with at least one directive and no unknown one: `%a %-m/%-d`."""
        used = _DIRECTIVE.findall(format)
        return format in self.named or (bool(used) and self.directives.keys() >= set(used))

    def write(self, value: T, format: str, language: str) -> str:
        """`value` in a format that is accepted, in one of the languages that are `SPOKEN`."""
        if named := self.named.get(format):
            return named(value, language)
        return "".join(
            self.directives[piece](value, language) if place % 2 else piece
            for place, piece in enumerate(_DIRECTIVE.split(format))
        )


def _field(pattern: str) -> Writer[T]:
    """One or more fields as CLDR spells them (UTS 35, date format patterns), the same in every language."""
    parsed = parse_pattern(pattern)
    return lambda value, language: breakable(parsed.apply(value, LOCALES[language]))


def _own(pattern_of: Callable[[Locale], str]) -> Writer[T]:
    """A pattern that each language has of its own."""

    @cache
    def applied(language: str) -> Writer[T]:
        return _field(pattern_of(LOCALES[language]))

    return lambda value, language: applied(language)(value, language)


def _month_and_weekday(locale: Locale) -> str:
    """A day without its year, with its names in full.

    Not every language has a pattern for that. The widths of another one's fields may be changed (UTS 35, missing
    skeleton fields).
    """
    skeletons = locale.datetime_skeletons
    nearest = next(name for name in ("MMMMEEEEd", "MMMEEEEd", "MMMMEd", "MMMEd") if name in skeletons)
    return str(untokenize_pattern(_widened(token) for token in tokenize_pattern(skeletons[nearest].pattern)))


def _widened(token: tuple[str, str | tuple[str, int]]) -> tuple[str, str | tuple[str, int]]:
    kind, value = token
    if kind == "field" and (value[0] in "Ec" or (value[0] in "ML" and value[1] == 3)):
        return kind, (str(value[0]), 4)
    return token


def _half_day(clock: dt.time, language: str) -> str:
    # CLDR has `p. m.`, with a blank in it at which a message would break
    if language == "es":
        return "p.m." if clock.hour >= 12 else "a.m."
    return _CLDR_HALF_DAY(clock, language)


def _short_clock(clock: dt.time, language: str) -> str:
    # CLDR's Spanish is Spain's, which counts to 24; here it is written for people who do not
    if language == "es":
        return f"{clock.hour % 12 or 12}:{clock.minute:02} {_half_day(clock, language)}"
    return _CLDR_SHORT_CLOCK(clock, language)


_CLDR_HALF_DAY: Writer[dt.time] = _field("a")
_CLDR_SHORT_CLOCK: Writer[dt.time] = _own(lambda locale: str(locale.time_formats["short"].pattern))


def _percent(value: dt.date | dt.time, language: str) -> str:
    return "%"


DAYS: Formats[dt.date] = Formats(
    named={
        # CLDR's own short form drops half of the year in most languages
        "short": _own(lambda locale: str(locale.datetime_skeletons["yMd"].pattern)),
        "medium": _own(lambda locale: str(locale.date_formats["medium"].pattern)),
        "long": _own(lambda locale: str(locale.date_formats["long"].pattern)),
        "full": _own(lambda locale: str(locale.date_formats["full"].pattern)),
        "day": _own(_month_and_weekday),
        "weekday": _field("cccc"),
        "iso": _field("yyyy-MM-dd"),
    },
    directives={
        "%": _percent,
        "Y": _field("yyyy"),
        "y": _field("yy"),
        "m": _field("MM"),
        "-m": _field("M"),
        "d": _field("dd"),
        "-d": _field("d"),
        "B": _field("MMMM"),
        "b": _field("MMM"),
        "A": _field("EEEE"),
        "a": _field("EEE"),
    },
)

CLOCKS: Formats[dt.time] = Formats(
    named={"short": _short_clock, "24h": _field("HH:mm")},
    directives={
        "%": _percent,
        "H": _field("HH"),
        "-H": _field("H"),
        "I": _field("hh"),
        "-I": _field("h"),
        "M": _field("mm"),
        "S": _field("ss"),
        "p": _half_day,
    },
)

_REMEMBERED = 16_384
"""Texts. Three months of appointments every five minutes, in a handful of formats and languages."""


@lru_cache(maxsize=_REMEMBERED)
def write_day(day: dt.date, format: str, language: str) -> str:
    """A day in a format that `DAYS` accepts, in one of the languages that are `SPOKEN`."""
    return DAYS.write(day, format, language)


def write_clock(clock: dt.time, format: str, language: str) -> str:
    """An hour in a format that `CLOCKS` accepts, as it is shown on the wall, whatever its offset from UTC."""
    # hours of different offsets that are one instant are equal, and would be remembered as one
    return _write_clock(clock.replace(tzinfo=None), format, language)


@lru_cache(maxsize=_REMEMBERED)
def _write_clock(clock: dt.time, format: str, language: str) -> str:
    return CLOCKS.write(clock, format, language)
