"""What of a run waits for its hour, and until when."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from app import tenancy
from app.clock import now
from app.extensions import db
from app.models import Channel, Message, MessageStatus, Tally, TallyKind

_LOOKED_THROUGH = 2_000
"""Waiting messages of a channel, whichever their run, among which the run's next one is looked for."""


def waiting_by_day(run_id: UUID) -> dict[date, int]:
    """How many messages of a run of the bound company are queued, by the local day on which they go out."""
    query = (
        select(Tally.day, func.sum(Tally.n))
        .where(
            Tally.company_id == tenancy.company_id(),
            Tally.run_id == run_id,
            Tally.kind == TallyKind.MESSAGE,
            Tally.code == MessageStatus.QUEUED,
        )
        .group_by(Tally.day)
        .order_by(Tally.day)
    )
    return {day: int(n) for day, n in db.session.execute(query) if n}


def next_opening(run_id: UUID, channels: Iterable[Channel]) -> datetime | None:
    """When the first message of a run that waits for its hour may go out.

    None also when it is not among the company's next ones: the answer is to cost little, whatever else waits.
    """
    found = [_next_of_channel(run_id, channel) for channel in channels]
    return min((instant for instant in found if instant), default=None)


def _next_of_channel(run_id: UUID, channel: Channel) -> datetime | None:
    first = (
        select(Message.run_id, Message.not_before)
        .where(
            Message.company_id == tenancy.company_id(),
            Message.channel == channel,
            Message.status == MessageStatus.QUEUED,
            Message.not_before > now(),
        )
        .order_by(Message.not_before)
        .limit(_LOOKED_THROUGH)
        .subquery()
    )
    found: datetime | None = db.session.scalar(select(func.min(first.c.not_before)).where(first.c.run_id == run_id))
    return found
