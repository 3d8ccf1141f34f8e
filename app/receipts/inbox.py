"""The inbox: a provider's event is stored as it came, once, and applied afterwards."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Text, Uuid, column, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.elements import ColumnClause
from sqlalchemy.sql.selectable import TableValuedAlias

from app import tenancy
from app.clock import now
from app.extensions import db
from app.models import Message, MessageStatus, Receipt, ReceiptKind, ReceiptOutcome, new_id
from app.receipts.incoming import Incoming, MalformedError


class UnknownCompanyError(LookupError):
    """An event names a company that does not exist."""


_PATIENCE = timedelta(seconds=60)
"""How long an event waits for a message that it names and that is not there: longer than any commit takes."""


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
    outcome: ReceiptOutcome
    status: MessageStatus | None = None
    error_code: str | None = None
    message_id: UUID | None = None
    """The message that a reply was found to answer; None leaves the one that the receipt names."""


def store(events: Sequence[Incoming]) -> int:
    """Stores events of the bound company in one statement and commits. Returns how many were new.

    Raises `UnknownCompanyError` when there is no such company, `MalformedError` for a payload that nests too deeply.
    """
    row = _rows(
        [
            {
                "id": str(new_id()),
                "provider": event.provider,
                "kind": event.kind,
                "event_key": event.event_key,
                "message_id": event.message_id and str(event.message_id),
                "provider_id": event.provider_id,
                "payload": event.payload,
            }
            for event in events
        ],
        column("id", Uuid()),
        column("provider", Text()),
        column("kind", Text()),
        column("event_key", Text()),
        column("message_id", Uuid()),
        column("provider_id", Text()),
        column("payload", JSONB()),
    )
    statement = (
        insert(Receipt)
        .from_select(
            ["company_id", *row.c.keys(), "received_at"],
            select(literal(tenancy.company_id()), *row.c, literal(now())),
        )
        .on_conflict_do_nothing()
        .returning(Receipt.id)
    )
    try:
        stored = len(db.session.scalars(statement).all())
        db.session.commit()
    except IntegrityError as problem:
        # a repeated key is no conflict here, so what is violated is the reference to the company
        db.session.rollback()
        raise UnknownCompanyError(str(tenancy.company_id())) from problem
    return stored


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
    """Marks receipts of the bound company as applied, in one statement. Does not commit."""
    row = _rows(
        [
            {
                "id": str(each.receipt_id),
                "outcome": each.outcome,
                "status": each.status,
                "error_code": each.error_code,
                "message_id": each.message_id and str(each.message_id),
            }
            for each in outcomes
        ],
        column("id", Uuid()),
        column("outcome", Text()),
        column("status", Text()),
        column("error_code", Text()),
        column("message_id", Uuid()),
    )
    db.session.execute(
        update(Receipt)
        .where(Receipt.company_id == tenancy.company_id(), Receipt.id == row.c.id)
        .values(
            applied_at=now(),
            outcome=row.c.outcome,
            status=row.c.status,
            error_code=row.c.error_code,
            message_id=func.coalesce(row.c.message_id, Receipt.message_id),
        )
        .execution_options(synchronize_session=False)
    )


def _rows(values: Sequence[Mapping[str, Any]], *columns: ColumnClause[Any]) -> TableValuedAlias:
    """`values` as a table inside a statement: one parameter, however many rows."""
    document = literal(_storable(values), JSONB)
    return func.jsonb_to_recordset(document).table_valued(*columns, name="row").render_derived(with_types=True)


def _storable(value: Any) -> Any:
    """`value` without what PostgreSQL's jsonb refuses: NUL, halves of surrogate pairs, numbers without end."""
    try:
        return _cleaned(value)
    except RecursionError as problem:
        raise MalformedError("nested too deeply") from problem


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_cleaned(key): _cleaned(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_cleaned(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
