"""Runs: one firing of a campaign over its records, cut into parts that workers share."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.models.base import Base, CompanyOwned, Json, Owned, coded, within_company
from app.models.company import Channel


class RunStatus(StrEnum):
    """`staged -> queueing -> queued -> delivering -> finished | cancelled`; a requeue begins with `staging`."""

    STAGING = "staging"
    """The failures that it is to walk are being marked as its own."""
    STAGED = "staged"
    QUEUEING = "queueing"
    QUEUED = "queued"
    DELIVERING = "delivering"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class RunUntil(StrEnum):
    """How far a run goes by itself before it waits for a person's word."""

    STAGED = "staged"
    QUEUED = "queued"
    DELIVERING = "delivering"


class RunTrigger(StrEnum):
    """What it was fired for: a campaign's records, at somebody's word or when their time had come; or failures."""

    DEMAND = "demand"
    SCHEDULE = "schedule"
    REQUEUE = "requeue"


class Run(Base, Owned):
    """One firing of one version of a campaign, over its records or over failures of earlier runs."""

    __tablename__ = "runs"
    __table_args__ = (
        within_company("campaign_id", to="campaigns"),
        within_company("campaign_id", "version", to="campaign_versions", on=("campaign_id", "number")),
        Index("ix_runs_company_id_campaign_id", "company_id", "campaign_id"),
        Index("ix_runs_open", "created_at", postgresql_where=text("finished_at IS NULL")),
    )

    campaign_id: Mapped[UUID]
    version: Mapped[int]
    status: Mapped[RunStatus] = mapped_column(coded(RunStatus), default=RunStatus.STAGED)
    until: Mapped[RunUntil] = mapped_column(coded(RunUntil), default=RunUntil.DELIVERING)
    start_at: Mapped[datetime | None]
    """Nothing is delivered before this instant."""
    trigger: Mapped[RunTrigger] = mapped_column(coded(RunTrigger), default=RunTrigger.DEMAND)
    requeues: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    """Of a requeue: which failures, as `app.failures.FailureFilter` has them; empty when they were named by ids."""
    records_total: Mapped[int] = mapped_column(default=0)
    """The records that it walks; of a requeue, the failures, each of them a record on one delivery method."""
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    queued_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class RunPart(Base, CompanyOwned):
    """A stretch of a data source's rows, the unit that one worker walks at a time."""

    __tablename__ = "run_parts"
    __table_args__ = (
        within_company("run_id", to="runs"),
        within_company("data_source_id", to="data_sources"),
        Index("ix_run_parts_open", "company_id", "run_id", postgresql_where=text("NOT done")),
    )

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    data_source_id: Mapped[UUID] = mapped_column(primary_key=True)
    first_row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_row: Mapped[int]
    position: Mapped[int]
    """Row number of the last record that became messages or failures; `first_row - 1` at the start."""
    done: Mapped[bool] = mapped_column(default=False)


class TallyKind(StrEnum):
    """What a tally counts."""

    MESSAGE = "message"
    FAILURE = "failure"
    REQUEUED = "requeued"
    """Those of the failures under the same key that another run walks again."""
    DISPOSITION = "disposition"


class Tally(Base, CompanyOwned):
    """A count kept by those who write, so that no page ever counts rows.

    Messages are counted under the status that they have now, on the local day on which they go out: a change of
    status moves one from the old code to the new. So the counts of a day always add up to its messages.
    """

    __tablename__ = "tallies"
    __table_args__ = (
        within_company("run_id", to="runs"),
        Index("ix_tallies_company_id_day", "company_id", "day"),
        Index("ix_tallies_company_id_campaign_id_day", "company_id", "campaign_id", "day"),
    )

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    method: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[TallyKind] = mapped_column(coded(TallyKind), primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True, default="")
    """The failure's stage; empty for messages and dispositions."""
    code: Mapped[str] = mapped_column(primary_key=True)
    """Message status, failure code or disposition."""
    campaign_id: Mapped[UUID]
    channel: Mapped[Channel] = mapped_column(coded(Channel))
    n: Mapped[int] = mapped_column(BigInteger)
