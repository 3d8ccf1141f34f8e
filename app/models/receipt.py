"""What comes back: provider events, replies, decisions, opt-outs."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.models.base import Base, CompanyOwned, Json, Owned, coded, of_company, within_company
from app.models.company import Channel
from app.models.message import Disposition, MessageStatus


class ReceiptKind(StrEnum):
    """What sort of word a provider brought."""

    STATUS = "status"
    REPLY = "reply"


class ReceiptOutcome(StrEnum):
    """What applying a receipt did."""

    APPLIED = "applied"
    NO_CHANGE = "no_change"
    NO_MESSAGE = "no_message"
    NOT_UNDERSTOOD = "not_understood"


class Receipt(Base, Owned):
    """A provider's event, stored as it came and applied afterwards. The unique key makes a repeat harmless."""

    __tablename__ = "receipts"
    __table_args__ = (
        of_company(),
        UniqueConstraint("company_id", "provider", "event_key"),
        Index("ix_receipts_message", "company_id", "message_id", postgresql_where=text("message_id IS NOT NULL")),
        Index("ix_receipts_pending", "company_id", "id", postgresql_where=text("applied_at IS NULL")),
    )

    provider: Mapped[str]
    kind: Mapped[ReceiptKind] = mapped_column(coded(ReceiptKind))
    event_key: Mapped[str]
    message_id: Mapped[UUID | None]
    """Our message, named by the address or the custom argument; found on applying for replies."""
    provider_id: Mapped[str | None]
    payload: Mapped[Json]
    received_at: Mapped[datetime] = mapped_column(default=now)
    applied_at: Mapped[datetime | None]
    outcome: Mapped[ReceiptOutcome | None] = mapped_column(coded(ReceiptOutcome))
    status: Mapped[MessageStatus | None] = mapped_column(coded(MessageStatus))
    error_code: Mapped[str | None]


class ReplyMatch(StrEnum):
    """How a reply found the message that it answers."""

    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


class Reply(Base, Owned):
    """Something a person sent us."""

    __tablename__ = "replies"
    __table_args__ = (
        within_company("receipt_id", to="receipts"),
        UniqueConstraint("company_id", "receipt_id"),
        Index("ix_replies_message", "company_id", "message_id"),
    )

    receipt_id: Mapped[UUID]
    channel: Mapped[Channel] = mapped_column(coded(Channel))
    endpoint: Mapped[str]
    sender_address: Mapped[str]
    body: Mapped[str]
    match: Mapped[ReplyMatch] = mapped_column(coded(ReplyMatch))
    message_id: Mapped[UUID | None]
    disposition: Mapped[Disposition] = mapped_column(coded(Disposition))
    received_at: Mapped[datetime]


class RecordDisposition(Base, CompanyOwned):
    """What the person of one record decided, first and last."""

    __tablename__ = "dispositions"
    __table_args__ = (within_company("data_source_id", to="data_sources"),)

    data_source_id: Mapped[UUID] = mapped_column(primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    campaign_id: Mapped[UUID]
    run_id: Mapped[UUID]
    message_id: Mapped[UUID]
    reply_id: Mapped[UUID]
    disposition: Mapped[Disposition] = mapped_column(coded(Disposition))
    decided_at: Mapped[datetime]
    first_disposition: Mapped[Disposition] = mapped_column(coded(Disposition))
    first_decided_at: Mapped[datetime]


class SuppressionSource(StrEnum):
    """Who said that an address must not be contacted."""

    REPLY = "reply"
    PROVIDER = "provider"
    PERSON = "person"


class Suppression(Base, Owned):
    """An address that must not be contacted on a channel."""

    __tablename__ = "suppressions"
    __table_args__ = (
        of_company(),
        Index(
            "uq_suppressions_active",
            "company_id",
            "channel",
            "address",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    channel: Mapped[Channel] = mapped_column(coded(Channel))
    address: Mapped[str]
    source: Mapped[SuppressionSource] = mapped_column(coded(SuppressionSource))
    words: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
