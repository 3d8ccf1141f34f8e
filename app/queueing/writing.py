"""Writing what the line made of a batch: messages, failures, and the counts of both. Nothing here commits."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Uuid, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from app import tallies
from app.extensions import db
from app.models import Failure, Message, MessageStatus, TallyKind, new_id
from app.queueing.copying import copy_rows, incoming
from app.queueing.outcome import Failed, Outcome, Staged
from app.tallies import TallyKey


@dataclass(frozen=True, slots=True)
class Batch:
    """What all rows of a batch share."""

    company_id: UUID
    run_id: UUID
    campaign_id: UUID
    data_source_id: UUID
    status: MessageStatus
    """Of the messages: `staged` if a person's word is still to come, else `queued`."""
    senders: Mapping[str, UUID | None]
    """By key of the delivery method."""
    at: datetime


_MESSAGES = incoming(
    Message,
    (
        *("id", "method", "row_number", "channel", "sender_id", "endpoint", "person", "doctor"),
        *("appointment_at", "dedupe_key", "subject", "body", "html", "units", "day"),
        *("not_before", "window_closes_at", "expires_at", "zone"),
    ),
)
_FAILURES = incoming(
    Failure,
    (
        *("id", "method", "row_number", "channel", "stage", "code", "facts", "person", "endpoint", "data"),
        *("corrected", "repeats_message_id", "day"),
    ),
)


def write_messages(batch: Batch, messages: Sequence[Staged]) -> dict[UUID, UUID]:
    """Writes messages with distinct keys, but for those whose key is taken.

    Returns the taken keys, each with the id of the message that has it. Waits for other transactions that are writing
    the same keys; all of them insert in the order of the keys, so that they cannot wait in a circle.
    """
    said_before: dict[UUID, UUID] = {}
    waiting = list(messages)
    while waiting:
        written = _insert_messages(batch, waiting)
        refused = [message for message in waiting if message.message_id not in written]
        holders = _holders(batch.company_id, [message.dedupe_key for message in refused])
        said_before |= holders
        # a key that was released since is free again
        waiting = [message for message in refused if message.dedupe_key not in holders]
    return said_before


def write_failures(batch: Batch, failures: Sequence[Failed]) -> None:
    """Writes failures, each with the record as it was."""
    if not failures:
        return
    copy_rows(_FAILURES, (_failure_row(failure) for failure in failures))
    shared = {
        "company_id": batch.company_id,
        "run_id": batch.run_id,
        "campaign_id": batch.campaign_id,
        "data_source_id": batch.data_source_id,
        "created_at": batch.at,
    }
    values = [literal(value, Failure.__table__.c[name].type) for name, value in shared.items()]
    db.session.execute(insert(Failure).from_select([*shared, *_FAILURES.c.keys()], select(*values, *_FAILURES.c)))


def count(batch: Batch, messages: Iterable[Staged], failures: Iterable[Failed]) -> None:
    """Adds what was written to the counts. Last in the transaction: see `tallies.add`."""
    counts = Counter(_key(batch, message, TallyKind.MESSAGE, "", batch.status.value) for message in messages)
    counts.update(_key(batch, failure, TallyKind.FAILURE, failure.stage.value, failure.code) for failure in failures)
    tallies.add(counts)


def _key(batch: Batch, of: Outcome, kind: TallyKind, stage: str, code: str) -> TallyKey:
    return TallyKey(batch.run_id, batch.campaign_id, of.method, of.channel, of.day, kind, stage, code)


def _insert_messages(batch: Batch, messages: Sequence[Staged]) -> frozenset[UUID]:
    copy_rows(_MESSAGES, (_message_row(batch, message) for message in messages))
    shared = {
        "company_id": batch.company_id,
        "run_id": batch.run_id,
        "campaign_id": batch.campaign_id,
        "data_source_id": batch.data_source_id,
        "status": batch.status,
        "created_at": batch.at,
    }
    values = [literal(value, Message.__table__.c[name].type) for name, value in shared.items()]
    statement = (
        insert(Message)
        .from_select(
            [*shared, *_MESSAGES.c.keys()],
            select(*values, *_MESSAGES.c).order_by(_MESSAGES.c.dedupe_key),
        )
        .on_conflict_do_nothing(index_elements=[Message.company_id, Message.dedupe_key])
        .returning(Message.id)
    )
    return frozenset(db.session.scalars(statement))


def _holders(company_id: UUID, keys: Sequence[UUID]) -> dict[UUID, UUID]:
    if not keys:
        return {}
    found = db.session.execute(
        select(Message.dedupe_key, Message.id).where(
            Message.company_id == company_id, Message.dedupe_key == any_(literal(list(keys), ARRAY(Uuid)))
        )
    )
    return {key: id_ for key, id_ in found if key is not None}


def _message_row(batch: Batch, message: Staged) -> tuple[object, ...]:
    return (
        message.message_id,
        message.method,
        message.row_number,
        message.channel.value,
        batch.senders[message.method],
        message.endpoint,
        message.person,
        message.doctor,
        message.appointment_at,
        message.dedupe_key,
        message.texts.subject or None,
        message.texts.text,
        message.texts.html or None,
        message.units,
        message.day,
        message.opening.not_before,
        message.opening.closes_at,
        message.appointment_at,
        message.zone,
    )


def _failure_row(failure: Failed) -> tuple[object, ...]:
    return (
        new_id(),
        failure.method,
        failure.row_number,
        failure.channel.value,
        failure.stage.value,
        failure.code,
        Jsonb(failure.facts),
        failure.person,
        failure.endpoint,
        Jsonb(failure.data),
        Jsonb(failure.corrected) if failure.corrected else None,
        failure.repeats,
        failure.day,
    )
