"""Phone numbers: from however they are written to E.164, and to the time zone of their area."""

from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

from app.queueing.plain_numbers import plain_number, plain_zones

_REPEATS = 256
"""The methods of a campaign ask for the same odd spelling, and so do the rows of a family: remember this many. Few,
because a cell can be long."""


def normalised_phone(written: str, region: str) -> str | None:
    """The number in E.164 form, or None if it is not a valid one.

    `region` (ISO 3166, `US`) is the country of numbers written without a country code.
    """
    return plain_number(written, region) or _parsed(written, region)


def zones_of_number(e164: str) -> tuple[str, ...]:
    """The IANA zones that the number's area lies in; empty when that is not known.

    A number that can be anywhere, such as a toll-free one, has every zone of its country.
    """
    zones = plain_zones(e164) or _looked_up(e164)
    return tuple(zone for zone in zones if zone != UNKNOWN_TIMEZONE)


@lru_cache(maxsize=_REPEATS)
def _parsed(written: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(written, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@lru_cache(maxsize=_REPEATS)
def _looked_up(e164: str) -> tuple[str, ...]:
    return time_zones_for_number(phonenumbers.parse(e164))
