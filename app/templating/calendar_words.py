"""What months and days of the week are called, for reading them: in English and Spanish, and in CLDR's languages.

No name means two months, or two days, in two languages (a test holds that), so that it need not be known which one a
file is in.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache

from babel import Locale
from babel.localedata import LocaleDataDict

from app.templating.languages import LOCALES

_FIRST = ("en", "es")
"""Read by every beginning of three letters or more: `tues`, `sept`, `dici`."""
_WIDTHS = ("wide", "abbreviated")
_CONTEXTS = ("format", "stand-alone")

_SPELLINGS = {"setiembre": 9, "set": 9}
_WEEKDAY_SPELLINGS = {"mie": 2, "miercoles": 2, "sab": 5, "sabado": 5}


def month_named(name: str) -> int | None:
    """The month (January is 1) that `name`, in lower case and NFC, is in some language; None if it is none."""
    return _first_months().get(name) or _all_months().get(name)


def weekday_named(name: str) -> int | None:
    """The day of the week (Monday is 0) that `name`, in lower case and NFC, is in some language."""
    found = _first_weekdays().get(name)
    return _all_weekdays().get(name) if found is None else found


def names_of_months(locale: Locale) -> Iterator[tuple[str, int]]:
    """Every name of every month in one language, as `month_named` reads it."""
    return _names(locale.months)


def names_of_weekdays(locale: Locale) -> Iterator[tuple[str, int]]:
    """Every name of every day of the week in one language, as `weekday_named` reads it."""
    return _names(locale.days)


@cache
def _first_months() -> dict[str, int]:
    return _beginnings({name: month for tag in _FIRST for name, month in names_of_months(LOCALES[tag])}) | _SPELLINGS


@cache
def _first_weekdays() -> dict[str, int]:
    names = {name: day for tag in _FIRST for name, day in names_of_weekdays(LOCALES[tag])}
    return _beginnings(names) | _WEEKDAY_SPELLINGS


@cache
def _all_months() -> dict[str, int]:
    # all languages' data takes a fifth of a second to read: nobody waits for it who needs English and Spanish only
    return {name: month for locale in LOCALES.values() for name, month in names_of_months(locale)}


@cache
def _all_weekdays() -> dict[str, int]:
    return {name: day for locale in LOCALES.values() for name, day in names_of_weekdays(locale)}


def _beginnings(names: dict[str, int]) -> dict[str, int]:
    return {name[:length]: number for name, number in names.items() for length in range(3, len(name) + 1)}


def _names(contexts: LocaleDataDict) -> Iterator[tuple[str, int]]:
    for context in _CONTEXTS:
        for width in _WIDTHS:
            for number, name in contexts[context][width].items():
                yield unicodedata.normalize("NFC", str(name).lower()).rstrip(".").strip(), number
