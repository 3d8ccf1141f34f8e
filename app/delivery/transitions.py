"""The only place that moves a message from one status to another, and its count with it.

Many hands move messages at once: senders, receipts, sweeps. Rows are locked in the order of their ids, and the counts,
on which all of them meet, are touched last. That keeps writers from waiting in a circle, as long as a transaction
moves messages once and then commits. Claiming and giving back, which a rank does not order, are beside this module.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    DateTime,
    Integer,
    Text,
    Uuid,
    and_,
    case,
    func,
    literal,
    or_,
    update,
)

from app import tallies, tenancy
from app.delivery import failed
from app.delivery.arrays import Columns, locked, table_of
from app.delivery.counts import BEFORE, Move, changed_by, counted_columns, counted_under
from app.extensions import db
from app.models import RANK, Message, MessageStatus
from app.models.base import Json

_WITH_FAILURE = frozenset({MessageStatus.FAILED, MessageStatus.UNDELIVERED, MessageStatus.EXPIRED})
_IN_FLIGHT = (MessageStatus.SENDING, MessageStatus.UNKNOWN)
_SENT = (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ)
_WITH_US = (MessageStatus.STAGED, MessageStatus.QUEUED, MessageStatus.SENDING)
_NEVER_LEFT = (MessageStatus.FAILED, MessageStatus.EXPIRED, MessageStatus.CANCELLED)
_ENDS = tuple(status for status, rank in RANK.items() if rank > RANK[MessageStatus.READ])


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to a message.

    `at` is when it happened, not when we heard of it. `error_code` is a code of `app.delivery.errors`, `facts` are
    what its words speak of.
    """

    message_id: UUID
    status: MessageStatus
    at: datetime
    provider_id: str | None = None
    error_code: str | None = None
    facts: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Advance:
    """Which messages took a new status, and which kept theirs (or are not the bound company's, or not held)."""

    moved: frozenset[UUID]
    unchanged: frozenset[UUID]


def advance(changes: Iterable[Change], *, claim: UUID | None = None) -> Advance:
    """Moves the bound company's messages forward by `RANK`, and counts them under their new status. Does not commit.

    A change of no higher rank moves nothing, but its date is kept: a late `sent` still says when. So changes may come
    in any order and any number of times. With `claim`, only messages that this claim still holds are touched. A
    message that failed, expired or came back undelivered gets its row in `failures`; one that ended without a
    provider having taken it gives its dedupe key free. `Message` objects that the
    session has read already are not refreshed.
    """
    steps = {step.message_id: step for step in _fold(changes)}
    if not steps:
        return Advance(frozenset(), frozenset())
    moves = _write(steps, claim)
    failed.write([end for id_ in moves if (end := steps[id_].end)])
    tallies.add(changed_by(moves.values()))
    return Advance(moved=frozenset(moves), unchanged=frozenset(steps.keys() - moves.keys()))


class _Step(NamedTuple):
    """All that one call says about one message: the furthest status, and the dates of those on the way."""

    message_id: UUID
    status: MessageStatus
    rank: int
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    ended_at: datetime | None
    provider_id: str | None
    error_code: str | None
    end: failed.End | None


_COLUMNS: Columns = (
    ("id", Uuid()),
    ("status", Text()),
    ("rank", Integer()),
    ("sent_at", DateTime(timezone=True)),
    ("delivered_at", DateTime(timezone=True)),
    ("read_at", DateTime(timezone=True)),
    ("ended_at", DateTime(timezone=True)),
    ("provider_id", Text()),
    ("error_code", Text()),
)


def _fold(changes: Iterable[Change]) -> list[_Step]:
    """One step a message: the highest rank wins (of equals the earliest), the dates of the others are kept."""
    by_message: dict[UUID, list[Change]] = {}
    for change in changes:
        by_message.setdefault(change.message_id, []).append(change)
    return [_step(heard) for heard in by_message.values()]


def _step(heard: Sequence[Change]) -> _Step:
    last = min(heard, key=lambda change: (-RANK[change.status], change.at, change.status))
    provider_ids = [change.provider_id for change in (last, *heard) if change.provider_id is not None]
    # what was read was delivered, and what was delivered was sent: each date counts for the ones before it
    return _Step(
        message_id=last.message_id,
        status=last.status,
        rank=RANK[last.status],
        sent_at=_earliest(heard, _SENT),
        delivered_at=_earliest(heard, _SENT[1:]),
        read_at=_earliest(heard, _SENT[2:]),
        ended_at=_earliest(heard, _ENDS),
        provider_id=provider_ids[0] if provider_ids else None,
        error_code=last.error_code,
        end=_end(last),
    )


def _earliest(heard: Sequence[Change], statuses: Sequence[MessageStatus]) -> datetime | None:
    return min((change.at for change in heard if change.status in statuses), default=None)


def _end(last: Change) -> failed.End | None:
    if last.status not in _WITH_FAILURE:
        return None
    return failed.End(last.message_id, last.error_code or last.status.value, last.facts)


def _write(steps: Mapping[UUID, _Step], claim: UUID | None) -> dict[UUID, Move]:
    """Writes the steps and returns those that led on to another status."""
    mine = [] if claim is None else [Message.claim == claim]
    held = locked(table_of("wanted", _COLUMNS, [steps[id_] for id_ in sorted(steps)]), mine, BEFORE)
    forward = held.c.rank > case(*((held.c.was == status.value, literal(rank)) for status, rank in RANK.items()))
    dates = {
        name: func.least(getattr(Message, name), held.c[name])
        for name in ("sent_at", "delivered_at", "read_at", "ended_at")
    }
    news = [value.is_distinct_from(getattr(Message, name)) for name, value in dates.items()]
    learned = and_(Message.provider_id.is_(None), held.c.provider_id.is_not(None))
    # what was not said is no reason to keep silent later; what a provider took may have been said
    unsaid = and_(
        forward,
        func.coalesce(Message.provider_id, held.c.provider_id).is_(None),
        held.c.was.in_([status.value for status in _WITH_US]),
        held.c.status.in_([status.value for status in _NEVER_LEFT]),
    )
    released = and_(forward, held.c.status.not_in([status.value for status in _IN_FLIGHT]))
    statement = (
        update(Message)
        .where(Message.company_id == tenancy.company_id(), Message.id == held.c.id)
        .where(or_(forward, learned, *news))
        .values(
            status=case((forward, held.c.status), else_=Message.status),
            error_code=case((forward, held.c.error_code), else_=Message.error_code),
            dedupe_key=case((unsaid, None), else_=Message.dedupe_key),
            provider_id=func.coalesce(Message.provider_id, held.c.provider_id),
            lease_until=case((released, None), else_=Message.lease_until),
            claim=case((released, None), else_=Message.claim),
            **dates,
        )
        .returning(Message.id, *counted_columns(held), forward.label("forward"))
    )
    found = db.session.execute(statement, execution_options={"synchronize_session": False})
    moves = {}
    for row in found:
        if row.forward:
            step = steps[row.id]
            moves[row.id] = Move(counted_under(row, row.was), step.status, step.end.code if step.end else None)
    return moves
