"""Guessing what the columns of a file mean, by their names and by what is in them."""

import re
from collections.abc import Callable, Sequence

from app.campaigns.definition import Role
from app.queueing.email import normalised_email
from app.queueing.phone import normalised_phone
from app.queueing.recipient_zone import zone_named
from app.templating.moments import read_moment

_VISIT = "(appt|appointment|visit|service|exam|booking|start)"
_NAMES: dict[Role, str] = {
    Role.PERSON: (
        r"(patient|customer|client|member|guest|student|person|contact)( full)?( name)?|(full )?name|first name"
    ),
    Role.PHONE: (r"(.* )?(cell|mobile|cellphone|sms)( .*)?|(.* )?(phone|telephone|tel)( number| no| \d+)?"),
    Role.EMAIL: r"(.* )?e ?mail( address)?( \d+)?",
    Role.DOCTOR: r"(.* )?(provider|doctor|dr|physician|dentist|practitioner|clinician|therapist)( name)?",
    Role.APPOINTMENT_DATE: rf"({_VISIT} )?date(( and)? time)?|date of .*|{_VISIT}",
    Role.APPOINTMENT_TIME: rf"({_VISIT} )?time",
    Role.LOCATION: r"(.* )?(location|clinic|office|site|facility|branch)( name)?",
    Role.TIME_ZONE: r"(.* )?(time ?zone|tz)",
    Role.ZIP: r"(.* )?(zip|zip code|zipcode|postal code|postcode)",
    Role.LANGUAGE: r"(.* )?(language|lang)",
}
_SOMEBODY_ELSES = re.compile(r"\b(fax|emergency|office|clinic|provider|doctor|pharmacy|insurance|billing|birth|dob)\b")
"""Words that say a number, an address or a day is not the one that a message is about."""

_PERSONAL = {Role.PHONE, Role.EMAIL, Role.APPOINTMENT_DATE, Role.APPOINTMENT_TIME}
_SEVERAL = {Role.PHONE, Role.EMAIL}
_MOBILE = re.compile(r"\b(cell|mobile|cellphone|sms)\b")

_MOSTLY = 0.6
_HARDLY = 0.2


def suggest_roles(
    fields: Sequence[str], sample_rows: Sequence[Sequence[str]], region: str
) -> dict[Role, tuple[str, ...]]:
    """The columns, by their stable names, that seem to play each role; several only for phones and e-mails.

    A name is believed unless what is in the column contradicts it. Where no name tells, a column that mostly holds
    phone numbers, addresses or days is taken for what it holds.
    """
    readable = _readers(region)
    shares = {
        field: _shares([row[place] for row in sample_rows if place < len(row)], readable)
        for place, field in enumerate(fields)
    }
    found: dict[Role, tuple[str, ...]] = {}
    for role in Role:
        columns = _by_name(role, fields, shares) or _by_content(role, fields, shares)
        taken = {column for others in found.values() for column in others}
        if free := [column for column in columns if column not in taken]:
            found[role] = tuple(free if role in _SEVERAL else free[:1])
    return found


def _by_name(role: Role, fields: Sequence[str], shares: dict[str, dict[Role, float | None]]) -> list[str]:
    pattern = re.compile(_NAMES[role])
    named = [field for field in fields if pattern.fullmatch(_spoken(field))]
    if role in _PERSONAL:
        named = [field for field in named if not _SOMEBODY_ELSES.search(_spoken(field))]
    believed = [field for field in named if _share(shares, field, role) > _HARDLY]
    if role is Role.PHONE:
        believed.sort(key=lambda field: not _MOBILE.search(_spoken(field)))
    return believed


def _by_content(role: Role, fields: Sequence[str], shares: dict[str, dict[Role, float | None]]) -> list[str]:
    if role not in _PERSONAL or role is Role.APPOINTMENT_TIME:
        return []
    return [
        field
        for field in fields
        if (shares[field].get(role) or 0) > _MOSTLY and not _SOMEBODY_ELSES.search(_spoken(field))
    ]


def _spoken(field: str) -> str:
    return field.replace("_", " ")


def _share(shares: dict[str, dict[Role, float | None]], field: str, role: Role) -> float:
    share = shares[field].get(role)
    return 1.0 if share is None else share


def _shares(values: Sequence[str], readable: dict[Role, Callable[[str], object]]) -> dict[Role, float | None]:
    """Which part of a column's filled cells can be read as each kind; None where all are blank."""
    filled = [value.strip() for value in values if value.strip()]
    if not filled:
        return dict.fromkeys(readable)
    return {role: sum(bool(read(value)) for value in filled) / len(filled) for role, read in readable.items()}


def _readers(region: str) -> dict[Role, Callable[[str], object]]:
    def day(value: str) -> object:
        moment = read_moment(value, "mdy") or read_moment(value, "dmy")
        return moment and moment.day

    def hour(value: str) -> object:
        moment = read_moment(value)
        return moment and moment.clock

    return {
        Role.PHONE: lambda value: normalised_phone(value, region),
        Role.EMAIL: normalised_email,
        Role.APPOINTMENT_DATE: day,
        Role.APPOINTMENT_TIME: hour,
        Role.TIME_ZONE: zone_named,
    }
