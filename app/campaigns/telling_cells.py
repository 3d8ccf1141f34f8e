"""What a single cell tells about the column that it stands in."""

import re
from collections.abc import Callable

from app.campaigns.definition import EARLIEST, Role
from app.queueing.email import normalised_email
from app.queueing.phone import normalised_phone
from app.queueing.recipient_zone import zone_named
from app.templating.language_names import language_tag
from app.templating.moments import ORDERS, read_moment, read_time

Reads = Callable[[str], object]
"""Truthy for a cell that can be what a role asks for."""

_ZIP = re.compile(r"\d{3,5}(?:-?\d{4})?", re.ASCII)
"""Spreadsheets take away the zeros at the start."""
_SURNAME_FIRST = re.compile(r"[^\W\d_][^\d_,;@/]*, ?[^\W\d_][^\W\d_][^\W\d_][^\d_,;@/]*")
"""`EXAMPLE, ANN`, and not `Boston, MA`."""
_DOCTOR = re.compile(r"(?:dr|doctor)\.? .+|.+,? (?:m\.?d|d\.?o|dds|dmd|np|pa-c|fnp)\.?", re.IGNORECASE)


def readable(region: str) -> dict[Role, Reads]:
    """What cells of a role's column can be read as, at the least; a column without such cells is none of its."""

    def day(cell: str) -> object:
        found = [moment.day for order in ORDERS if (moment := read_moment(cell, order)) and moment.day]
        # nobody is reminded of a day long gone: it is one of birth
        return any(day.year >= EARLIEST for day in found)

    found: dict[Role, Reads] = {
        Role.PERSON: _is_in_letters,
        Role.PHONE: lambda cell: normalised_phone(cell, region),
        Role.EMAIL: normalised_email,
        Role.DOCTOR: _is_in_letters,
        Role.APPOINTMENT_DATE: day,
        Role.APPOINTMENT_TIME: holds_hour,
        Role.TIME_ZONE: zone_named,
        Role.LANGUAGE: language_tag,
    }
    return found | ({Role.ZIP: _ZIP.fullmatch} if region == "US" else {})


def certain(region: str) -> dict[Role, Reads]:
    """What cells leave no doubt about, whatever their column is called.

    Short codes do: PA is a language, a state and a title. So do five digits, which may be anybody's number.
    """
    fitting = readable(region)
    return {
        Role.PHONE: fitting[Role.PHONE],
        Role.EMAIL: fitting[Role.EMAIL],
        Role.DOCTOR: _DOCTOR.fullmatch,
        Role.PERSON: _SURNAME_FIRST.fullmatch,
        Role.APPOINTMENT_DATE: fitting[Role.APPOINTMENT_DATE],
        Role.APPOINTMENT_TIME: _is_only_an_hour,
        Role.TIME_ZONE: lambda cell: len(cell) > 2 and zone_named(cell),
        Role.LANGUAGE: lambda cell: len(cell) > 2 and language_tag(cell),
    }


def holds_hour(cell: str) -> bool:
    """Whether an hour of the day stands in a cell, with or without a day."""
    return read_time(cell) is not None


def _is_only_an_hour(cell: str) -> bool:
    moment = read_moment(cell)
    return moment is not None and moment.day is None and not cell.isdecimal()


def _is_in_letters(cell: str) -> bool:
    return "@" not in cell and sum(map(str.isalpha, cell)) > sum(map(str.isdecimal, cell))
