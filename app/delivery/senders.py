"""Whom a message comes from."""

from uuid import UUID

from app.accounts import senders
from app.models import Channel


class Senders:
    """The bound company's senders of a channel, as they were when this was made."""

    def __init__(self, channel: Channel) -> None:
        self._by_id = {sender.id: sender.address for sender in senders.in_order(channel)}

    def address(self, sender_id: UUID | None) -> str | None:
        """Address of the wanted sender, or of the company's first when none is wanted; None when there is none."""
        if sender_id is None:
            return next(iter(self._by_id.values()), None)
        return self._by_id.get(sender_id)
