"""Functions of days and hours."""

import datetime as dt
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from app.templating.dateformats import CLOCKS, DAYS, write_clock, write_day
from app.templating.errors import RenderFailed, TemplatingError
from app.templating.functions.registry import Accepts, message_function, one_of
from app.templating.languages import SPOKEN, known_language, language_of
from app.templating.moments import ORDERS, Moment, read_moment


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


DayFormat = Annotated[str, Accepts(DAYS.accept, tuple(DAYS.named))]
ClockFormat = Annotated[str, Accepts(CLOCKS.accept, tuple(CLOCKS.named))]
SpokenLanguage = Annotated[str, Accepts(known_language, SPOKEN, only_when_written=True, told="language")]
Order = Annotated[str, one_of(*ORDERS, told="order")]
Zone = Annotated[str, Accepts(lambda name: not name or name in _zones())]


@message_function
def date(
    text: str, format: DayFormat = "medium", language: SpokenLanguage = "en", order: Order = "mdy", zone: Zone = ""
) -> str:
    """Writes a day, with or without an hour in the cell, in another format.

    `format` is `short`, `medium`, `long`, `full`, `day` (`full` without the year), `weekday`, `iso`, or a pattern of
    `%Y %y %m %-m %d %-d %B %b %A %a %%`. `language` is a code or a name, such as `es` or `Vietnamese`; without it, the
    day is written in the language of the text that it stands in. Each language has its own `short` to `weekday`.
    `order` says which comes first in figures such as 3/5/2026, the month (`mdy`) or the day (`dmy`); without it, they
    are read as your country writes them. A cell with an offset from UTC is moved to `zone`, such as `America/New_York`.

    Examples:
        {{ "3/5/2026" | date }} => Mar 5, 2026
        {{ "2026-03-05" | date: "short" }} => 3/5/2026
        {{ "3/5/2026 2:30 PM" | date: "long" }} => March 5, 2026
        {{ "05MAR2026" | date: "full" }} => Thursday, March 5, 2026
        {{ "3/5/2026" | date: "day", "es" }} => jueves, 5 de marzo
        {{ "3/5/2026" | date: "long", "vi" }} => 5 tháng 3, 2026
        {{ "5 mars 2026" | date: "day", "zh" }} => 3月5日星期四
        {{ "3/5/2026" | date: "%a %-m/%-d" }} => Thu 3/5
        {{ "5.3.2026" | date: "iso", order: "dmy" }} => 2026-03-05
        {{ "2026-03-05T02:30:00Z" | date: "iso", zone: "America/New_York" }} => 2026-03-04
        {{ "next week" | date }} => [date_unreadable]
    """
    if not text.strip():
        return ""
    day = _moment(text, order, zone).day
    if day is None:
        raise RenderFailed(TemplatingError.DATE_UNREADABLE)
    return write_day(day, format, language_of(language))


@message_function
def weekday(text: str, language: SpokenLanguage = "en", order: Order = "mdy", zone: Zone = "") -> str:
    """The day of the week of a day.

    `language`, `order` and `zone` are as for `date`.

    Examples:
        {{ "3/5/2026" | weekday }} => Thursday
        {{ "2026-03-05 14:30" | weekday: "es" }} => jueves
        {{ "3/5/2026" | weekday: "fr" }} => jeudi
    """
    return date(text, "weekday", language, order, zone)


@message_function
def time(
    text: str, format: ClockFormat = "short", language: SpokenLanguage = "en", order: Order = "mdy", zone: Zone = ""
) -> str:
    """Writes an hour, with or without a day in the cell, in another format.

    `format` is `short`, `24h`, or a pattern of `%H %-H %I %-I %M %S %p %%`. `language`, `order` and `zone` are as for
    `date`.

    Examples:
        {{ "14:30" | time }} => 2:30 PM
        {{ "3/5/2026 2:30pm" | time: "24h" }} => 14:30
        {{ "0930" | time: "short", "es" }} => 9:30 a.m.
        {{ "2:30 PM" | time: "short", "fr" }} => 14:30
        {{ "2:00 PM" | time: "%-I %p" }} => 2 PM
        {{ "2026-03-05T14:30:00Z" | time: zone: "America/New_York" }} => 9:30 AM
        {{ "in the morning" | time }} => [time_unreadable]
    """
    if not text.strip():
        return ""
    clock = _moment(text, order, zone).clock
    if clock is None:
        raise RenderFailed(TemplatingError.TIME_UNREADABLE)
    return write_clock(clock, format, language_of(language))


def _moment(text: str, order: str, zone: str) -> Moment:
    moment = read_moment(text, order) or Moment(None, None)
    if not zone or moment.day is None or moment.clock is None or moment.clock.tzinfo is None:
        return moment
    there = dt.datetime.combine(moment.day, moment.clock).astimezone(ZoneInfo(zone))
    return Moment(there.date(), there.time())
