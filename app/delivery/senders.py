"""Whom a message comes from."""

from uuid import UUID

from app import tenancy
from app.extensions import db
from app.models import Channel, Sender


class Senders:
    """The bound company's senders of a channel, as they were when this was made."""

    def __init__(self, channel: Channel) -> None:
        found = db.session.scalars(
            tenancy.rows(Sender).where(Sender.channel == channel).order_by(Sender.created_at, Sender.id)
        ).all()
        self._by_id = {sender.id: sender.address for sender in found}

    def address(self, sender_id: UUID | None) -> str | None:
        """Address of the wanted sender, or of the company's first when none is wanted; None when there is none."""
        if sender_id is None:
            return next(iter(self._by_id.values()), None)
        return self._by_id.get(sender_id)
