"""The one way back: a message that a claim holds, and that the provider does not have, is queued again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Boolean, Date, DateTime, Text, Uuid, case, func, update

from app import tallies, tenancy
from app.delivery.arrays import Columns, locked, table_of
from app.delivery.counts import BEFORE, Move, changed_by, counted_columns, counted_under
from app.extensions import db
from app.models import Message, MessageStatus


class Window(NamedTuple):
    """Another opening of the contact window: the local day that it lies on, when it closes, and the key of that day."""

    day: date
    closes_at: datetime | None
    dedupe_key: UUID


@dataclass(frozen=True, slots=True)
class GiveBack:
    """What is to be queued again, from when on. Only the claim that holds the message can give it back."""

    message_id: UUID
    claim: UUID
    not_before: datetime
    error_code: str | None = None
    """Why it did not go out this time; shown while it waits."""
    tried: bool = True
    """False: no request was made for it, so the attempt does not count."""
    window: Window | None = None


_COLUMNS: Columns = (
    ("id", Uuid()),
    ("claim", Uuid()),
    ("not_before", DateTime(timezone=True)),
    ("error_code", Text()),
    ("tried", Boolean()),
    ("new_day", Date()),
    ("closes_at", DateTime(timezone=True)),
    ("new_key", Uuid()),
)


def give_back(returned: Iterable[GiveBack]) -> frozenset[UUID]:
    """Queues messages of the bound company again and returns those that their claim still held.

    Does not commit. As with `transitions.advance`, a transaction calls this once. Raises SQLAlchemy's `IntegrityError`
    when another message took the key of a new day.
    """
    same_day = (None, None, None)
    rows = [
        (each.message_id, each.claim, each.not_before, each.error_code, each.tried, *(each.window or same_day))
        for each in returned
    ]
    if not rows:
        return frozenset()
    wanted = table_of("wanted", _COLUMNS, sorted(rows, key=lambda row: row[0]))
    in_flight = Message.status.in_([MessageStatus.SENDING, MessageStatus.UNKNOWN])
    held = locked(wanted, [Message.claim == wanted.c.claim, in_flight], BEFORE)
    untried = func.greatest(Message.attempts - 1, 0)
    statement = (
        update(Message)
        .where(Message.company_id == tenancy.company_id(), Message.id == held.c.id)
        .values(
            status=MessageStatus.QUEUED,
            claim=None,
            lease_until=None,
            claimed_at=None,
            not_before=held.c.not_before,
            error_code=held.c.error_code,
            attempts=case((held.c.tried, Message.attempts), else_=untried),
            day=func.coalesce(held.c.new_day, Message.day),
            window_closes_at=case((held.c.new_day.is_(None), Message.window_closes_at), else_=held.c.closes_at),
            dedupe_key=func.coalesce(held.c.new_key, Message.dedupe_key),
        )
        .returning(Message.id, *counted_columns(held), held.c.new_day)
    )
    found = db.session.execute(statement, execution_options={"synchronize_session": False}).all()
    tallies.add(changed_by(Move(counted_under(row, row.was), MessageStatus.QUEUED, day=row.new_day) for row in found))
    return frozenset(row.id for row in found)
