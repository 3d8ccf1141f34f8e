"""How large a text message is: its encoding, and the parts that a carrier bills.

Sources: 3GPP TS 23.038 (alphabets), TS 23.040 (a long message is sent in parts, six octets of each being a header).
Nothing is replaced silently: a text with one emoji is counted as what it is. `plain` makes the cheaper text on demand.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from app.templating import gsm7

Encoding = Literal["GSM-7", "UCS-2"]

_ALONE = {"GSM-7": 160, "UCS-2": 70}
_PART = {"GSM-7": 153, "UCS-2": 67}
_LAST_OF_BMP = "\uffff"


class CostlyCharacter(NamedTuple):
    """A character that costs more than a plain one."""

    character: str
    replacement: str | None
    """What says the same and costs no more than its letters, if anything does."""


@dataclass(frozen=True, slots=True)
class SmsSize:
    """The size of one text."""

    encoding: Encoding
    units: int
    """Septets in GSM-7, UTF-16 code units in UCS-2."""
    segments: int
    """Parts that are sent and billed; 0 for an empty text."""
    per_segment: int
    """Units that fit a part: 160 or 70 when there is one part, 153 or 67 when there are more."""
    costly: tuple[CostlyCharacter, ...]
    """Characters that make the text longer than its letters, each once, in order: those that force UCS-2, or in GSM-7
    those that cost two units."""


def measure(text: str) -> SmsSize:
    """The size of `text` as it stands."""
    if gsm7.ONLY_BASIC.fullmatch(text):
        return _size(text, "GSM-7", len(text), "")
    if gsm7.ONLY_ALPHABET.fullmatch(text):
        double = "".join(char for char in text if char in gsm7.EXTENSION)
        return _size(text, "GSM-7", len(text) + len(double), double)
    units = len(text) + sum(char > _LAST_OF_BMP for char in text)
    return _size(text, "UCS-2", units, "".join(char for char in text if char not in gsm7.ALPHABET))


def plain(text: str) -> str:
    """`text` with every character that has a plain replacement replaced; the others stay."""
    if gsm7.ONLY_ALPHABET.fullmatch(text):
        return text
    return "".join(char if (plainer := gsm7.replacement(char)) is None else plainer for char in text)


def _size(text: str, encoding: Encoding, units: int, costly: str) -> SmsSize:
    if units <= _ALONE[encoding]:
        segments, room = min(units, 1), _ALONE[encoding]
    else:
        room = _PART[encoding]
        segments = -(-units // room) if units == len(text) else _packed(text, encoding, room)
    offers = tuple(CostlyCharacter(char, gsm7.replacement(char)) for char in dict.fromkeys(costly))
    return SmsSize(encoding, units, segments, room, offers)


def _packed(text: str, encoding: Encoding, room: int) -> int:
    """Parts of `text`, none of which may end between the two units of one character."""
    segments, used = 1, 0
    for char in text:
        width = 2 if char > _LAST_OF_BMP or (encoding == "GSM-7" and char in gsm7.EXTENSION) else 1
        if used + width > room:
            segments, used = segments + 1, 0
        used += width
    return segments
