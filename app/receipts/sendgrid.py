"""SendGrid's event webhook. Our custom arguments come back at the top level of each event and name its message."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app.delivery.errors import DeliverError
from app.models import MessageStatus, ReceiptKind
from app.receipts.incoming import Incoming, MalformedError, News, Payload, identifier, text, text_or_none

PROVIDER = "sendgrid"

STATUSES = {
    "processed": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "open": MessageStatus.READ,
    "bounce": MessageStatus.UNDELIVERED,
    "dropped": MessageStatus.FAILED,
}
_BOUNCES = {"bounce": DeliverError.BOUNCE, "blocked": DeliverError.BLOCKED}
"""What a bounce is, by its `type`: the address is bad, or the receiving server would not take the mail."""

WITHOUT_STATUS = frozenset({"deferred", "click", "spamreport", "unsubscribe", "group_unsubscribe", "group_resubscribe"})
"""Events that leave the message as it is. A click may be a mail scanner's, so it does not prove a reader."""

SUPPRESSING = {
    "spamreport": "SendGrid: reported as spam",
    "unsubscribe": "SendGrid: unsubscribed",
    "group_unsubscribe": "SendGrid: unsubscribed from a group",
}

_MOST_REASON_KEPT = 500
_CLOCK_SLACK = timedelta(days=2)
"""How far an event's own time may lie before our receipt of it; SendGrid tries for a day."""


def checked(event: Any) -> Payload:
    """`event` if it is one of SendGrid's at all. Raises `MalformedError`."""
    if not isinstance(event, dict):
        raise MalformedError("an event is an object")
    text(event, "event")
    text(event, "sg_event_id")
    return event


def company_of(event: Payload) -> UUID | None:
    """The company that an event belongs to; None when the mail was not ours. Raises `MalformedError`."""
    return identifier(event, "company_id") if "company_id" in event else None


def status_event(event: Payload) -> Incoming:
    """An event about a message of ours for the inbox. Raises `MalformedError`."""
    return Incoming(
        PROVIDER,
        ReceiptKind.STATUS,
        text(event, "sg_event_id"),
        identifier(event, "message_id"),
        _request_id(event),
        event,
    )


def read_status(event: Payload, received_at: datetime) -> News:
    """What a stored event says. Raises `MalformedError`."""
    word = text(event, "event")
    at = _happened_at(event, received_at)
    if word in WITHOUT_STATUS:
        return News(at=at, suppress=SUPPRESSING.get(word))
    if word not in STATUSES:
        raise MalformedError(f"unknown event {word}")
    if word == "open" and event.get("sg_machine_open") in (True, "true", 1):
        # a mail client that fetches every picture in advance has read nothing
        return News(at=at)
    if word == "bounce":
        kind = text_or_none(event, "type")
        code = _BOUNCES.get(kind or "", DeliverError.BOUNCE)
        hard = "SendGrid: hard bounce" if kind == "bounce" else None
        return News(at, STATUSES[word], code, _facts(event), hard)
    if word == "dropped":
        return News(at, STATUSES[word], DeliverError.DROPPED, _facts(event))
    return News(at, STATUSES[word])


def _facts(event: Payload) -> dict[str, str]:
    names = {"smtp_status": "status", "classification": "bounce_classification"}
    facts = {fact: value for fact, name in names.items() if (value := text_or_none(event, name))}
    reason = event.get("reason")
    if isinstance(reason, str) and reason:
        facts["provider_says"] = reason[:_MOST_REASON_KEPT]
    return facts


def _happened_at(event: Payload, received_at: datetime) -> datetime:
    seconds = event.get("timestamp")
    if not isinstance(seconds, int):
        return received_at
    earliest = (received_at - _CLOCK_SLACK).timestamp()
    if not earliest <= seconds <= received_at.timestamp():
        return received_at
    return datetime.fromtimestamp(seconds, UTC)


def _request_id(event: Payload) -> str | None:
    """What `X-Message-Id` named: the part of `sg_message_id` before the first dot. Delayed bounces carry none."""
    whole = text_or_none(event, "sg_message_id")
    return whole.partition(".")[0] if whole else None
