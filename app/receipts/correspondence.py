"""What replies are matched against: messages that went out, the senders they came from, the answers they offered."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, DateTime, Text, column, func, literal, select, true, tuple_

from app import tenancy
from app.campaigns.definition import ResponseOptions
from app.extensions import db
from app.models import CampaignVersion, Channel, Message, MessageStatus, Run, Sender
from app.receipts.matching import SentMessage

Correspondent = tuple[Channel, str]
"""A channel and an address on it: a person's or a sender's."""

ANSWERED_WITHIN = timedelta(days=30)
"""How old a message may be that a reply is taken to answer."""
_NEWEST = 50
"""How many messages to one address are looked at."""
_WENT_OUT = (
    # what is being sent, or may have been, can be answered before we have written down that it was
    MessageStatus.SENDING,
    MessageStatus.UNKNOWN,
    MessageStatus.SENT,
    MessageStatus.DELIVERED,
    MessageStatus.READ,
)

_went_out_at: ColumnElement[datetime] = func.coalesce(
    func.least(Message.sent_at, Message.claimed_at), Message.created_at
)
_columns: tuple[ColumnElement[Any], ...] = tuple(
    _went_out_at.label(name) if name == "went_out_at" else getattr(Message, name) for name in SentMessage._fields
)


def sent_to(heard: Mapping[Correspondent, datetime]) -> dict[Correspondent, list[SentMessage]]:
    """Messages of the bound company, newest first, to people who were `heard` at these instants or later."""
    if not heard:
        return {}
    asked = (
        func.unnest(
            literal([channel.value for channel, _ in heard], ARRAY(Text)),
            literal([address for _, address in heard], ARRAY(Text)),
            literal(list(heard.values()), ARRAY(DateTime(timezone=True))),
        )
        .table_valued(column("channel", Text), column("address", Text), column("at", DateTime(timezone=True)))
        .render_derived("asked")
    )
    newest = (
        select(*_columns)
        .where(
            Message.company_id == tenancy.company_id(),
            Message.endpoint == asked.c.address,
            Message.channel == asked.c.channel,
            Message.status.in_(_WENT_OUT),
            _went_out_at >= asked.c.at - ANSWERED_WITHIN,
        )
        .order_by(Message.id.desc())
        .limit(_NEWEST)
        .lateral("newest")
    )
    found: dict[Correspondent, list[SentMessage]] = {}
    for row in db.session.execute(select(*newest.c).select_from(asked.join(newest, true()))):
        message = SentMessage(*row)
        found.setdefault((message.channel, message.endpoint), []).append(message)
    return found


def messages(ids: Collection[UUID]) -> dict[UUID, SentMessage]:
    """Those of the bound company's messages that have these ids."""
    found = db.session.execute(select(*_columns).where(Message.company_id == tenancy.company_id(), Message.id.in_(ids)))
    return {row.id: SentMessage(*row) for row in found}


def senders(addresses: Collection[Correspondent]) -> dict[Correspondent, UUID]:
    """The bound company's senders that have these addresses."""
    found = db.session.execute(
        select(Sender.channel, Sender.address, Sender.id).where(
            Sender.company_id == tenancy.company_id(),
            tuple_(Sender.channel, Sender.address).in_(addresses),
        )
    )
    return {(channel, address): sender_id for channel, address, sender_id in found}


def response_options(run_ids: Collection[UUID]) -> dict[UUID, ResponseOptions]:
    """The answers that the campaign version of each run understands."""
    found = db.session.execute(
        select(Run.id, CampaignVersion.definition["responses"])
        .join(
            CampaignVersion,
            (CampaignVersion.company_id == Run.company_id)
            & (CampaignVersion.campaign_id == Run.campaign_id)
            & (CampaignVersion.number == Run.version),
        )
        .where(Run.company_id == tenancy.company_id(), Run.id.in_(run_ids))
    )
    return {run_id: ResponseOptions.model_validate(responses or {}) for run_id, responses in found}
