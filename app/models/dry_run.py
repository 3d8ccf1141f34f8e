"""Dry runs: a campaign's whole list through the line, counted and not written to anybody."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.models.base import Base, CompanyOwned, Json, Owned, coded, within_company


class DryRunStatus(StrEnum):
    """`running -> finished | failed`, or `superseded` by another dry run or by a change of its campaign."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    SUPERSEDED = "superseded"


class DryRun(Base, Owned):
    """One version of a campaign over its files as they were: how far it is, and what it has counted so far."""

    __tablename__ = "dry_runs"
    __table_args__ = (
        within_company("campaign_id", to="campaigns"),
        within_company("campaign_id", "version", to="campaign_versions", on=("campaign_id", "number")),
        Index("ix_dry_runs_campaign", "company_id", "campaign_id", "id"),
        # what the sweep reads, whoever owns it
        Index("ix_dry_runs_open", "started_at", postgresql_where=text("finished_at IS NULL")),
    )

    campaign_id: Mapped[UUID]
    version: Mapped[int]
    status: Mapped[DryRunStatus] = mapped_column(coded(DryRunStatus), default=DryRunStatus.RUNNING)
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """The files that it covers, in their order, as `{"id", "rows", "loaded_at"}`: another load is another file."""
    company_facts: Mapped[Json]
    """What the line read of the company: `{"name", "time_zone", "region", "sandbox"}`."""
    fires_at: Mapped[datetime | None]
    """When the campaign's schedule fires next, which is when its messages would be made; None: now."""
    records_total: Mapped[int]
    records_done: Mapped[int] = mapped_column(default=0)
    files_done: Mapped[int] = mapped_column(default=0)
    """How many of the files are walked to their end."""
    position: Mapped[int] = mapped_column(default=0)
    """Row number of the last record that was counted in the file after those."""
    forecast: Mapped[Json]
    """`app.queueing.forecast.Forecast` as JSON."""
    started_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    started_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
    """When it came to whichever end it has, with its keys taken away."""


class DryRunKey(Base, CompanyOwned):
    """The dedupe key of a message that a dry run would have made; there until it is over."""

    __tablename__ = "dry_run_keys"
    __table_args__ = (within_company("dry_run_id", to="dry_runs"),)

    dry_run_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[UUID] = mapped_column(primary_key=True)
