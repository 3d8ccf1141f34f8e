"""The languages that functions speak, and their names for days and months. Independent of the process locale."""

from enum import StrEnum


class Language(StrEnum):
    """A language that dates and times can be written in."""

    EN = "en"
    ES = "es"


SPELLINGS = {
    "en": Language.EN,
    "eng": Language.EN,
    "english": Language.EN,
    "ingles": Language.EN,
    "inglés": Language.EN,
    "es": Language.ES,
    "esp": Language.ES,
    "spa": Language.ES,
    "spanish": Language.ES,
    "espanol": Language.ES,
    "español": Language.ES,
}
"""How files say a language, in lower case."""

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
    """The language that `text` names: a code (`es`, `es-MX`, `en_US`) or a name, in any case; None if unknown."""
    spelled = text.strip().lower()
    return SPELLINGS.get(spelled) or SPELLINGS.get(spelled.replace("_", "-").partition("-")[0])


def language_of(text: str) -> Language:
    """As `known_language`, but English for a language that functions do not speak."""
    return known_language(text) or Language.EN
