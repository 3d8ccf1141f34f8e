"""People who pick up a call: which key they press."""

from simulator.carrier import Carrier
from simulator.entries import Call
from simulator.people.shares import Intent
from simulator.people.understanding import options

FALLBACK = {Intent.CONFIRM: "1", Intent.CANCEL: "2", Intent.RESCHEDULE: "3", Intent.STOP: "9"}
WRONG_KEY = "7"


def digit_to_press(carrier: Carrier, call: Call, heard: str) -> str:
    """The key for what this person wants, by what they heard; empty for those who just listen."""
    intent = carrier.shares.intent(carrier.config.seed, call.to, "call", str(len(carrier.books.calls)))
    carrier.books.replies[intent] += 1
    if intent is Intent.SILENCE:
        return ""
    if intent is Intent.UNCLEAR:
        return WRONG_KEY
    key = options(heard).get(intent, "")
    return key if key.isdecimal() else FALLBACK[intent]
