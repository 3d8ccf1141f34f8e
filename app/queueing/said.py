"""What a failure that is walked again would only say a second time.

The dedupe key holds a day, and a failure may be requeued on another: so it is not the key that decides here, but the
message that the failure itself tells of, as long as that has not given its key free.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from app import tenancy
from app.extensions import db
from app.models import FailureStage, Message
from app.queueing.errors import DeduplicateError
from app.queueing.line import Line
from app.queueing.outcome import Outcome, Staged, failed
from app.queueing.requeued import Marked


class _Said(NamedTuple):
    """A message that counts as said."""

    id: UUID
    endpoint: str
    day: date
    dedupe_key: UUID


def without_repeats(line: Line, failures: Sequence[Marked], outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes of failures, one each, with a failure in place of every message that has been said.

    A message that may have arrived is not sent to the same address again, whatever else has been corrected; one that
    was a repeat stays one until something that makes the key has been corrected.
    """
    said = _still_said(failures)
    return [
        _checked(line, failure, outcome, said) if isinstance(outcome, Staged) else outcome
        for failure, outcome in zip(failures, outcomes, strict=True)
    ]


def _checked(line: Line, failure: Marked, message: Staged, said: dict[UUID, _Said]) -> Outcome:
    own = said.get(failure.message_id) if failure.message_id else None
    first = said.get(failure.repeats_message_id) if failure.repeats_message_id else None
    if own and own.endpoint == message.endpoint:
        repeats = own.id
    elif first and line.key_on(first.day, message) == first.dedupe_key:
        repeats = first.id
    else:
        return message
    return failed(message, FailureStage.DEDUPLICATE, DeduplicateError.DUPLICATE.value, {}, repeats=repeats)


def _still_said(failures: Iterable[Marked]) -> dict[UUID, _Said]:
    ids = {id_ for each in failures for id_ in (each.message_id, each.repeats_message_id) if id_}
    if not ids:
        return {}
    found = db.session.execute(
        select(Message.id, Message.endpoint, Message.day, Message.dedupe_key).where(
            Message.company_id == tenancy.company_id(),
            Message.id == any_(literal(list(ids), ARRAY(Uuid))),
            Message.dedupe_key.is_not(None),
        )
    )
    return {id_: _Said(id_, endpoint, day, key) for id_, endpoint, day, key in found if key is not None}
