"""From what a clock on a wall shows to instants, on the days when clocks are put forward or back."""

from bisect import bisect_left
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises `ZoneInfoNotFoundError` or ValueError for anything else."""
    return ZoneInfo(name)


@lru_cache(maxsize=4096)  # a list has many rows, but few days and few hours of the day
def first_instant(shown: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which the clock shows `shown` (naive), or has just passed over it.

    In the hour that a clock repeats this is the first of the two; in the hour that it leaves out, the instant of the
    change.
    """
    early = shown.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _shows(early, zone) == shown:
        return early
    # the clock never shows it: fold 1 reads the offset after the change, which gives an instant before the change
    return _change_between(shown.replace(tzinfo=zone, fold=1).astimezone(UTC), early, shown, zone)


def last_instant(shown: datetime, zone: ZoneInfo) -> datetime:
    """As `first_instant`, but the second of the two instants in the hour that a clock repeats."""
    late = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return late if _shows(late, zone) == shown else first_instant(shown, zone)


def _shows(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def _change_between(before: datetime, after: datetime, shown: datetime, zone: ZoneInfo) -> datetime:
    seconds = range(int(before.timestamp()), int(after.timestamp()) + 1)
    changed = bisect_left(seconds, True, key=lambda second: _shows(datetime.fromtimestamp(second, UTC), zone) >= shown)
    return datetime.fromtimestamp(seconds[changed], UTC)
