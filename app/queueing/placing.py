"""When a message goes out, and whether it still comes in time."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from app.campaigns.definition import ContactWindow
from app.queueing.errors import StoppedError, WindowError
from app.queueing.record import CompanyFacts
from app.queueing.wall_clock import zone_of
from app.queueing.window import Opening, next_opening, quiet_hours_bind

_SPOKEN = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Place:
    """An opening, and the recipient's local day on which it begins."""

    opening: Opening
    day: date


class Placer:
    """A campaign's contact window for the recipients of one company."""

    def __init__(self, window: ContactWindow, company: CompanyFacts) -> None:
        self._window = window
        self._company = company
        # the records of a batch share their instant and a handful of zones
        self._next = lru_cache(maxsize=1024)(self._found)

    def place(
        self, zone: str, address: str, appointment_at: datetime | None, now: datetime, start_at: datetime
    ) -> Place:
        """Where a message for `address` in `zone` goes, not before `start_at`. Raises `StoppedError`."""
        if appointment_at is not None and appointment_at <= now:
            raise StoppedError(WindowError.APPOINTMENT_PASSED, appointment=self._spoken(appointment_at))
        place = self._next(zone, quiet_hours_bind(address), start_at)
        if place is None:
            raise StoppedError(WindowError.NEVER_OPEN)
        opens = place.opening.not_before
        if appointment_at is not None and appointment_at <= opens:
            raise StoppedError(
                WindowError.TOO_LATE, opens=self._spoken(opens), appointment=self._spoken(appointment_at)
            )
        return place

    def _found(self, zone: str, quiet_hours: bool, instant: datetime) -> Place | None:
        opening = next_opening(
            self._window,
            zone,
            instant,
            self._company.sandbox,
            company_zone=self._company.time_zone,
            quiet_hours=quiet_hours,
        )
        if opening is None:
            return None
        return Place(opening, opening.not_before.astimezone(zone_of(zone)).date())

    def _spoken(self, instant: datetime) -> str:
        return instant.astimezone(zone_of(self._company.time_zone)).strftime(_SPOKEN)
