"""Messages: found by campaign, status, channel, person or address; one with all that happened to it."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import tenancy
from app.delivery import undecided
from app.extensions import db
from app.models import (
    Campaign,
    Channel,
    DataSource,
    Failure,
    FailureStage,
    Message,
    MessageStatus,
    Receipt,
    Reply,
    Sender,
)
from app.portal import labels, paging
from app.portal.addresses import normalised
from app.portal.patience import TooLongError, patience
from app.portal.timeline import timeline
from app.reporting import listing
from app.reporting.listing import MessageFilter

blueprint = Blueprint("messages", __name__, url_prefix="/messages")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The messages that the filters leave, newest first."""
    wanted = _wanted()
    try:
        with patience():
            found = listing.messages(wanted, paging.after_id(), paging.PAGE_ROWS)
    except TooLongError:
        found = None
    page = paging.of_listing(found) if found else None
    return render_template(
        "messages/index.html",
        page=page,
        wanted=wanted,
        searched=request.args.get("q", ""),
        campaigns=labels.campaign_choices(),
        names=labels.campaign_names(row.campaign_id for row in page.rows) if page else {},
        statuses=list(MessageStatus),
        channels=list(Channel),
    )


@blueprint.get("/<uuid:message_id>")
def show(message_id: UUID) -> ResponseReturnValue:
    """One message: its text, the record it came from, its timeline."""
    message = tenancy.get(Message, message_id)
    replies = db.session.scalars(
        tenancy.rows(Reply).where(Reply.message_id == message_id).order_by(Reply.received_at)
    ).all()
    receipts = db.session.scalars(
        tenancy.rows(Receipt).where(Receipt.message_id == message_id).order_by(Receipt.id)
    ).all()
    return render_template(
        "messages/show.html",
        message=message,
        is_undecided=undecided.waits_for_a_person(message),
        campaign=tenancy.get(Campaign, message.campaign_id),
        source=tenancy.get(DataSource, message.data_source_id),
        sender=tenancy.find(Sender, message.sender_id) if message.sender_id else None,
        failure=_failure_of(message),
        events=timeline(message, replies),
        receipts=receipts,
    )


@blueprint.post("/<uuid:message_id>/send-again")
def send_again(message_id: UUID) -> ResponseReturnValue:
    """A person says that a message in doubt was not sent."""
    return _decided(undecided.send_again, message_id, "It is sent once more.")


@blueprint.post("/<uuid:message_id>/give-up")
def give_up(message_id: UUID) -> ResponseReturnValue:
    """A person says that a message in doubt is not worth another try."""
    return _decided(undecided.give_up, message_id, "It was given up.")


def _decided(decide: Callable[[UUID], None], message_id: UUID, words: str) -> ResponseReturnValue:
    try:
        decide(message_id)
    except undecided.DecidedError:
        flash("Nobody needs to decide any more: the provider has told what became of it.", "info")
    else:
        flash(words, "success")
    return redirect(url_for("messages.show", message_id=message_id))


def _wanted() -> MessageFilter:
    endpoint, person = _searched(request.args.get("q", "").strip())
    return MessageFilter(
        run_id=request.args.get("run", type=UUID),
        campaign_id=request.args.get("campaign", type=UUID),
        data_source_id=request.args.get("file", type=UUID),
        row_number=request.args.get("row", type=_row_number),
        status=request.args.get("status", type=MessageStatus),
        channel=request.args.get("channel", type=Channel),
        endpoint=endpoint,
        person=person,
    )


def _row_number(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**31:
        raise ValueError("no list has such a row")
    return number


def _searched(text: str) -> tuple[str | None, str | None]:
    """What was typed, as an address if it is one, else as a part of a name."""
    if not text:
        return None, None
    address = normalised(Channel.EMAIL if "@" in text else Channel.SMS, text)
    return (address, None) if address else (None, text)


def _failure_of(message: Message) -> Failure | None:
    return db.session.scalar(
        tenancy.rows(Failure).where(
            Failure.run_id == message.run_id,
            Failure.stage == FailureStage.DELIVER,
            Failure.message_id == message.id,
        )
    )
