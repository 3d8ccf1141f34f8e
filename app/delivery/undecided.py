"""Messages of which nobody can find out whether they were sent: a person decides."""

from uuid import UUID

from app import jobs, tenancy
from app.campaigns.finish import finish_if_done
from app.clock import now
from app.delivery.due import IS_IN_FLIGHT
from app.delivery.errors import DeliverError
from app.delivery.give_back import GiveBack, give_back
from app.delivery.transitions import Change, advance
from app.extensions import db
from app.jobs import Job
from app.models import Message, MessageStatus


class DecidedError(Exception):
    """The message does not wait for a person: its events came, or somebody was faster."""


def unknown_for_a_person(most: int = 100) -> list[Message]:
    """The bound company's messages that wait for a person's decision, oldest first."""
    waiting = tenancy.rows(Message).where(
        IS_IN_FLIGHT, Message.lease_until.is_(None), Message.status == MessageStatus.UNKNOWN
    )
    return list(db.session.scalars(waiting.order_by(Message.id).limit(most)))


def waits_for_a_person(message: Message) -> bool:
    """True when nobody but a person can say whether it was sent."""
    return message.status is MessageStatus.UNKNOWN and message.lease_until is None


def send_again(message_id: UUID) -> None:
    """A person says that it was not sent: it is queued once more. Commits. Raises `DecidedError`, `NotFoundError`."""
    message = _waiting(message_id)
    if message.claim is None:
        raise DecidedError
    give_back([GiveBack(message.id, message.claim, now(), message.error_code)])
    db.session.commit()
    jobs.enqueue(Job.SEND_DUE, tenancy.company_id())


def give_up(message_id: UUID) -> None:
    """A person says that it is not worth another try: it has failed. Commits. Raises as `send_again`."""
    message = _waiting(message_id)
    advance([Change(message.id, MessageStatus.FAILED, now(), error_code=DeliverError.GIVEN_UP)])
    finish_if_done({message.run_id})
    db.session.commit()


def _waiting(message_id: UUID) -> Message:
    message = tenancy.get(Message, message_id, for_update=True)
    if not waits_for_a_person(message):
        db.session.rollback()
        raise DecidedError
    return message
