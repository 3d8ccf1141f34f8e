"""What a provider's request is turned into before it is stored, and what a stored one says when it is applied."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from app.models import Channel, MessageStatus, ReceiptKind

LONGEST_KEY = 200
"""Longest event key, id or code that is taken: providers' own have at most a hundred characters."""

Payload = Mapping[str, Any]


class MalformedError(ValueError):
    """An event does not hold what its provider's contract says it holds."""


class Incoming(NamedTuple):
    """One event, ready for the inbox. `event_key` is the provider's own name for it, so that a repeat is known."""

    provider: str
    kind: ReceiptKind
    event_key: str
    message_id: UUID | None
    provider_id: str | None
    payload: Payload


@dataclass(frozen=True, slots=True)
class News:
    """What a status event says about a message. Without a `status` the message stays as it is."""

    at: datetime
    status: MessageStatus | None = None
    error_code: str | None = None
    """A code of `app.delivery.errors`."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What the words of the code speak of."""
    suppress: str | None = None
    """Why the address must not be contacted again, in words; None when it may be."""


class Heard(NamedTuple):
    """What a person sent us by a channel that has no idea of our messages."""

    endpoint: str
    channel: Channel
    sender_addresses: tuple[str, ...]
    """The address they wrote to, then whatever else the provider calls it."""
    body: str
    opt_out_type: str
    """The provider's own judgement of the words: STOP, START, HELP or nothing."""


def text(payload: Payload, *names: str) -> str:
    """The first of `names` that holds a word of at most `LONGEST_KEY` characters. Raises `MalformedError`."""
    for name in names:
        value = payload.get(name)
        if isinstance(value, str) and value.strip():
            if len(value) > LONGEST_KEY:
                raise MalformedError(f"{name} is too long")
            return value.strip()
    raise MalformedError(f"no {names[0]}")


def text_or_none(payload: Payload, *names: str) -> str | None:
    """As `text`, but None where there is no such word."""
    try:
        return text(payload, *names)
    except MalformedError:
        return None


def identifier(payload: Payload, name: str) -> UUID:
    """The UUID that `name` holds. Raises `MalformedError`."""
    try:
        return UUID(text(payload, name))
    except ValueError as problem:
        raise MalformedError(f"{name} is not a UUID") from problem
