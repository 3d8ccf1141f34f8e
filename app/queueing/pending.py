"""A run's messages that have not gone out yet: letting them go, or calling them off, a block at a time."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, any_, func, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY

from app import tenancy
from app.clock import now
from app.delivery.transitions import Change, advance
from app.extensions import db
from app.models import Message, MessageStatus, Tally, TallyKind

_BLOCK = 2_000


class Pending:
    """The messages of one run in some statuses, in the order of their rows. Nothing here commits."""

    def __init__(self, run_id: UUID, statuses: Collection[MessageStatus]) -> None:
        self._run_id = run_id
        self._statuses = tuple(statuses)
        self._last: tuple[UUID, int, UUID] | None = None

    def is_empty(self) -> bool:
        """True when the run has no such message. Reads the counts, not the messages."""
        left = db.session.scalar(
            select(func.sum(Tally.n)).where(
                Tally.company_id == tenancy.company_id(),
                Tally.run_id == self._run_id,
                Tally.kind == TallyKind.MESSAGE,
                Tally.code.in_([status.value for status in self._statuses]),
            )
        )
        return not left

    def release(self, start_at: datetime | None) -> None:
        """Lets the next block go out, not before `start_at`."""
        moved = self._move(MessageStatus.QUEUED)
        if start_at is not None and moved:
            db.session.execute(
                update(Message).where(_among(moved), Message.not_before < start_at).values(not_before=start_at),
                execution_options={"synchronize_session": False},
            )

    def cancel(self) -> None:
        """Calls the next block off."""
        self._move(MessageStatus.CANCELLED)

    def _move(self, status: MessageStatus) -> frozenset[UUID]:
        instant = now()
        return advance(Change(id_, status, instant) for id_ in self._next_block()).moved

    def _next_block(self) -> list[UUID]:
        place = (Message.data_source_id, Message.row_number, Message.id)
        wanted = (
            select(*place)
            .where(
                Message.company_id == tenancy.company_id(),
                Message.run_id == self._run_id,
                Message.status.in_(self._statuses),
            )
            .order_by(*place)
            .limit(_BLOCK)
        )
        if self._last is not None:
            wanted = wanted.where(tuple_(*place) > self._last)
        found = [(source, row, id_) for source, row, id_ in db.session.execute(wanted)]
        self._last = found[-1] if len(found) == _BLOCK else None
        return [id_ for _, _, id_ in found]


def _among(ids: Collection[UUID]) -> ColumnElement[bool]:
    return and_(Message.company_id == tenancy.company_id(), Message.id == any_(literal(list(ids), ARRAY(Uuid))))
