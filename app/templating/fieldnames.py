"""From a file's header to the names that templates use for its columns.

A name is made of letters, digits and `_`, in lower case. Letters of every script stay as they are, because Liquid
takes them and a company that writes `Año` looks for `año`; only what is neither letter nor digit is replaced.
"""

import re
import unicodedata
from collections.abc import Sequence

LONGEST = 64
"""Characters of a name. A header cell may be any length."""

NAMESPACES = frozenset({"campaign", "company", "links", "responses"})
"""First halves of the dotted names, such as `company.name`, that Carillon provides itself."""

PROVIDED_FIELDS = frozenset(
    {
        *("company.name", "campaign.name", "responses.prompt"),
        *("links.confirm", "links.cancel", "links.reschedule", "links.stop"),
    }
)

SHORT_FORMS = {"company": "company.name", "campaign": "campaign.name"}
"""What those mean who write the first half alone."""

_WORDS_OF_LIQUID = frozenset(
    {
        "and", "as", "blank", "cols", "contains", "continue", "else", "empty", "false", "for", "if", "in", "limit",
        "nil", "not", "null", "offset", "or", "required", "reversed", "true", "with",
    }
)  # fmt: skip
_TAKEN = NAMESPACES | _WORDS_OF_LIQUID

_APOSTROPHES = re.compile("['’ʼ]")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def field_names(header: Sequence[str]) -> list[str]:
    """One name a column, in order; unique, the same for the same header.

    `Patient Name` and `PatientName` are `patient_name`. The second `Phone` is `phone_2`, or the next number that no
    other column goes by. A blank is `column_4` by its place. What Liquid could not take for a name, because it starts
    with a digit (`2nd phone`) or means something already (`Company`, `Limit`), gets `field_` before it.
    """
    plain = [_plain_name(cell) or f"column_{place}" for place, cell in enumerate(header, start=1)]
    taken = set(plain)
    last_number: dict[str, int] = {}
    names = []
    for name in plain:
        unique = name
        if name in last_number:
            unique = _next_free(name, last_number, taken)
        else:
            last_number[name] = 1
        taken.add(unique)
        names.append(unique)
    return names


def _plain_name(cell: str) -> str:
    text = unicodedata.normalize("NFKC", cell[: LONGEST * 4])
    text = _HUMP.sub("_", _APOSTROPHES.sub("", text))
    text = unicodedata.normalize("NFKC", text.lower())
    words = "".join(map(_kept, text)).split()
    name = "_".join(words)[:LONGEST].rstrip("_")
    if name[:1].isdecimal() or name in _TAKEN:
        name = f"field_{name}"[:LONGEST].rstrip("_")
    return name


def _kept(char: str) -> str:
    category = unicodedata.category(char)
    if category.startswith("L") or category == "Nd":
        return char
    # a combining mark is no part of a name for Liquid; dropped, it leaves its word whole, replaced it would cut it
    return "" if category.startswith("M") else " "


def _next_free(name: str, last_number: dict[str, int], taken: set[str]) -> str:
    while True:
        last_number[name] += 1
        suffix = f"_{last_number[name]}"
        unique = name[: LONGEST - len(suffix)] + suffix
        if unique not in taken:
            return unique
