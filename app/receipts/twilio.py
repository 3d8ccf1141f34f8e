"""Twilio's status callbacks and inbound messages. New parameters appear unannounced: only what we need is read."""

from datetime import datetime
from uuid import UUID

from app.channels import twilio_codes
from app.channels.twilio_codes import Verdict
from app.channels.twilio_statuses import STATUSES
from app.models import Channel, MessageStatus, ReceiptKind
from app.receipts.incoming import Heard, Incoming, MalformedError, News, Payload, text, text_or_none

PROVIDER = "twilio"

_DEAD_ENDS = frozenset({MessageStatus.UNDELIVERED, MessageStatus.FAILED})

_CHANNELS = {"whatsapp": Channel.WHATSAPP, "messenger": Channel.MESSENGER}


def status_event(form: Payload, message_id: UUID) -> Incoming:
    """A status callback for the inbox. A pair of message and status is one event, however often it is posted."""
    sid = text(form, "MessageSid", "SmsSid")
    return Incoming(PROVIDER, ReceiptKind.STATUS, f"{sid}:{_status(form)}", message_id, sid, form)


def reply_event(form: Payload) -> Incoming:
    """An inbound message for the inbox."""
    sid = text(form, "MessageSid", "SmsSid")
    text(form, "From")
    return Incoming(PROVIDER, ReceiptKind.REPLY, sid, None, sid, form)


def read_status(form: Payload, received_at: datetime) -> News:
    """What a stored status callback says. It carries no time of its own. Raises `MalformedError`."""
    word = _status(form)
    if word not in STATUSES:
        raise MalformedError(f"unknown status {word}")
    status = STATUSES[word]
    code = text_or_none(form, "ErrorCode") if status in _DEAD_ENDS else None
    if code is None or not code.isdigit():
        return News(at=received_at, status=status)
    unwanted = twilio_codes.verdict(code) is Verdict.SUPPRESS
    return News(at=received_at, status=status, error_code=code, suppress=f"Twilio error {code}" if unwanted else None)


def read_reply(form: Payload) -> Heard:
    """What a stored inbound message says. Raises `MalformedError`."""
    channel, endpoint = _address(text(form, "From"))
    to = text_or_none(form, "To")
    service = text_or_none(form, "MessagingServiceSid")
    body = form.get("Body", "")
    if not isinstance(body, str):
        raise MalformedError("Body is not a text")
    return Heard(
        endpoint=endpoint,
        channel=channel,
        sender_addresses=tuple(_address(address)[1] for address in (to, service) if address),
        body=body,
        opt_out_type=text_or_none(form, "OptOutType") or "",
    )


def _status(form: Payload) -> str:
    return text(form, "MessageStatus", "SmsStatus").lower()


def _address(written: str) -> tuple[Channel, str]:
    prefix, colon, rest = written.partition(":")
    if not colon:
        return Channel.SMS, written
    if prefix.lower() not in _CHANNELS:
        raise MalformedError(f"unknown kind of address {prefix}")
    return _CHANNELS[prefix.lower()], rest
