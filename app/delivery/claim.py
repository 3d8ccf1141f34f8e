"""Taking what is due: a claim holds messages until its lease runs out, and no two claims hold the same one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import any_, func, literal, literal_column, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from app import tallies, tenancy
from app.clock import now
from app.delivery.counts import COUNTED_BY, Move, changed_by, counted_under
from app.extensions import db, settings
from app.models import Channel, Message, MessageStatus

IS_QUEUED = Message.status == literal_column("'queued'")
"""Spelled out, not a parameter: the planner must see that the index of what is due covers it."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that a claim holds."""

    id: UUID
    run_id: UUID
    channel: Channel
    sender_id: UUID | None
    endpoint: str
    subject: str | None
    body: str
    html: str | None
    person: str
    doctor: str
    appointment_at: datetime | None
    zone: str
    not_before: datetime
    window_closes_at: datetime | None
    expires_at: datetime | None
    attempts: int
    """How often it was tried, this time included."""
    error_code: str | None
    """Why it did not go out the last time."""
    lease_until: datetime


_KEPT = (
    Message.id,
    Message.run_id,
    Message.channel,
    Message.sender_id,
    Message.endpoint,
    Message.subject,
    Message.body,
    Message.html,
    Message.person,
    Message.doctor,
    Message.appointment_at,
    Message.zone,
    Message.not_before,
    Message.window_closes_at,
    Message.expires_at,
    Message.attempts,
    Message.error_code,
    Message.lease_until,
)


def claim_block(channel: Channel, claim: UUID, most: int) -> list[Claimed]:
    """Claims up to `most` of the bound company's messages that are due on `channel`, the longest due first. Commits.

    Messages that another claimer is taking at this instant are passed over.
    """
    instant = now()
    due = (
        select(Message.id)
        .where(
            Message.company_id == tenancy.company_id(),
            Message.channel == channel,
            IS_QUEUED,
            Message.not_before <= instant,
        )
        .order_by(Message.not_before, Message.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    statement = (
        update(Message)
        # by an array and not by a join, for which the planner may read the whole table
        .where(Message.company_id == tenancy.company_id(), Message.id == any_(func.array(due.scalar_subquery())))
        .values(
            status=MessageStatus.SENDING,
            claim=claim,
            claimed_at=instant,
            requested_at=None,
            lease_until=instant + timedelta(seconds=settings().lease_seconds),
            attempts=Message.attempts + 1,
        )
        .returning(*_KEPT, *COUNTED_BY)
    )
    taken = db.session.execute(statement, execution_options={"synchronize_session": False}).all()
    tallies.add(changed_by(Move(counted_under(row, MessageStatus.QUEUED), MessageStatus.SENDING) for row in taken))
    db.session.commit()
    return sorted((_claimed(row) for row in taken), key=lambda message: (message.not_before, message.id))


def note_request(message_ids: Collection[UUID], claim: UUID) -> None:
    """Notes, before it is made, that a request for messages of a claim is being made. Commits."""
    db.session.execute(
        update(Message)
        .where(
            Message.company_id == tenancy.company_id(),
            Message.id == any_(literal(list(message_ids), ARRAY(Uuid))),
            Message.claim == claim,
        )
        .values(requested_at=now()),
        execution_options={"synchronize_session": False},
    )
    db.session.commit()


def _claimed(row: Sequence[Any]) -> Claimed:
    return Claimed(*row[: len(_KEPT)])
