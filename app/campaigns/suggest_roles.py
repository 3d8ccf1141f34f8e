"""Guessing what the columns of a file mean, by their names and by what is in them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.campaigns.definition import Role
from app.campaigns.header_words import header_words
from app.campaigns.telling_cells import Reads, certain, holds_hour, readable

_SOMEBODY = "(patient|customer|client|member|guest|student|person|contact)"
_VISIT = (
    "(appointment|visit|service|exam|booking|start|scheduled|procedure|surgery|session|consultation|reservation|slot)"
)
_NAMES: dict[Role, str] = {
    Role.PERSON: rf"{_SOMEBODY}( full)?( name)?|(full )?name|({_SOMEBODY} )?(first|given)( name)?|fname",
    Role.PHONE: r"(.* )?(cell|mobile|sms)( .*)?|(.* )?phone( number)?( \d+)?|contact number",
    Role.EMAIL: r"(.* )?email( address)?( \d+)?",
    Role.DOCTOR: r"(.* )?(provider|doctor|dr|physician|dentist|practitioner|clinician|therapist)( name)?",
    Role.APPOINTMENT_DATE: rf"({_VISIT} )?(date|datetime)|{_VISIT}",
    Role.APPOINTMENT_TIME: rf"({_VISIT} )?time",
    Role.LOCATION: r"(.* )?(location|clinic|office|site|facility|branch|department)( name)?",
    Role.TIME_ZONE: r"(.* )?(timezone|tz)",
    Role.ZIP: r"(.* )?(zip|zip code|postal code|postcode)",
    Role.LANGUAGE: r"(.* )?language",
}
"""What columns are called, by `header_words`."""
_LAST_NAME = rf"({_SOMEBODY} )?(last|family)( name)?|({_SOMEBODY} )?surname|lname"
_FIRST_NAME = rf"({_SOMEBODY} )?(first|given)( name)?|fname"
_NOMBRE = re.compile(r"nombre\b")
"""A whole name, or the given names where there are surnames beside it."""
_SOMEBODY_ELSES = re.compile(
    r"\b(fax|emergency|office|clinic|provider|doctor|pharmacy|insurance|billing|birth|referring|ordering|created)\b"
)
"""Words that say a number, an address or a day is not the one that a message is about."""
_NOT_THE_VISITS = re.compile(r"\b(referring|ordering|supervising|primary|pcp)\b")
"""Words that say a doctor is not the one whom somebody comes to see."""

_PERSONAL = {Role.PHONE, Role.EMAIL, Role.APPOINTMENT_DATE, Role.APPOINTMENT_TIME}
_SEVERAL = {Role.PHONE, Role.EMAIL}
_MOBILE = re.compile(r"\b(cell|mobile|sms)\b")

_MOSTLY = 0.6
_HARDLY = 0.2


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its stable name, and the filled cells of a sample."""

    field: str
    cells: tuple[str, ...]

    @property
    def spoken(self) -> str:
        """Its name as words."""
        return header_words(self.field)

    def share(self, reads: Reads) -> float | None:
        """Which part of the cells can be read; None where all are blank."""
        return sum(bool(reads(cell)) for cell in self.cells) / len(self.cells) if self.cells else None


def suggest_roles(
    fields: Sequence[str], sample_rows: Sequence[Sequence[str]], region: str
) -> dict[Role, tuple[str, ...]]:
    """The columns, by their stable names, that seem to play each role; several only for phones and e-mails.

    A name is believed unless what is in the column contradicts it. Where no name tells, a column is taken for what its
    cells leave no doubt about, such as numbers, days, names with the surname first, or languages.
    """
    columns = [
        _Column(field, tuple(cell for row in sample_rows if place < len(row) and (cell := row[place].strip())))
        for place, field in enumerate(fields)
    ]
    fitting = readable(region)
    found: dict[Role, tuple[str, ...]] = {}
    for role in Role:
        _take(role, _by_name(role, columns, fitting.get(role)), found)
    for role, reads in certain(region).items():
        if role not in found and not (role is Role.APPOINTMENT_TIME and _tells_hours(found, columns)):
            _take(role, _by_content(role, columns, reads), found)
    return found


def names_role(field: str, role: Role) -> bool:
    """Whether a column's stable name alone tells that it plays a role."""
    return bool(re.fullmatch(_NAMES[role], header_words(field)))


def names_people(field: str) -> bool:
    """Whether a column's stable name tells that names of people, or parts of them, stand in it."""
    return (
        names_role(field, Role.PERSON)
        or names_role(field, Role.DOCTOR)
        or bool(re.fullmatch(_LAST_NAME, header_words(field)) or _NOMBRE.match(field))
    )


def last_name_beside(first: str, fields: Sequence[str]) -> str | None:
    """The column with the surnames, where `first` is one of given names alone."""
    if not (re.fullmatch(_FIRST_NAME, header_words(first)) or _NOMBRE.match(first)):
        return None
    return next((field for field in fields if re.fullmatch(_LAST_NAME, header_words(field))), None)


def _take(role: Role, columns: Sequence[_Column], found: dict[Role, tuple[str, ...]]) -> None:
    taken = {field for fields in found.values() for field in fields}
    free = [column.field for column in columns if column.field not in taken]
    if free:
        found[role] = tuple(free if role in _SEVERAL else free[:1])


def _by_name(role: Role, columns: Sequence[_Column], reads: Reads | None) -> list[_Column]:
    pattern = re.compile(_NAMES[role])
    named = [column for column in columns if pattern.fullmatch(column.spoken)]
    if role in _PERSONAL:
        named = [column for column in named if not _SOMEBODY_ELSES.search(column.spoken)]
    if role is Role.DOCTOR:
        named.sort(key=lambda column: bool(_NOT_THE_VISITS.search(column.spoken)))
    if reads:
        named = [column for column in named if (share := column.share(reads)) is None or share > _HARDLY]
    if role is Role.PHONE:
        named.sort(key=lambda column: not _MOBILE.search(column.spoken))
    return named


def _by_content(role: Role, columns: Sequence[_Column], reads: Reads) -> list[_Column]:
    mostly = [column for column in columns if (column.share(reads) or 0) > _MOSTLY]
    if role in _PERSONAL:
        return [column for column in mostly if not _SOMEBODY_ELSES.search(column.spoken)]
    return mostly


def _tells_hours(found: Mapping[Role, tuple[str, ...]], columns: Sequence[_Column]) -> bool:
    """Whether the appointment's hour is told beside its day, or there is no day that it could belong to."""
    days = found.get(Role.APPOINTMENT_DATE)
    return not days or any(holds_hour(cell) for column in columns if column.field == days[0] for cell in column.cells)
