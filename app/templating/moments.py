"""Reading days and hours as files spell them. Nothing is guessed from the present day: a day without its year, or one
that exists only with day and month swapped, is not read.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from app.templating.calendar_words import month_named, weekday_named

DateOrder = Literal["mdy", "dmy"]
ORDERS: tuple[str, ...] = get_args(DateOrder)

_MONTH_FIRST = frozenset({"AS", "GU", "MH", "MP", "PH", "PR", "US", "VI"})
"""Regions that write the month first in figures, by CLDR."""

LONGEST = 64
"""Characters of a spelling; anything longer is no moment."""

_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_CENTURY_TURNS_AT = 69
"""Years of two digits: 00-68 are 2000s, 69-99 are 1900s, as POSIX reads them."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, an hour, or both, as they were spelled. `clock` is aware if the text gave an offset from UTC."""

    day: dt.date | None
    clock: dt.time | None


def date_order(region: str) -> DateOrder:
    """What comes first where a company of this region (ISO 3166) writes a day in figures, the month or the day."""
    return "mdy" if region in _MONTH_FIRST else "dmy"


def read_moment(text: str, order: str = "mdy") -> Moment | None:
    """What `text` says, or None.

    Days: `2026-03-05`, `20260305`, `3/5/2026`, `03-05-26`, `3.5.2026`, `March 5, 2026`, `5 Mar 2026`, `05MAR2026`,
    `5 de marzo de 2026`, `5 mars 2026`, `2026年3月5日`, each after a weekday or not; a weekday that contradicts the day
    makes it unreadable. `order` says what comes first in figures, the month (`mdy`) or the day (`dmy`).
    Hours: `14:30`, `2:30 PM`, `2pm`, `2:30 p. m.`, `14:30:00`, `1430`, `noon`, with `Z` or `+05:00` or not; alone or
    after the day.
    """
    spelled = unicodedata.normalize("NFC", " ".join(text.split()).lower())
    return _read(spelled, order) if 0 < len(spelled) <= LONGEST else None


def read_date(text: str, order: str = "mdy") -> dt.date | None:
    """The day that `text` says, with or without an hour."""
    moment = read_moment(text, order)
    return moment.day if moment else None


def read_time(text: str) -> dt.time | None:
    """The hour that `text` says, with or without a day. Aware if it says an offset from UTC."""
    for order in ORDERS:
        if moment := read_moment(text, order):
            return moment.clock
    return None


@lru_cache(maxsize=8192)
def _read(spelled: str, order: str) -> Moment | None:
    """`read_moment` of a short text in lower case. A list names the same days again and again."""
    found = _find_day(spelled, order)
    if found is None:
        clock = _read_clock(spelled, alone=True)
        return Moment(None, clock) if clock else None
    day, rest = found
    if not rest:
        return Moment(day, None)
    between = _BETWEEN.match(rest)
    clock = _read_clock(rest[between.end() :], alone=False) if between else None
    return Moment(day, clock) if clock else None


_LED_BY_WEEKDAY = re.compile(r"(?P<weekday>(?:thứ |chủ |יום )?[^\s\d.,،፣]{2,})\.?[,،፣]? ")
_BETWEEN = re.compile(r"(?:,? (?:at|a las|a la|-|@) |, ?| ?@ ?|t(?=\d)| )")
_ORDINAL = r"(?:st|nd|rd|th|º|°|\.)?"
# combining marks are no letters to `re`, and some scripts cannot do without
_NAME = r"(?P<month_name>[^\s\d_.,;:/()+-]{2,})\.?"
_END = r"(?![^\W_t])"

_DAYS = tuple(
    re.compile(pattern + _END)
    for pattern in (
        r"(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        r"(?P<first>\d{1,2})(?P<sep>[-/.])(?P<second>\d{1,2})(?P=sep)(?P<year>\d{4}|\d{2})",
        r"(?:ngày )?(?P<day>\d{1,2}) (?:tháng|thg) (?P<month>\d{1,2})(?:,| năm)? (?P<year>\d{4})",
        rf"(?P<day>\d{{1,2}}){_ORDINAL}(?: de | of |[ -])?{_NAME}(?:,? de |,? del |, ?|[ -])?(?P<year>\d{{4}}|\d{{2}})",
        r"(?P<year>\d{4}) ?[年년] ?(?P<month>\d{1,2}) ?[月월] ?(?P<day>\d{1,2}) ?[日일]",
        rf"{_NAME}[ -](?P<day>\d{{1,2}}){_ORDINAL}(?:, ?|,? de |[ -])(?P<year>\d{{4}})",
    )
)


def _find_day(spelled: str, order: str) -> tuple[dt.date, str] | None:
    """The day at the start of the text, and what follows it."""
    # as it stands first: `mar 5` is a day in March before it is a Tuesday in Spanish
    if match := _match_day(spelled):
        day = _day_of(match.groupdict(), order)
        return (day, spelled[match.end() :]) if day else None
    led = _LED_BY_WEEKDAY.match(spelled)
    weekday = weekday_named(led["weekday"]) if led else None
    if led is None or weekday is None:
        return None
    if match := _match_day(spelled[led.end() :]):
        day = _day_of(match.groupdict(), order)
        if day and day.weekday() == weekday:
            return day, spelled[led.end() + match.end() :]
    return None


def _match_day(spelled: str) -> re.Match[str] | None:
    return next((match for pattern in _DAYS if (match := pattern.match(spelled))), None)


def _day_of(parts: dict[str, str | None], order: str) -> dt.date | None:
    year = int(parts["year"] or "")
    if len(parts["year"] or "") == 2:
        year += 1900 if year >= _CENTURY_TURNS_AT else 2000
    if parts.get("first"):
        month, day = parts["first"], parts["second"]
        if order == "dmy":
            month, day = day, month
    elif name := parts.get("month_name"):
        month, day = str(month_named(name) or ""), parts["day"]
    else:
        month, day = parts["month"], parts["day"]
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return dt.date(year, int(month or ""), int(day or ""))
    except ValueError:  # no such day, or no month of that name
        return None


_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?)?"
    r"(?: ?(?P<half>[ap])(?:\.? ?m\.?)?)?"
    r"(?: ?(?P<utc>z|utc)|(?P<sign>[+-])(?P<offset_hour>\d{2}):?(?P<offset_minute>\d{2}))?"
)
_COMPACT_CLOCK = re.compile(r"(?P<hour>\d{2})(?P<minute>\d{2})")
_NAMED_CLOCKS = {
    "noon": dt.time(12),
    "mediodía": dt.time(12),
    "mediodia": dt.time(12),
    "midnight": dt.time(0),
    "medianoche": dt.time(0),
}


def _read_clock(spelled: str, *, alone: bool) -> dt.time | None:
    if named := _NAMED_CLOCKS.get(spelled):
        return named
    match = _COMPACT_CLOCK.fullmatch(spelled) if alone else None
    match = match or _CLOCK.fullmatch(spelled)
    if match is None:
        return None
    parts = match.groupdict()
    if parts["minute"] is None and parts["half"] is None:
        return None
    hour = _hour_of(int(parts["hour"]), parts.get("half"))
    if hour is None:
        return None
    try:
        return dt.time(hour, int(parts["minute"] or 0), int(parts.get("second") or 0), tzinfo=_offset_of(parts))
    except ValueError:
        return None


def _hour_of(hour: int, half: str | None) -> int | None:
    if half is None:
        return hour
    if 1 <= hour <= 12:
        return hour % 12 + (12 if half == "p" else 0)
    # some systems print 14:30 PM; only the afternoon can be meant
    return hour if half == "p" and hour > 12 else None


def _offset_of(parts: dict[str, str | None]) -> dt.tzinfo | None:
    if parts.get("utc"):
        return dt.UTC
    if not parts.get("sign"):
        return None
    minutes = int(parts["offset_hour"] or "") * 60 + int(parts["offset_minute"] or "")
    return dt.timezone(dt.timedelta(minutes=-minutes if parts["sign"] == "-" else minutes))
