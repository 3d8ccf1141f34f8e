"""When a person may be contacted: the campaign's contact window, inside the quiet hours of where the person is.

United States rules (47 CFR 64.1200(c)(1)) allow calls and texts from 08:00 to 21:00 on the recipient's own clock. A
company can narrow that, never widen it; only a sandbox company may lift it, for trying things out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.campaigns.definition import Clock, ContactWindow
from app.queueing.wall_clock import first_instant, last_instant, zone_of

QUIET_UNTIL = time(8)
QUIET_FROM = time(21)

_EVERY_DAY = frozenset(range(1, 8))
_DAYS_AHEAD = 15
"""A window of one weekday is a week away at most; a change of clocks can close that one, so look at the next too."""

_Hours = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Opening:
    """A stretch of time in which a message may go out: from `not_before` to just before `closes_at`."""

    not_before: datetime
    closes_at: datetime | None
    """None: it does not close."""


def quiet_hours_bind(address: str) -> bool:
    """True for the addresses that quiet hours protect: phone numbers of the North American plan (E.164).

    Their area codes do not say with certainty which country they are in, and waiting until eight harms nobody.
    """
    return address.startswith("+1")


def next_opening(
    window: ContactWindow,
    zone: str,
    instant: datetime,
    sandbox: bool,
    *,
    company_zone: str | None = None,
    quiet_hours: bool = True,
) -> Opening | None:
    """The stretch that `instant` lies in, else the next one; None when the hours never meet.

    `zone` is the recipient's (IANA name). The window is read on the recipient's clock or, if it says so, on
    `company_zone`'s; quiet hours always on the recipient's.
    """
    if sandbox and window.lift_quiet_hours:
        return Opening(instant, None)
    recipient = zone_of(zone)
    clock = zone_of(company_zone) if company_zone and window.clock is Clock.COMPANY else recipient
    today = instant.astimezone(clock).date()
    for day in _days(today - timedelta(days=1), _DAYS_AHEAD + 1):
        for opens, closes in _open_on(day, window, clock, recipient if quiet_hours else None):
            if instant < closes:
                return Opening(max(opens, instant), closes)
    return None


def _days(first: date, count: int) -> Iterator[date]:
    return (first + timedelta(days=ahead) for ahead in range(count))


def _open_on(day: date, window: ContactWindow, clock: ZoneInfo, quiet: ZoneInfo | None) -> Iterator[_Hours]:
    hours = _between(day, window.weekdays, window.opens, window.closes, clock)
    if hours is None:
        return
    if quiet is None:
        yield hours
        return
    # on the recipient's calendar the company's day may touch the day before or the day after
    for their_day in _days(day - timedelta(days=1), 3):
        allowed = _between(their_day, _EVERY_DAY, QUIET_UNTIL, QUIET_FROM, quiet)
        if allowed and (both := _overlap(hours, allowed)):
            yield both


def _between(day: date, weekdays: frozenset[int], opens: time, closes: time, clock: ZoneInfo) -> _Hours | None:
    if day.isoweekday() not in weekdays:
        return None
    # in an hour that the clock repeats, open at its second showing and close at its first: never outside
    starts = last_instant(datetime.combine(day, opens), clock)
    ends = first_instant(datetime.combine(day, closes), clock)
    return (starts, ends) if starts < ends else None


def _overlap(one: _Hours, other: _Hours) -> _Hours | None:
    starts, ends = max(one[0], other[0]), min(one[1], other[1])
    return (starts, ends) if starts < ends else None
