"""When an appointment is: a day and an hour from one cell or two, on the company's clock."""

from datetime import UTC, datetime, time

from app.queueing.wall_clock import first_instant, zone_of
from app.templating.moments import DateOrder, Moment, read_moment

_LAST_MINUTE = time(23, 59)
_MIDNIGHT = time(0)


def read_appointment(date_text: str, time_text: str, zone: str, order: DateOrder) -> datetime | None:
    """The instant of an appointment; None when the texts cannot be read or name no day.

    Either text may hold both the day and the hour. An hour that names its offset from UTC keeps it, any other is read
    in `zone` (IANA name). Without an hour it is the last minute of its day, so that nothing about it comes too late
    before that day is over.
    """
    dated = read_moment(date_text, order) if date_text else None
    timed = read_moment(time_text, order) if time_text else None
    if (date_text and dated is None) or (time_text and timed is None):
        return None
    day = (dated and dated.day) or (timed and timed.day)
    if not day:
        return None
    clock = (timed and timed.clock) or _hour_of(dated) or _LAST_MINUTE
    shown = datetime.combine(day, clock)
    return shown.astimezone(UTC) if shown.tzinfo else first_instant(shown, zone_of(zone))


def _hour_of(dated: Moment | None) -> time | None:
    # a spreadsheet writes a day without an hour as midnight
    if dated is None or dated.clock is None or dated.clock.replace(tzinfo=None) == _MIDNIGHT:
        return None
    return dated.clock
