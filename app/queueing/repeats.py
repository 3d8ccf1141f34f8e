"""Messages that would repeat one another, and what becomes of the repeats. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from app.models import FailureStage
from app.queueing.errors import DeduplicateError
from app.queueing.outcome import Failed, Staged, failed


def split_repeats(messages: Iterable[Staged]) -> tuple[list[Staged], list[Staged]]:
    """The first message of each key, in order, and those that repeat one of them."""
    firsts: dict[UUID, Staged] = {}
    repeats = []
    for message in messages:
        if firsts.setdefault(message.dedupe_key, message) is not message:
            repeats.append(message)
    return list(firsts.values()), repeats


def repeat_failures(
    firsts: Sequence[Staged], repeats: Sequence[Staged], said_before: Mapping[UUID, UUID]
) -> list[Failed]:
    """The failures of messages that were said already.

    `said_before` gives, by key, the id of a message that was there before any of these; for other keys it is the
    first of `firsts` that its repeats repeat.
    """
    said = {message.dedupe_key: message.message_id for message in firsts} | dict(said_before)
    again = [message for message in firsts if message.dedupe_key in said_before]
    return [
        failed(
            message,
            FailureStage.DEDUPLICATE,
            DeduplicateError.DUPLICATE.value,
            {},
            repeats=said[message.dedupe_key],
        )
        for message in (*again, *repeats)
    ]
