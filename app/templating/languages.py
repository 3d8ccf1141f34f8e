"""The languages that days, hours and amounts are written in: those of `language_names` that CLDR knows, through Babel.

Nothing here depends on the locale of the process.
"""

from copy import deepcopy
from functools import cached_property

from babel import Locale, UnknownLocaleError
from babel.localedata import LocaleDataDict, load

from app.templating.language_names import NAMES, language_tag

_PARTS = (
    *("date_formats", "datetime_skeletons", "day_periods", "days", "eras", "months", "time_formats"),
    *("currency_formats", "currency_names", "currency_names_plural", "currency_symbols"),
    *("default_numbering_system", "number_symbols"),
)
"""Of a locale's data, what days, hours and amounts are written and read by."""


class _Apart(Locale):
    """A locale with data of its own.

    Locales share what they inherit, and Babel 2.18 resolves references in what is shared (python-babel issue 1234):
    once Pashto had been asked for its weekdays, Vietnamese, which inherits that kind of them, answered in Pashto.
    """

    @cached_property
    def _data(self) -> LocaleDataDict:
        shared = load(str(self))
        return LocaleDataDict({part: deepcopy(shared[part]) for part in _PARTS})


def _known_locale(tag: str) -> Locale | None:
    try:
        return _Apart.parse(tag)
    except UnknownLocaleError:
        return None


LOCALES: dict[str, Locale] = {tag: locale for tag in NAMES if (locale := _known_locale(tag))}
"""By ISO 639 tag. A locale's data is read when it is first asked for."""

SPOKEN: tuple[str, ...] = tuple(LOCALES)
"""Tags of the languages that functions speak."""


def known_language(text: str) -> str | None:
    """The tag of the language that `text` names, a code or a name; None if functions do not speak it."""
    tag = language_tag(text)
    return tag if tag in LOCALES else None


def language_of(text: str) -> str:
    """As `known_language`, but English for a language that functions do not speak."""
    return known_language(text) or "en"


def breakable(text: str) -> str:
    """`text` with ordinary spaces for CLDR's no-break ones, each of which leaves a text message half its room."""
    return text.translate(_SPACES)


_SPACES = str.maketrans("\u00a0\u202f", "  ")
