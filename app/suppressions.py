"""Addresses that must not be contacted: who said so, when, in which words. Asked when queueing and when claiming."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import Text

from app import tenancy
from app.clock import now
from app.extensions import db
from app.models import Channel, Suppression, SuppressionSource, new_id


def suppressed(channel: Channel, addresses: Collection[str]) -> frozenset[str]:
    """Those of `addresses` (normalised) that the bound company must not contact on `channel`."""
    if not addresses:
        return frozenset()
    wanted = literal(list(addresses), ARRAY(Text))
    return frozenset(
        db.session.scalars(
            select(Suppression.address).where(
                Suppression.company_id == tenancy.company_id(),
                Suppression.channel == channel,
                Suppression.address == any_(wanted),
                Suppression.lifted_at.is_(None),
            )
        )
    )


def suppress(
    channel: Channel, address: str, source: SuppressionSource, words: str, created_by: UUID | None = None
) -> bool:
    """Suppresses a normalised address; False when it was already. Does not commit."""
    statement = (
        insert(Suppression)
        .values(
            company_id=tenancy.company_id(),
            id=new_id(),
            channel=channel,
            address=address,
            source=source,
            words=words,
            created_by=created_by,
        )
        .on_conflict_do_nothing()
        .returning(Suppression.id)
    )
    return db.session.scalar(statement) is not None


def lift(channel: Channel, address: str, by: UUID | None = None) -> bool:
    """Lets an address be contacted again; False when it was not suppressed. The old row stays. Does not commit."""
    active = db.session.scalar(
        tenancy.rows(Suppression).where(
            Suppression.channel == channel, Suppression.address == address, Suppression.lifted_at.is_(None)
        )
    )
    if active is None:
        return False
    active.lifted_at = now()
    active.lifted_by = by
    db.session.flush()
    return True
