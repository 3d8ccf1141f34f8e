"""Upper and lower case of words and names, by the letters' own rules in every script."""

import re

_RUN = re.compile(r"(?!ʼ)[^\W\d_](?:[^\W\d_]|[\u0300-\u036f'’ʼ])*")
_APOSTROPHE = re.compile("(['’ʼ])")

_ELISIONS = frozenset({"d", "dall", "dell", "l", "m", "n", "o", "sant"})
"""What stands before an apostrophe in O'Brien, D'Angelo, Dell'Acqua, so that a capital follows."""

_CLANS = frozenset(
    {
        "alister", "allister", "arthur", "aulay", "bride", "callum", "cormack", "donald", "donell", "donnell", "dougal",
        "dougall", "duff", "ewan", "ewen", "farlane", "gillivray", "gowan", "gregor", "innes", "intosh", "intyre",
        "kinnon", "lachlan", "laren", "laurin", "lean", "leish", "lennan", "leod", "millan", "murray", "naughton",
        "neil", "neill", "nicol", "pherson", "quarrie", "queen", "ritchie", "tavish", "vicar",
    }
)  # fmt: skip
"""What follows Mac in names with a capital inside. Without a list, Mack and Machado would be MacK and MacHado."""


def capitalise(text: str) -> str:
    """Every word with a capital first letter: `WOMEN'S HEALTH` is `Women's Health`, `MCDONALD-O'BRIEN`
    `McDonald-O'Brien`.

    A word in mixed case is somebody's own spelling (`iPhone`, `DeShawn`) and stays.
    """
    return _RUN.sub(_capitalise_run, text)


def is_in_one_case(word: str) -> bool:
    """Whether `word` is all capitals or all small letters, and so says nothing about its proper case."""
    return word.replace("ß", "").isupper() or word.islower()


def _capitalise_run(match: re.Match[str]) -> str:
    run = match[0]
    if match.start() and match.string[match.start() - 1].isdecimal():
        return run.lower() if run.lower() in {"st", "nd", "rd", "th"} else run
    if not (is_in_one_case(run) or (run[:2] == "Mc" and run[2:].isupper())):
        return run
    first, *rest = _APOSTROPHE.split(run)
    elided = first.lower() in _ELISIONS
    cased = [_with_clan(first)]
    for apostrophe, part in zip(rest[::2], rest[1::2], strict=True):
        cased += [apostrophe, _with_clan(part) if elided and len(part) > 1 else part.lower()]
        elided = False
    return "".join(cased)


def _with_clan(word: str) -> str:
    cased = _with_capital(word)
    if cased.startswith("Mc") and len(cased) > 3:
        return "Mc" + _with_capital(cased[2:])
    if cased.startswith("Mac") and cased[3:] in _CLANS:
        return "Mac" + _with_capital(cased[3:])
    return cased


def _with_capital(word: str) -> str:
    # İ alone in Unicode becomes two characters in lower case; Turkish means one
    lowered = word.replace("İ", "i").lower()
    first = "İ" if word[0] == "İ" else lowered[0].title()
    return first + lowered[1:]
