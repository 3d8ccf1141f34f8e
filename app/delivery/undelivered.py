"""What may be said again although a provider once took it: messages that the provider says did not arrive."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Uuid, any_, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from app import tenancy
from app.delivery.errors import DeliverError
from app.extensions import db
from app.models import Message, MessageStatus


def free_keys(message_ids: Collection[UUID | None]) -> None:
    """Gives free the dedupe keys of those messages of which their provider says that they failed. Does not commit.

    The key of one that may have arrived stays taken: whoever says it again is told that it has been said. That is so
    for a message that a person gave up because nobody could say what became of it, and for one that arrived first.
    """
    if not message_ids:
        return
    mine = (Message.company_id == tenancy.company_id(), Message.id == any_(literal(list(message_ids), ARRAY(Uuid))))
    # in the order of the ids, in which receipts lock messages, too
    db.session.execute(select(Message.id).where(*mine).order_by(Message.id).with_for_update())
    db.session.execute(
        update(Message)
        .where(
            *mine,
            Message.status.in_([MessageStatus.FAILED, MessageStatus.UNDELIVERED]),
            Message.provider_id.is_not(None),
            Message.delivered_at.is_(None),
            Message.error_code.is_distinct_from(DeliverError.GIVEN_UP),
        )
        .values(dedupe_key=None),
        execution_options={"synchronize_session": False},
    )
