"""What became of it: messages and receipts. Failures have a module of their own."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from app import tenancy
from app.api import schemas
from app.api.errors import refuse
from app.api.guard import room
from app.delivery import undecided
from app.extensions import db
from app.models import Message, Receipt
from app.reporting import listing
from app.reporting.listing import MessageFilter, Page

blueprint = room("outcomes", "What became of every row")


def _page(query: dict[str, Any]) -> tuple[UUID | None, int]:
    return query.pop("after"), query.pop("limit")


@blueprint.get("/messages")
@blueprint.arguments(schemas.MessagesQuery, location="query")
@blueprint.response(200, schemas.MessagePage)
def messages(query: dict[str, Any]) -> Page[Message]:
    """Messages, newest first."""
    after, limit = _page(query)
    return listing.messages(MessageFilter(**query), after, limit)


@blueprint.get("/messages/undecided")
@blueprint.response(200, schemas.MessagePage)
def in_doubt() -> Page[Message]:
    """Messages of which nobody but a person can say whether they were sent, oldest first; at most a hundred."""
    return Page(undecided.unknown_for_a_person(), None)


@blueprint.post("/messages/<uuid:message_id>/send-again")
@blueprint.response(202, schemas.Message)
def send_again(message_id: UUID) -> Message:
    """Says that a message in doubt was not sent; 409 when it is no longer in doubt."""
    return _decided(undecided.send_again, message_id)


@blueprint.post("/messages/<uuid:message_id>/give-up")
@blueprint.response(200, schemas.Message)
def give_up(message_id: UUID) -> Message:
    """Says that a message in doubt has failed; 409 when it is no longer in doubt."""
    return _decided(undecided.give_up, message_id)


def _decided(decide: Callable[[UUID], None], message_id: UUID) -> Message:
    try:
        decide(message_id)
    except undecided.DecidedError:
        refuse(409, "decided", "The message does not wait for a decision.")
    message = tenancy.get(Message, message_id)
    db.session.refresh(message)
    return message


@blueprint.get("/receipts")
@blueprint.arguments(schemas.PageQuery, location="query")
@blueprint.response(200, schemas.ReceiptPage)
def receipts(query: dict[str, Any]) -> Page[Receipt]:
    """Receipts in order of arrival; ask again with `after` set to the answer's `next`."""
    return listing.receipts(*_page(query))
