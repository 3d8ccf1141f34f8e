"""The inbox: a provider's event is stored as it came, once, and applied afterwards."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import DateTime, Text, Uuid, bindparam, column, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.exc import IntegrityError

from app import tenancy
from app.clock import now
from app.extensions import db
from app.models import Message, MessageStatus, Receipt, ReceiptKind, ReceiptOutcome, new_id
from app.receipts.incoming import Incoming, MalformedError

_PATIENCE = timedelta(seconds=60)
"""How long an event waits for a message that it names and that is not there: longer than any commit takes."""


class UnknownCompanyError(LookupError):
    """An event names a company that does not exist."""


class Pending(NamedTuple):
    """A stored event that has not been applied."""

    id: UUID
    provider: str
    message_id: UUID | None
    provider_id: str | None
    payload: dict[str, Any]
    received_at: datetime


class Outcome(NamedTuple):
    """What applying one receipt did."""

    receipt_id: UUID
    message_id: UUID | None
    """The message that the event names, or that a reply was found to answer."""
    outcome: ReceiptOutcome
    status: MessageStatus | None = None
    error_code: str | None = None


# a batch is one parameter, so that the statement is built and planned once, however many events come
_row = (
    func.jsonb_to_recordset(bindparam("events", type_=JSONB))
    .table_valued(
        column("id", Uuid),
        column("provider", Text),
        column("kind", Text),
        column("event_key", Text),
        column("message_id", Uuid),
        column("provider_id", Text),
        column("payload", JSONB),
        name="event",
    )
    .render_derived(with_types=True)
)
_receipts = Receipt.metadata.tables[Receipt.__tablename__]
_STORE = (
    insert(_receipts)
    .from_select(
        ["company_id", "received_at", *_row.c.keys()],
        select(bindparam("company_id", type_=Uuid), bindparam("received_at", type_=DateTime(timezone=True)), *_row.c),
    )
    .on_conflict_do_nothing()
    .returning(_receipts.c.id)
)


def store(events: Sequence[Incoming]) -> int:
    """Stores events of the bound company in one statement and commits. Returns how many were new.

    Raises `UnknownCompanyError` when there is no such company, `MalformedError` for a payload that nests too deeply.
    """
    batch = {
        "company_id": tenancy.company_id(),
        "received_at": now(),
        "events": [_document(event) for event in events],
    }
    try:
        stored = len(db.session.scalars(_STORE, batch).all())
        db.session.commit()
    except IntegrityError as problem:
        # a repeated key is no conflict here, so what is violated is the reference to the company
        db.session.rollback()
        raise UnknownCompanyError(str(tenancy.company_id())) from problem
    return stored


def _document(event: Incoming) -> dict[str, Any]:
    try:
        return {
            "id": str(new_id()),
            "provider": event.provider,
            "kind": event.kind.value,
            "event_key": _storable(event.event_key),
            "message_id": event.message_id and str(event.message_id),
            "provider_id": _storable(event.provider_id),
            "payload": _storable(event.payload),
        }
    except RecursionError as problem:
        raise MalformedError("nested too deeply") from problem


def take(kind: ReceiptKind, most: int) -> list[Pending]:
    """Locks up to `most` unapplied events of the bound company, oldest first, passing over those another one holds.

    An event that names a message which is not there yet is left for a while.
    """
    named = exists().where(Message.company_id == Receipt.company_id, Message.id == Receipt.message_id)
    events = select(
        Receipt.id,
        Receipt.provider,
        Receipt.message_id,
        Receipt.provider_id,
        Receipt.payload,
        Receipt.received_at,
    ).where(
        Receipt.company_id == tenancy.company_id(),
        Receipt.applied_at.is_(None),
        Receipt.kind == kind,
        or_(Receipt.message_id.is_(None), named, Receipt.received_at < now() - _PATIENCE),
    )
    locked = events.order_by(Receipt.id).limit(most).with_for_update(of=Receipt, skip_locked=True)
    return [Pending(*row) for row in db.session.execute(locked)]


def settle(outcomes: Iterable[Outcome]) -> None:
    """Marks receipts of the bound company as applied. Does not commit."""
    instant = now()
    done = [
        {
            "company_id": tenancy.company_id(),
            "id": each.receipt_id,
            "applied_at": instant,
            "outcome": each.outcome,
            "status": each.status,
            "error_code": each.error_code,
            "message_id": each.message_id,
        }
        for each in outcomes
    ]
    if done:
        # by key, row by row in one pipeline: a join's plan depends on statistics that a filling inbox outruns
        db.session.execute(update(Receipt), done)


def _storable(value: Any) -> Any:
    """`value` without what PostgreSQL's jsonb refuses: NUL, halves of surrogate pairs, numbers without end."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_storable(key): _storable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
