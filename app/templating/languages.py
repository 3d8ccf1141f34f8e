"""The languages that functions speak, and their names for days and months. Independent of the process locale."""

from enum import StrEnum

from app.templating.language_names import language_tag


class Language(StrEnum):
    """A language that dates and times can be written in."""

    EN = "en"
    ES = "es"


_SPOKEN = frozenset(Language)

MONTHS: dict[Language, tuple[str, ...]] = {
    Language.EN: (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    Language.ES: (
        "enero", "febrero", "marzo", "abril", "mayo", "junio",
        "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
    ),
}  # fmt: skip

WEEKDAYS: dict[Language, tuple[str, ...]] = {
    Language.EN: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    Language.ES: ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}

HALF_DAYS = {Language.EN: ("AM", "PM"), Language.ES: ("a.m.", "p.m.")}


def known_language(text: str) -> Language | None:
    """The language that `text` names, a code or a name; None if functions do not speak it."""
    tag = language_tag(text)
    return Language(tag) if tag in _SPOKEN else None


def language_of(text: str) -> Language:
    """As `known_language`, but English for a language that functions do not speak."""
    return known_language(text) or Language.EN
