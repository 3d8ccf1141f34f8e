"""What Twilio's error codes mean for a message, and what each says to a person, in our words.

Grouped as in Twilio's documentation of its error codes; a code that is not listed is permanent for the message.
"""

from enum import StrEnum


class Verdict(StrEnum):
    """What is to be done about a message after an error."""

    RETRY = "retry"
    """It was not accepted: try again, each time a little later."""
    RETRY_LATER = "retry_later"
    """The way is jammed: try again in minutes, not seconds."""
    PERMANENT = "permanent"
    """It will never reach this address."""
    SUPPRESS = "suppress"
    """The person has opted out or blocks us: never again."""
    CHANGE_CONTENT = "change_content"
    """What it says, or the channel it says it on, is the trouble."""
    STOP = "stop"
    """Our account or sender is the trouble: every message will fail until somebody mends it."""


_TABLE: dict[Verdict, dict[int, str]] = {
    Verdict.RETRY: {
        14107: "Too many requests at a time for one number.",
        20429: "Twilio was asked for more at a time than the account allows.",
        20503: "Twilio is out of order at present.",
        21611: "The sender has more messages waiting than it may hold.",
    },
    Verdict.RETRY_LATER: {
        30001: "The sender's queue was full.",
        30003: "The phone is off or out of reach.",
        30008: "It was not delivered, and the network does not say why.",
        30017: "The network was overloaded.",
        30022: "More messages than the sender's registration allows a minute.",
        30036: "It waited too long in the queue and would have come too late.",
        30410: "The network did not answer in time.",
        63009: "The channel's own provider reported a fault.",
        63010: "The channel's own provider had an internal error.",
        63012: "The channel's own provider was not reachable.",
        63017: "The account sends faster than the channel allows.",
        63018: "The sender sends faster than the channel allows.",
        63038: "The account has used up its messages for today.",
    },
    Verdict.PERMANENT: {
        21211: "The number is not a valid phone number.",
        21214: "The number cannot be reached.",
        21265: "The number is a short code, which cannot receive texts from us.",
        21612: "The number cannot be reached from this sender.",
        21614: "The number is not a mobile number.",
        30004: "The person or the network blocks messages from this sender.",
        30005: "The number is not in use.",
        30006: "The number is a landline, or its network does not take texts.",
        30011: "The network does not take pictures or files for this number.",
        63003: "The address is not known on this channel.",
        63024: "The address is not valid on this channel.",
        63032: "The channel's rules forbid a message to this person.",
    },
    Verdict.SUPPRESS: {
        21610: "The person has opted out of messages from this sender.",
        63014: "The person blocks messages from us.",
        63033: "The person has blocked us on this channel.",
    },
    Verdict.CHANGE_CONTENT: {
        21602: "The message has no text.",
        21617: "The text is longer than the 1,600 characters that Twilio takes.",
        21620: "An address of a picture or file in the message is not valid.",
        21655: "The template is not valid.",
        21656: "The template's variables are not valid.",
        30007: "The network took it for spam and filtered it.",
        30019: "A picture or file is too large for the network.",
        63005: "The channel did not take the content.",
        63006: "The content's form does not suit the channel.",
        63013: "The content is against the channel's policy.",
        63016: "Free text is not allowed here outside an open conversation; use an approved template.",
        63021: "The channel found the content not valid.",
        63027: "The template does not exist in this language.",
        63028: "The template was given the wrong number of variables.",
        63040: "The template was rejected.",
        63041: "The template is paused.",
    },
    Verdict.STOP: {
        10004: "The account has reached its limit of calls at a time.",
        20003: "Twilio did not accept our credentials.",
        21212: "The sender is not a valid number.",
        21408: "The account may not send to this country or region.",
        21606: "The sender does not belong to the account, or cannot send texts.",
        21703: "The messaging service has no senders.",
        21704: "The messaging service has no sender for this message.",
        21705: "The messaging service is not valid.",
        30002: "The account is suspended.",
        30018: "The sender is not registered where this message goes.",
        30023: "The brand has used up its messages for today.",
        30024: "The sender is not set up for this kind of message.",
        30027: "The campaign registered with the networks has used up its messages for today.",
        30032: "The toll-free number is not verified.",
        30034: "The number is not registered with the networks (A2P 10DLC).",
        63001: "The channel did not accept our credentials.",
        63007: "The sender is not set up on this channel.",
        63008: "The channel is not set up rightly.",
        63020: "The business has not accepted the channel's terms.",
    },
}

CODES: dict[str, tuple[Verdict, str]] = {
    str(code): (verdict, words) for verdict, listed in _TABLE.items() for code, words in listed.items()
}
"""Verdict and words by code, as digits."""


def verdict(code: str) -> Verdict:
    """What is to be done after an error with Twilio's `code`."""
    return CODES[code][0] if code in CODES else Verdict.PERMANENT


def words(code: str) -> str:
    """What Twilio's `code` says to a person."""
    return CODES[code][1] if code in CODES else f"Twilio did not deliver it and gave the code {code}."
