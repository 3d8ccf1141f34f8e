"""Campaigns and their versions. A version's definition is one document, so that a run can pin it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.models.base import Base, CompanyOwned, Json, Owned, coded, of_company, within_company


class CampaignStatus(StrEnum):
    """`draft -> ready -> active <-> paused -> finished -> archived`; a change leads back to draft."""

    DRAFT = "draft"
    READY = "ready"
    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"
    ARCHIVED = "archived"


class Campaign(Base, Owned):
    """A mapping, delivery methods, schedule, contact window, response options and filters, under a name."""

    __tablename__ = "campaigns"
    __table_args__ = (
        of_company(),
        Index(
            "ix_campaigns_due",
            "next_fire_at",
            postgresql_where=text("next_fire_at IS NOT NULL AND status IN ('ready', 'active')"),
        ),
    )

    name: Mapped[str]
    status: Mapped[CampaignStatus] = mapped_column(coded(CampaignStatus), default=CampaignStatus.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    """Number of the newest version, the one that is edited, previewed and fired."""
    next_fire_at: Mapped[datetime | None]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class CampaignVersion(Base, CompanyOwned):
    """What a campaign said at one time. Never changed once a run has pinned it."""

    __tablename__ = "campaign_versions"
    __table_args__ = (within_company("campaign_id", to="campaigns"),)

    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    definition: Mapped[Json]
    """`app.campaigns.definition.Definition` as JSON."""
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    """When its definition was saved last."""


class CampaignFile(Base, CompanyOwned):
    """A data source that a campaign speaks to."""

    __tablename__ = "campaign_files"
    __table_args__ = (
        within_company("campaign_id", to="campaigns"),
        within_company("data_source_id", to="data_sources"),
    )

    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    data_source_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
