"""Messages and failures: what became of each record on each delivery method."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.models.base import Base, Json, Owned, coded, within_company
from app.models.company import Channel


class MessageStatus(StrEnum):
    """`staged -> queued -> sending -> sent -> delivered -> read`, or one of the ends."""

    STAGED = "staged"
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


RANK = {
    MessageStatus.STAGED: 0,
    MessageStatus.QUEUED: 1,
    MessageStatus.SENDING: 2,
    MessageStatus.UNKNOWN: 3,
    MessageStatus.SENT: 4,
    MessageStatus.DELIVERED: 5,
    MessageStatus.READ: 6,
    MessageStatus.UNDELIVERED: 7,
    MessageStatus.FAILED: 7,
    MessageStatus.EXPIRED: 7,
    MessageStatus.CANCELLED: 7,
}
"""A receipt moves a message to a higher rank only."""

FINAL = frozenset(status for status in MessageStatus if RANK[status] >= RANK[MessageStatus.DELIVERED])
"""Nothing more is waited for; `read` may still follow `delivered`."""


class Disposition(StrEnum):
    """What the person decided."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    RESCHEDULE = "reschedule"
    OPTED_OUT = "opted_out"
    UNCLEAR = "unclear"


class Message(Base, Owned):
    """One text to one endpoint on one channel."""

    __tablename__ = "messages"
    __table_args__ = (
        within_company("run_id", to="runs"),
        UniqueConstraint("company_id", "dedupe_key"),
        Index("ix_messages_run", "company_id", "run_id", "data_source_id", "row_number"),
        Index("ix_messages_endpoint", "company_id", "endpoint", "id"),
        Index(
            "ix_messages_provider_id",
            "company_id",
            "provider_id",
            postgresql_where=text("provider_id IS NOT NULL"),
        ),
        Index(
            "ix_messages_due",
            "company_id",
            "channel",
            "not_before",
            "id",
            postgresql_where=text("status = 'queued'"),
        ),
        Index(
            "ix_messages_in_flight",
            "company_id",
            "lease_until",
            postgresql_where=text("status IN ('sending', 'unknown')"),
        ),
        Index(
            "ix_messages_awaiting_receipt",
            "company_id",
            "run_id",
            "sent_at",
            postgresql_where=text("status = 'sent'"),
        ),
    )

    run_id: Mapped[UUID]
    campaign_id: Mapped[UUID]
    method: Mapped[str]
    """Key of the delivery method in the campaign's definition."""
    data_source_id: Mapped[UUID]
    row_number: Mapped[int]
    channel: Mapped[Channel] = mapped_column(coded(Channel))
    sender_id: Mapped[UUID | None]
    endpoint: Mapped[str]
    """Normalised address: E.164 number, lower-cased e-mail, page-scoped id."""
    person: Mapped[str]
    doctor: Mapped[str]
    appointment_at: Mapped[datetime | None]
    dedupe_key: Mapped[UUID | None]
    """Digest of company (or campaign), local day, person, doctor and endpoint; null once released."""

    subject: Mapped[str | None]
    body: Mapped[str]
    html: Mapped[str | None]
    units: Mapped[int] = mapped_column(default=1)
    """SMS segments; 1 for channels that are not counted in segments."""

    status: Mapped[MessageStatus] = mapped_column(coded(MessageStatus), default=MessageStatus.QUEUED)
    day: Mapped[date]
    """The local day on which it goes out, which is also the day that it is tallied under."""
    not_before: Mapped[datetime]
    """The first instant, schedule and contact window considered, at which it may go out."""
    window_closes_at: Mapped[datetime | None]
    """When the window that `not_before` lies in closes; past it a new window has to be found."""
    expires_at: Mapped[datetime | None]
    """After this instant it would come too late."""
    zone: Mapped[str]
    """The recipient's zone, also when the contact window is read on the company's clock."""

    lease_until: Mapped[datetime | None]
    claim: Mapped[UUID | None]
    """The claim that holds it; a worker that lost its lease cannot record over another's."""
    attempts: Mapped[int] = mapped_column(default=0)
    provider_id: Mapped[str | None]
    error_code: Mapped[str | None]

    created_at: Mapped[datetime] = mapped_column(default=now)
    claimed_at: Mapped[datetime | None]
    requested_at: Mapped[datetime | None]
    """When the request that carries it was about to be made; noted where its provider cannot be asked afterwards."""
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When it failed, expired, was cancelled or came back undelivered."""
    disposition: Mapped[Disposition | None] = mapped_column(coded(Disposition))
    disposition_at: Mapped[datetime | None]


class FailureStage(StrEnum):
    """Where in the line a record stopped, in the order of the line."""

    CLEAN = "clean"
    VALIDATE = "validate"
    ASSEMBLE = "assemble"
    FILTER = "filter"
    SUPPRESS = "suppress"
    WINDOW = "window"
    DEDUPLICATE = "deduplicate"
    DELIVER = "deliver"


class Failure(Base, Owned):
    """A record x delivery method that did not become a message, or a message that failed for good."""

    __tablename__ = "failures"
    __table_args__ = (
        within_company("run_id", to="runs"),
        within_company("requeue_run_id", to="runs"),
        # the end of it lets a requeue take the failures of one reason and method a block at a time
        Index("ix_failures_run", "company_id", "run_id", "stage", "code", "method", "id"),
        Index("ix_failures_record", "company_id", "data_source_id", "row_number"),
        Index(
            "ix_failures_requeued",
            "company_id",
            "requeue_run_id",
            "data_source_id",
            "row_number",
            postgresql_where=text("requeue_run_id IS NOT NULL"),
        ),
    )

    run_id: Mapped[UUID]
    campaign_id: Mapped[UUID]
    method: Mapped[str]
    data_source_id: Mapped[UUID]
    row_number: Mapped[int]
    channel: Mapped[Channel] = mapped_column(coded(Channel))
    stage: Mapped[FailureStage] = mapped_column(coded(FailureStage))
    code: Mapped[str]
    facts: Mapped[Json]
    """What the words of the code speak of: the value refused, the field missing, the provider's code."""
    person: Mapped[str]
    endpoint: Mapped[str]
    """The address as far as it was known: normalised, or as it stands in the file."""
    data: Mapped[Json]
    """The record as it was: stable field name to cell."""
    corrected: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    """What a person put in place of some of its cells, under the same names; `present_data` is what is walked."""
    corrected_at: Mapped[datetime | None]
    corrected_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    message_id: Mapped[UUID | None]
    """The message that failed, for the stage `deliver`."""
    repeats_message_id: Mapped[UUID | None]
    """The message that this one would have repeated, for the stage `deduplicate`; for others, one that it
    may repeat when it is requeued."""
    day: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(default=now)
    requeue_run_id: Mapped[UUID | None]
    """The run that walks it again, which also says when and at whose word; whatever comes of it is that run's."""

    @property
    def present_data(self) -> dict[str, str]:
        """The record with what a person has corrected."""
        return {**self.data, **(self.corrected or {})}
