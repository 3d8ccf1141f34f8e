"""Writing days and hours: formats by name, or by a small, locale-free part of strftime's directives."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from app.templating.languages import HALF_DAYS, MONTHS, WEEKDAYS, Language

T = TypeVar("T", dt.date, dt.time)

_DIRECTIVE = re.compile(r"%(-?[a-zA-Z]|%)")


@dataclass(frozen=True)
class Formats(Generic[T]):
    """The ways to write one kind of value."""

    named: Mapping[str, Mapping[Language, str]]
    directives: Mapping[str, Callable[[T, Language], str]]

    def accept(self, format: str) -> bool:
        """Whether `format` is a name, or a text with at least one directive and no unknown one: `%a %-m/%-d`."""
        used = _DIRECTIVE.findall(format)
        return format in self.named or (bool(used) and self.directives.keys() >= set(used))

    def write(self, value: T, format: str, language: Language) -> str:
        """`value` in a format that is accepted."""
        if named := self.named.get(format):
            format = named[language]
        return "".join(
            self.directives[piece](value, language) if place % 2 else piece
            for place, piece in enumerate(_pieces(format))
        )


@lru_cache(maxsize=256)
def _pieces(format: str) -> tuple[str, ...]:
    """Plain texts and directives in turn."""
    return tuple(_DIRECTIVE.split(format))


DAYS: Formats[dt.date] = Formats(
    named={
        "short": {Language.EN: "%-m/%-d/%Y", Language.ES: "%-d/%-m/%Y"},
        "medium": {Language.EN: "%b %-d, %Y", Language.ES: "%-d %b %Y"},
        "long": {Language.EN: "%B %-d, %Y", Language.ES: "%-d de %B de %Y"},
        "full": {Language.EN: "%A, %B %-d, %Y", Language.ES: "%A, %-d de %B de %Y"},
        "day": {Language.EN: "%A, %B %-d", Language.ES: "%A, %-d de %B"},
        "weekday": {Language.EN: "%A", Language.ES: "%A"},
        "iso": {Language.EN: "%Y-%m-%d", Language.ES: "%Y-%m-%d"},
    },
    directives={
        "%": lambda day, language: "%",
        "Y": lambda day, language: f"{day.year:04}",
        "y": lambda day, language: f"{day.year % 100:02}",
        "m": lambda day, language: f"{day.month:02}",
        "-m": lambda day, language: f"{day.month}",
        "d": lambda day, language: f"{day.day:02}",
        "-d": lambda day, language: f"{day.day}",
        "B": lambda day, language: MONTHS[language][day.month - 1],
        "b": lambda day, language: MONTHS[language][day.month - 1][:3],
        "A": lambda day, language: WEEKDAYS[language][day.weekday()],
        "a": lambda day, language: WEEKDAYS[language][day.weekday()][:3],
    },
)

CLOCKS: Formats[dt.time] = Formats(
    named={
        "short": {Language.EN: "%-I:%M %p", Language.ES: "%-I:%M %p"},
        "24h": {Language.EN: "%H:%M", Language.ES: "%H:%M"},
    },
    directives={
        "%": lambda clock, language: "%",
        "H": lambda clock, language: f"{clock.hour:02}",
        "-H": lambda clock, language: f"{clock.hour}",
        "I": lambda clock, language: f"{clock.hour % 12 or 12:02}",
        "-I": lambda clock, language: f"{clock.hour % 12 or 12}",
        "M": lambda clock, language: f"{clock.minute:02}",
        "S": lambda clock, language: f"{clock.second:02}",
        "p": lambda clock, language: HALF_DAYS[language][clock.hour >= 12],
    },
)
