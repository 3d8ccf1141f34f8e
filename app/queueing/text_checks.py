"""What texts must be to be sent at all, and what they cost."""

from app.models import Channel
from app.queueing.errors import FilterError, StoppedError
from app.queueing.outcome import Texts
from app.templating.sms import measure, plain

SMS_LIMIT = 1_600
"""Characters that Twilio takes in one message (error 21617 beyond)."""


def check_texts(channel: Channel, texts: Texts) -> None:
    """Raises `StoppedError` for texts that say nothing or more than the channel carries."""
    if channel is Channel.EMAIL:
        if not texts.subject:
            raise StoppedError(FilterError.SUBJECT_EMPTY)
        if not (texts.text or texts.html):
            raise StoppedError(FilterError.TEXT_EMPTY)
        return
    if not texts.text:
        raise StoppedError(FilterError.TEXT_EMPTY)
    if len(texts.text) > SMS_LIMIT:
        raise StoppedError(FilterError.TEXT_TOO_LONG, length=len(texts.text), limit=SMS_LIMIT)


def plainly(texts: Texts) -> Texts:
    """The texts of a text message without the characters that make it longer, as far as there are plainer ones."""
    return Texts(plain(texts.text))


def units_of(channel: Channel, texts: Texts) -> int:
    """What the message counts as: segments for a text message, 1 on other channels."""
    return measure(texts.text).segments if channel is Channel.SMS else 1
