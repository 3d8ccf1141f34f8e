"""The alphabet of plain text messages (3GPP TS 23.038, default alphabet and its extension), and what stands in for
characters outside it.
"""

import re
import unicodedata
from functools import lru_cache

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""One septet each."""

EXTENSION = frozenset("\f^{}\\[~]|€")
"""Two septets each: an escape and the character."""

ALPHABET = BASIC | EXTENSION


def _only(chars: frozenset[str]) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join(sorted(chars)))}]*")


ONLY_BASIC = _only(BASIC)
ONLY_ALPHABET = _only(ALPHABET)

# what compatibility decomposition does not know; it does know `…`, `™`, `½`, full-width letters and most spaces
_PLAIN = {
    **dict.fromkeys("‘’‚‛′´`ʹʻʼʽˈ", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‒–—―−⁃", "-"),
    **dict.fromkeys("•‣·∙●▪", "-"),
    **dict.fromkeys("\t\u1680", " "),
    **dict.fromkeys("\v\u0085\u2028\u2029", "\n"),
    **dict.fromkeys("\u00ad\u200b\u2060\ufeff", ""),
    **{"‹": "<", "›": ">", "⁄": "/", "∕": "/", "×": "x", "©": "(C)", "®": "(R)"},
    **{"Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "Ħ": "H", "ħ": "h", "ı": "i", "Ł": "L", "ł": "l"},
    **{"Œ": "OE", "œ": "oe", "Þ": "Th", "þ": "th"},
}
_MARKS = ("\u0300", "\u036f")


@lru_cache(maxsize=4096)
def replacement(char: str) -> str | None:
    """What stands in for a character outside the alphabet, or None if nothing does without changing what is said.

    Typographic signs get their typewriter's form, Latin letters lose the mark that the alphabet lacks (`í` is `i`,
    `é` stays), ligatures and full-width letters are spelled out. Emoji and other scripts have no replacement.
    """
    if char in ALPHABET:
        return None
    if char in _PLAIN:
        return _PLAIN[char]
    if _MARKS[0] <= char <= _MARKS[1]:
        return ""
    parts = unicodedata.normalize("NFKD", char)
    spelled = "".join(_PLAIN.get(part, part) for part in parts if not unicodedata.combining(part))
    return spelled if spelled and ONLY_ALPHABET.fullmatch(spelled) else None
