"""Why a message is not delivered: our own codes, SendGrid's, and Twilio's digits, which keep a table of their own."""

from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum

from app.channels import twilio_codes


class DeliverError(StrEnum):
    """The codes of the stage `deliver` that are words; those of Twilio are digits."""

    OPTED_OUT = "opted_out"
    EXPIRED = "expired"
    WINDOW_CLOSED = "window_closed"
    REPEATED = "repeated"
    SENDER_MISSING = "sender_missing"
    SUBJECT_MISSING = "subject_missing"
    TEXT_MISSING = "text_missing"
    REQUEST_IMPOSSIBLE = "request_impossible"

    UNREACHABLE = "unreachable"
    PROVIDER_BUSY = "provider_busy"
    CREDENTIALS_REFUSED = "credentials_refused"
    REFUSED = "refused"
    REFUSED_TOGETHER = "refused_together"
    NO_ANSWER = "no_answer"
    INTERRUPTED = "interrupted"
    ATTEMPTS_USED_UP = "attempts_used_up"
    GIVEN_UP = "given_up"

    BOUNCE = "bounce"
    BLOCKED = "blocked"
    DROPPED = "dropped"

    FAILED = "failed"
    UNDELIVERED = "undelivered"


WORDS: dict[str, str] = {
    DeliverError.OPTED_OUT: "The person opted out after the message was queued.",
    DeliverError.EXPIRED: "It could no longer arrive in time.",
    DeliverError.WINDOW_CLOSED: "The contact window closed before it could go out, and opens too late.",
    DeliverError.REPEATED: "It moved to another day, on which another message says the same ({repeats}).",
    DeliverError.SENDER_MISSING: "The company has no sender for this channel.",
    DeliverError.SUBJECT_MISSING: "An e-mail needs a subject.",
    DeliverError.TEXT_MISSING: "There is no text to send.",
    DeliverError.REQUEST_IMPOSSIBLE: "The text or the address holds something that cannot be sent.",
    DeliverError.UNREACHABLE: "The provider could not be reached ({reason}).",
    DeliverError.PROVIDER_BUSY: "The provider asked us to come back later (HTTP {http_status}).",
    DeliverError.CREDENTIALS_REFUSED: "The provider did not accept our credentials, or not this sender.",
    DeliverError.REFUSED: "The provider refused it: {provider_says}",
    DeliverError.REFUSED_TOGETHER: "The provider refused the mails it was sent with; they are tried apart.",
    DeliverError.NO_ANSWER: "The provider was asked and did not answer; whether it was sent is not known yet.",
    DeliverError.INTERRUPTED: "Sending was interrupted; whether it was sent is not known yet.",
    DeliverError.ATTEMPTS_USED_UP: "It was tried {attempts} times in vain.",
    DeliverError.GIVEN_UP: "Whether it was sent could not be found out, and a person gave it up.",
    DeliverError.BOUNCE: "The receiving mail server does not know the address.",
    DeliverError.BLOCKED: "The receiving mail server did not take the mail.",
    DeliverError.DROPPED: "SendGrid did not send it: the address has bounced or complained before.",
    DeliverError.FAILED: "The provider could not send it and gave no reason.",
    DeliverError.UNDELIVERED: "It was sent and did not arrive; the provider gave no reason.",
}
"""What each code says to a person."""


def words_for(code: str, facts: Mapping[str, object]) -> str:
    """What a failure of the stage `deliver` says to a person. A fact that was not noted is shown as `?`."""
    if code in WORDS:
        return WORDS[code].format_map(defaultdict(lambda: "?", facts))
    return twilio_codes.words(code)
