"""Asking a provider what became of messages, and what its answers change."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import takewhile
from typing import Any, TypeVar
from uuid import UUID

import structlog

from app import turns
from app.channels.base import Sighting, UnusableAnswerError
from app.channels.http import Request, Response, WireProblem
from app.delivery.transitions import Change
from app.delivery.wire import Wire
from app.extensions import settings
from app.models import MessageStatus

log = structlog.get_logger()

_CONCURRENCY = 16
"""Questions in flight: they come second, after what is to be sent."""

Told = TypeVar("Told")


def ask(
    requests: Iterable[Request], read: Callable[[Response], Told], deadline: datetime
) -> Iterator[tuple[Any, Told]]:
    """Makes the requests and yields the tag of each with what `read` makes of its answer.

    A question without a usable answer is logged and left out, and none is put after `deadline`: they can be asked
    again later.
    """
    in_time = takewhile(lambda _: not turns.is_over(deadline), requests)
    with Wire(_CONCURRENCY, settings().send_timeout_seconds) as wire:
        for request, answer in wire.exchange(in_time):
            if isinstance(answer, WireProblem):
                log.warning("provider_did_not_answer", problem=answer.reason)
                continue
            try:
                told = read(answer)
            except UnusableAnswerError as problem:
                log.warning("provider_did_not_tell", problem=str(problem))
                continue
            yield request.tag, told


def as_changes(message_id: UUID, seen: Sighting, instant: datetime) -> list[Change]:
    """What a sighting at `instant` says of our message: that it was sent, and what became of it since."""
    return [
        Change(message_id, MessageStatus.SENT, seen.created_at, seen.provider_id),
        Change(message_id, seen.status, instant, seen.provider_id, seen.error_code),
    ]
