"""Receipts that should have come: the provider is asked about messages that it took and never spoke of again."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import literal_column, or_, select, update

from app import tenancy
from app.campaigns.finish import finish_if_done
from app.channels.registry import ASKED
from app.clock import now
from app.delivery.asking import as_changes, ask
from app.delivery.transitions import Change, advance
from app.extensions import db
from app.models import Channel, Message, Run, RunStatus

_ASK_AGAIN = timedelta(hours=1)
_MOST = 1_000


def missing_receipts(older_than: timedelta, deadline: datetime) -> int:
    """Asks about the bound company's messages that were sent longer ago than `older_than` and nobody heard of since.

    Puts no question after `deadline`. Commits. Returns how many messages it moved on. One that was taken up, and of
    which the provider has no news, is left alone for an hour.
    """
    silent = _take(older_than)
    instant = now()
    changes: list[Change] = []
    for channel, driver in ASKED.items():
        wanted = (
            driver.look_up(provider_id, message_id)
            for message_id, (provider_id, of, _) in silent.items()
            if of is channel
        )
        for message_id, seen in ask(wanted, driver.looked_up, deadline):
            changes += as_changes(message_id, seen, instant)
    moved = advance(changes).moved
    finish_if_done({silent[message_id][2] for message_id in moved})
    db.session.commit()
    return len(moved)


def _take(older_than: timedelta) -> dict[UUID, tuple[str, Channel, UUID]]:
    """Provider id, channel and run of the messages to ask about, which nobody else will ask about for a while.

    Only runs that are not over can have such messages, so only theirs are looked through.
    """
    instant = now()
    company_id = tenancy.company_id()
    under_way = select(Run.id).where(
        Run.company_id == company_id, Run.status.not_in([RunStatus.FINISHED, RunStatus.CANCELLED])
    )
    silent = (
        select(Message.id)
        .where(
            Message.company_id == company_id,
            Message.run_id.in_(under_way),
            Message.status == literal_column("'sent'"),
            Message.channel.in_(ASKED),
            Message.provider_id.is_not(None),
            Message.sent_at < instant - older_than,
            or_(Message.lease_until.is_(None), Message.lease_until < instant),
        )
        .limit(_MOST)
        .with_for_update(skip_locked=True)
        .cte("silent")
    )
    statement = (
        update(Message)
        .where(Message.company_id == company_id, Message.id == silent.c.id)
        .values(lease_until=instant + _ASK_AGAIN)
        .returning(Message.id, Message.provider_id, Message.channel, Message.run_id)
    )
    found = db.session.execute(statement, execution_options={"synchronize_session": False}).all()
    db.session.commit()
    return {row.id: (row.provider_id, row.channel, row.run_id) for row in found}
