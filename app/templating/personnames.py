"""Reading a person's name out of the spellings of files: `MCDONALD, JOHN ANN`, `Dr. Ana de la Cruz`."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from app.templating.casing import capitalise, is_in_one_case

_TITLES = frozenset({"dr", "dra", "mr", "mrs", "ms", "miss", "mx", "prof", "rev", "sr", "sra", "srta"})
_SUFFIXES = {
    "jr": "Jr", "sr": "Sr", "2nd": "2nd", "3rd": "3rd", "4th": "4th", "ii": "II", "iii": "III", "iv": "IV",
}  # fmt: skip
_DEGREES = {
    degree.lower().replace("-", ""): degree
    for degree in (
        "APRN", "CNM", "CRNA", "DDS", "DMD", "DNP", "DPM", "DPT", "DVM", "FNP", "LCSW", "LPN", "MD", "MPH", "PharmD",
        "PhD", "PsyD", "RN",
    )
}  # fmt: skip
_AMBIGUOUS_DEGREES = {"do": "DO", "od": "OD", "np": "NP", "pa": "PA", "pac": "PA-C", "esq": "Esq"}
"""Degrees only where a comma sets them apart from a whole name: Do and Pa are names, too."""
_APPENDICES = _SUFFIXES | _DEGREES | _AMBIGUOUS_DEGREES

_SMALL = frozenset({"da", "das", "de", "del", "do", "dos", "du", "von", "zu", "zum", "zur", "bin", "ibn"})
_SMALL_BEFORE = {"van": frozenset({"de", "den", "der", "het"})}
"""Van alone has its capital, as in Van Buren; van der Berg and van den Heuvel have not."""
_SMALL_AFTER_ANOTHER = frozenset({"den", "der", "het", "la", "las", "los"})
_SMALL_FIRST = _SMALL | _SMALL_BEFORE.keys()
_EVER_SMALL = _SMALL_FIRST | _SMALL_AFTER_ANOTHER | {"di", "e", "y"}
"""Small at least where somebody who minds capitals typed them so."""

_COMMAS = re.compile(r"\s*[,;]\s*")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in its parts, each word cased as people write it. All parts may be empty."""

    titles: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    surname: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    """Jr, III and the like."""
    degrees: tuple[str, ...] = ()
    """MD and the like."""

    def __str__(self) -> str:
        name = " ".join(self.titles + self.given + self.surname + self.suffixes)
        return ", ".join((name, *self.degrees)) if name else " ".join(self.degrees)


_LONGEST_KEPT = 100
"""Characters of a name that is worth remembering."""


def read_name(text: str) -> PersonName:
    """The name in `text`: surname first if there is a comma after it, else surname last.

    Without a comma the surname is the last word and the particles before it; a single word is a given name. Words in
    one case are cased anew, words in mixed case stay.
    """
    return _remembered(text) if len(text) <= _LONGEST_KEPT else _read(text)


def _read(text: str) -> PersonName:
    parts = [words for part in _COMMAS.split(unicodedata.normalize("NFC", text)) if (words := part.split())]
    appendix: list[str] = []
    while len(parts) > 1 and _is_appendix(parts[-1], parts[:-1]):
        appendix[:0] = map(_key, parts.pop())
    degrees = tuple(_APPENDICES[key] for key in appendix if key not in _SUFFIXES)
    suffixes = tuple(_SUFFIXES[key] for key in appendix if key in _SUFFIXES)
    if len(parts) < 2:
        return _surname_last(parts[0] if parts else [], suffixes, degrees)
    return _surname_first(parts[0], parts[1:], suffixes, degrees)


@lru_cache(maxsize=1024)
def _remembered(text: str) -> PersonName:
    """`_read` of a short text. A record's name is read again for each function and part of a message."""
    return _read(text)


def _surname_first(
    surname: list[str], after: list[list[str]], suffixes: tuple[str, ...], degrees: tuple[str, ...]
) -> PersonName:
    between = [words for words in after[:-1] if all(_key(word) in _SUFFIXES | _DEGREES for word in words)]
    given = [word for words in after if words not in between for word in words]
    titles = _pop_titles(given) + _pop_titles(surname)
    keys = [_key(word) for words in between for word in words]
    named = _pop_suffixes(surname) + tuple(_SUFFIXES[key] for key in keys if key in _SUFFIXES)
    named += _pop_suffixes(given) + suffixes
    degrees = tuple(_DEGREES[key] for key in keys if key in _DEGREES) + degrees
    return PersonName(titles, _cased(given), _cased(surname, is_surname=True), named, degrees)


def _surname_last(words: list[str], suffixes: tuple[str, ...], degrees: tuple[str, ...]) -> PersonName:
    titles = _pop_titles(words)
    unset: list[str] = []
    while len(words) > 2 and _key(words[-1]) in _DEGREES:
        unset.insert(0, _DEGREES[_key(words.pop())])
    suffixes = _pop_suffixes(words) + suffixes
    # Dr Smith is a surname, Cher a given name
    split = len(words) - 1 if len(words) > 1 or titles else len(words)
    joining = _joining(words, is_surname=False)
    while split > 1 and joining[split - 1]:
        split -= 1
    cased = _cased(words)
    return PersonName(titles, cased[:split], cased[split:], suffixes, (*unset, *degrees))


def _key(word: str) -> str:
    return word.lower().replace(".", "").replace("-", "")


def _is_appendix(words: list[str], before: list[list[str]]) -> bool:
    """Whether what follows a comma belongs behind the name: `, Jr`; or `, MD`, unless it could be a given name."""
    keys = [_key(word) for word in words]
    whole_name_before = len(before) > 1 or len(before[0]) > 1
    return all(key in _APPENDICES and (whole_name_before or key not in _AMBIGUOUS_DEGREES) for key in keys)


def _pop_titles(words: list[str]) -> tuple[str, ...]:
    titles = []
    while len(words) > 1 and _key(words[0]) in _TITLES:
        titles.append(capitalise(words.pop(0)))
    return tuple(titles)


def _pop_suffixes(words: list[str]) -> tuple[str, ...]:
    suffixes: list[str] = []
    while len(words) > 1 and _key(words[-1]) in _SUFFIXES:
        suffixes.insert(0, _SUFFIXES[_key(words.pop())])
    return tuple(suffixes)


def _cased(words: list[str], *, is_surname: bool = False) -> tuple[str, ...]:
    joining = _joining(words, is_surname=is_surname)
    return tuple(
        word.lower() if joins and is_in_one_case(word) else capitalise(word)
        for word, joins in zip(words, joining, strict=True)
    )


def _joining(words: list[str], *, is_surname: bool) -> list[bool]:
    """Which words are small ones that join a surname together: `de la Cruz`, `van der Berg`, `Ortega y Gasset`.

    The last word never is, nor the first of a given name.
    """
    lowered = [word.lower() for word in words]
    typed_with_care = not all(map(is_in_one_case, words))
    joining = [
        (word in _EVER_SMALL and typed_with_care and words[place].islower()) or _joins(lowered, place, is_surname)
        for place, word in enumerate(lowered[:-1])
    ]
    if joining and not is_surname:
        joining[0] = False
    return [*joining, False] if words else []


def _joins(lowered: list[str], place: int, is_surname: bool) -> bool:
    word, before, after = lowered[place], lowered[place - 1] if place else "", lowered[place + 1]
    if word == "y":
        # outside a surname it is an initial
        return is_surname and place > 0
    if word in _SMALL_BEFORE:
        return after in _SMALL_BEFORE[word]
    return word in _SMALL or (word in _SMALL_AFTER_ANOTHER and before in _SMALL_FIRST)
