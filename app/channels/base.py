"""What every channel offers the delivery engine. A new channel is one file that has this shape, and a registry line.

A channel makes requests and reads answers; it does not send, wait, store or decide when to try again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable
from uuid import UUID

from app.channels.http import Answer, Request, Response
from app.models import Channel, MessageStatus
from app.models.base import Json


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a channel needs it: who, from whom, what, until when."""

    message_id: UUID
    company_id: UUID
    sender: str
    """Address of the sender: a number, a messaging service (`MG...`), a mailbox."""
    sender_name: str
    endpoint: str
    subject: str | None
    body: str
    html: str | None
    useful_until: datetime | None
    """After this instant it must not arrive any more; None: it may always."""
    last_error: str | None = None
    """Why an earlier attempt did not go out."""


class Result(StrEnum):
    """What a provider's answer means for a message."""

    ACCEPTED = "accepted"
    """The provider has it."""
    RETRY = "retry"
    """It was not accepted, and can be later."""
    HOLD = "hold"
    """It was not accepted, and will not be before somebody mends our account or sender."""
    REFUSED = "refused"
    """It will never be accepted."""
    OPTED_OUT = "opted_out"
    """It will never be accepted, and this address must not be contacted on the channel again."""
    IN_DOUBT = "in_doubt"
    """It may have been accepted. It must not be sent again before that is known."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A provider's answer about one message."""

    message_id: UUID
    result: Result
    provider_id: str | None = None
    code: str | None = None
    """For all but `accepted`: a code of `app.delivery.errors`."""
    facts: Json = field(default_factory=dict)
    after: timedelta | None = None
    """For `retry`: how long the provider asks us to wait."""


class CannotSendError(Exception):
    """A message that no request can be made of. Carries a code of `app.delivery.errors`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class UnusableAnswerError(Exception):
    """A provider was asked about a message, and what came back tells nothing about it."""


class ChannelDriver(Protocol):
    """A channel over one provider's HTTP."""

    channel: Channel

    def requests(self, batch: Sequence[Outgoing]) -> Iterator[Request]:
        """Requests that together send the batch, each message in exactly one.

        A request's tag is the tuple of the ids of its messages. Raises `CannotSendError`, or anything else, when a
        message of the batch is poison; the engine then finds out which.
        """

    def outcomes(self, request: Request, answer: Answer) -> list[Outcome]:
        """What `answer` means for each message of `request`."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a provider says about a message that it has."""

    provider_id: str
    body: str
    created_at: datetime
    status: MessageStatus
    error_code: str | None


@runtime_checkable
class CanBeAsked(Protocol):
    """A channel whose provider can be asked what became of a message."""

    def search(self, endpoint: str, tag: object) -> Request:
        """Asks for the messages to `endpoint`."""

    def found(self, response: Response) -> tuple[list[Sighting], bool]:
        """The messages of a search, and whether these are all. Raises `UnusableAnswerError`."""

    def look_up(self, provider_id: str, tag: object) -> Request:
        """Asks for one message by the provider's id."""

    def looked_up(self, response: Response) -> Sighting:
        """The message of a look-up. Raises `UnusableAnswerError`."""
