"""How the facts of a code read inside its words: `sms` is a channel to a program and SMS to a person."""

from collections.abc import Mapping

Fact = str | int

_SPOKEN: dict[Fact, str] = {
    "sms": "SMS",
    "whatsapp": "WhatsApp",
    "email": "e-mail",
    "messenger": "Messenger",
    "instagram": "Instagram",
    "appointment_date": "the appointment’s date",
    "appointment_time": "the appointment’s time",
}
_CODES = ("channel", "role")
"""Facts that hold a code; others stand as they are."""


def worded(words: str, facts: Mapping[str, Fact]) -> str:
    """`words` with their placeholders filled in."""
    return words.format_map({name: _SPOKEN.get(fact, fact) if name in _CODES else fact for name, fact in facts.items()})
