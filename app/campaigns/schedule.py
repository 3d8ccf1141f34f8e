"""When a campaign fires next."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import cast

from dateutil.rrule import rrule, rrulestr

from app.campaigns.definition import Once, OnDemand, Recurring, Schedule
from app.queueing.wall_clock import first_instant, zone_of

_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY")
_SHAPE = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST")
_CHOICES = ("BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE", "BYSETPOS")
_POSITIVE = re.compile(r"0*[1-9][0-9]{0,3}")


class RuleInvalidError(ValueError):
    """A recurrence that cannot be read, or that comes round more than once an hour."""


def next_fire(schedule: Schedule, zone: str, after: datetime) -> datetime | None:
    """The first instant after `after` at which `schedule` fires; None if there is none.

    A recurring schedule is read on the clock of `zone` (IANA name, the company's): 10:00 stays 10:00 when clocks
    change, an hour that is left out fires at the change, one that is repeated fires once. Raises `RuleInvalidError`.
    """
    match schedule:
        case OnDemand():
            return None
        case Once(at=at):
            return at.astimezone(UTC) if at > after else None
        case Recurring():
            return next((fires for fires in _instants(schedule, zone, after) if fires > after), None)


def _instants(schedule: Recurring, zone: str, after: datetime) -> Iterator[datetime]:
    clock = zone_of(zone)
    shown = after.astimezone(clock).replace(tzinfo=None)
    # a day early: the clock may have been put back since
    for local in parse_rule(schedule).xafter(shown - timedelta(days=1), inc=True):
        yield first_instant(local, clock)


def parse_rule(schedule: Recurring) -> rrule:
    """The recurrence as dateutil reads it, in naive local time. Raises `RuleInvalidError`."""
    text = schedule.rrule.strip().upper().removeprefix("RRULE:")
    if len(text.split()) != 1:
        raise RuleInvalidError("it is one line without spaces")
    parts = dict(part.partition("=")[::2] for part in text.split(";"))
    if parts.get("FREQ") not in _FREQUENCIES:
        raise RuleInvalidError(f"FREQ must be one of {', '.join(_FREQUENCIES)}")
    if unknown := parts.keys() - {*_SHAPE, *_CHOICES}:
        raise RuleInvalidError(f"{min(unknown)} cannot be used")
    # dateutil would walk hour by hour to the end of time for a day that never comes
    if parts["FREQ"] == "HOURLY" and (odd := parts.keys() & {*_CHOICES} - {"BYDAY", "BYHOUR", "BYMINUTE"}):
        raise RuleInvalidError(f"{min(odd)} does not go with HOURLY")
    if "," in parts.get("BYMINUTE", ""):
        raise RuleInvalidError("BYMINUTE takes one minute")
    # dateutil would look for the next one for ever
    if not _POSITIVE.fullmatch(parts.get("INTERVAL", "1")):
        raise RuleInvalidError("INTERVAL must be a number from 1")
    if parts.get("UNTIL", "").endswith("Z"):
        raise RuleInvalidError("UNTIL is local time, without Z")
    try:
        rule = rrulestr(text, dtstart=schedule.starts_at)
    except (ValueError, OverflowError) as problem:
        raise RuleInvalidError(str(problem)) from problem
    return cast(rrule, rule)
