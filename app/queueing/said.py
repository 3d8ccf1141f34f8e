"""What a failure that is walked again would only say a second time.

The dedupe key holds a day, and a failure may be requeued on another: so it is not the key that decides here, but the
message that the failure itself tells of, as long as that has not given its key free.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
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
from app.queueing.outcome import Failed, Outcome, failed
from app.queueing.requeued import Marked


class _Said(NamedTuple):
    """A message that counts as said."""

    id: UUID
    data_source_id: UUID
    row_number: int
    method: str
    endpoint: str
    day: date
    dedupe_key: UUID


def without_repeats(
    line: Line, data_source_id: UUID, failures: Sequence[Marked], outcomes: Sequence[Outcome]
) -> list[Outcome]:
    """The outcomes of failures, one each, with a failure in place of every message that has been said.

    A message that may have arrived is not sent to the same address again, whatever else has been corrected; one that
    repeated another record's stays a repeat until something that makes the key has been corrected. What fails for
    another reason remembers the message, too.
    """
    said = _still_said(failures)
    return [
        _checked(line, (data_source_id, failure.row_number, failure.method), outcome, said.get(failure.said_by))
        for failure, outcome in zip(failures, outcomes, strict=True)
    ]


def _checked(line: Line, place: tuple[UUID, int, str], outcome: Outcome, said: _Said | None) -> Outcome:
    if said is None:
        return outcome
    if isinstance(outcome, Failed):
        return replace(outcome, repeats=outcome.repeats or said.id)
    is_own = (said.data_source_id, said.row_number, said.method) == place
    again = said.endpoint == outcome.endpoint if is_own else line.key_on(said.day, outcome) == said.dedupe_key
    if not again:
        return outcome
    return failed(outcome, FailureStage.DEDUPLICATE, DeduplicateError.DUPLICATE.value, {}, repeats=said.id)


def _still_said(failures: Iterable[Marked]) -> dict[UUID | None, _Said]:
    ids = {each.said_by for each in failures if each.said_by}
    if not ids:
        return {}
    found = db.session.execute(
        select(
            *(Message.id, Message.data_source_id, Message.row_number, Message.method),
            *(Message.endpoint, Message.day, Message.dedupe_key),
        ).where(
            Message.company_id == tenancy.company_id(),
            Message.id == any_(literal(list(ids), ARRAY(Uuid))),
            Message.dedupe_key.is_not(None),
        )
    )
    return {
        id_: _Said(id_, source_id, row_number, method, endpoint, day, key)
        for id_, source_id, row_number, method, endpoint, day, key in found
        if key is not None
    }
