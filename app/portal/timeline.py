"""What happened to a message, in order. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.models import Disposition, Message, MessageStatus, Reply, ReplyMatch


class Event(NamedTuple):
    """One thing that happened; `code` is a status, a disposition or a match, and gives the colour."""

    at: datetime
    code: str
    title: str
    detail: str = ""


_ENDS = {
    MessageStatus.FAILED: "Failed",
    MessageStatus.UNDELIVERED: "Came back undelivered",
    MessageStatus.EXPIRED: "Would have come too late",
    MessageStatus.CANCELLED: "Called off",
}
_DECISIONS = {
    Disposition.CONFIRMED: "confirms",
    Disposition.CANCELLED: "cancels",
    Disposition.RESCHEDULE: "asks for another time",
    Disposition.OPTED_OUT: "does not want to be contacted",
    Disposition.UNCLEAR: "not understood",
}


def timeline(message: Message, replies: Sequence[Reply]) -> list[Event]:
    """The events of a message and of the replies to it, earliest first."""
    events = [Event(message.created_at, MessageStatus.QUEUED, "Queued")]
    attempt = f"attempt {message.attempts}" if message.attempts > 1 else ""
    steps = (
        (message.claimed_at, MessageStatus.SENDING, "Taken up for sending", attempt),
        (message.sent_at, MessageStatus.SENT, "Accepted by the provider", message.provider_id or ""),
        (message.delivered_at, MessageStatus.DELIVERED, "Delivered", ""),
        (message.read_at, MessageStatus.READ, "Read", ""),
        (message.ended_at, message.status, _ENDS.get(message.status, "Ended"), ""),
    )
    events += [Event(at, code, title, detail) for at, code, title, detail in steps if at is not None]
    events += [_reply(reply) for reply in replies]
    # a sort keeps the order of steps that have the same instant
    return sorted(events, key=lambda event: event.at)


def _reply(reply: Reply) -> Event:
    meaning = _DECISIONS[reply.disposition]
    if reply.match is ReplyMatch.AMBIGUOUS:
        meaning = "may answer several messages"
    return Event(reply.received_at, reply.disposition, f"Answered: {meaning}", reply.body)
