"""The time zone that a person is in: what the record says, else the ZIP code's, else the number's area's."""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from zoneinfo import available_timezones

from app.queueing.phone import zones_of_number
from app.queueing.zip_zones import zone_of_zip

# Before the IANA names, because `EST` and `MST` are fixed offsets there and not what a list means by them.
_SPOKEN = {
    "eastern": "America/New_York",
    "et": "America/New_York",
    "est": "America/New_York",
    "edt": "America/New_York",
    "central": "America/Chicago",
    "ct": "America/Chicago",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "mountain": "America/Denver",
    "mt": "America/Denver",
    "mst": "America/Denver",
    "mdt": "America/Denver",
    "arizona": "America/Phoenix",
    "pacific": "America/Los_Angeles",
    "pt": "America/Los_Angeles",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "alaska": "America/Anchorage",
    "alaskan": "America/Anchorage",
    "akst": "America/Anchorage",
    "akdt": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
    "hawaiian": "Pacific/Honolulu",
    "hst": "Pacific/Honolulu",
    "atlantic": "America/Halifax",
    "ast": "America/Puerto_Rico",
    "utc": "UTC",
    "gmt": "UTC",
}
_FILLING = re.compile(r"\(.*?\)|\b(?:standard|daylight|time|us)\b")


@lru_cache(maxsize=1024)
def zone_named(written: str) -> str | None:
    """The IANA zone that a record names: `America/Denver`, `Mountain`, `MST`, `Mountain Standard Time`."""
    name = written.strip().casefold()
    spoken = " ".join(_FILLING.sub(" ", name).strip(" /").split())
    return _SPOKEN.get(spoken) or _iana_names().get(name.replace(" ", "_"))


def likely_zone(zip_code: str, read_phone: Callable[[], str | None], company_zone: str) -> str:
    """The zone of a person whose record names none.

    `read_phone` gives the number in E.164 form; it is asked only where the ZIP code does not tell. Of several zones
    that the number's area lies in, the company's own is taken if it is among them, else the first.
    """
    if zip_code and (zone := zone_of_zip(zip_code)):
        return zone
    phone = read_phone()
    zones = zones_of_number(phone) if phone else ()
    if not zones or company_zone in zones:
        return company_zone
    return zones[0]


@cache
def _iana_names() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}
