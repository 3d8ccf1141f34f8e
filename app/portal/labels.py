"""What campaigns and files are called, for the pages that hold only their ids."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from app import tenancy
from app.extensions import db
from app.models import Campaign, DataSource

_MOST_CHOICES = 200


def campaign_choices() -> list[tuple[UUID, str]]:
    """The newest campaigns by id and name, for a filter."""
    query = (
        select(Campaign.id, Campaign.name)
        .where(Campaign.company_id == tenancy.company_id())
        .order_by(Campaign.id.desc())
        .limit(_MOST_CHOICES)
    )
    return [(id_, name) for id_, name in db.session.execute(query)]


def campaign_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of campaigns by id."""
    query = select(Campaign.id, Campaign.name).where(
        Campaign.company_id == tenancy.company_id(), Campaign.id.in_(set(ids))
    )
    return {row.id: row.name for row in db.session.execute(query)}


def file_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of uploaded files by id."""
    query = select(DataSource.id, DataSource.filename).where(
        DataSource.company_id == tenancy.company_id(), DataSource.id.in_(set(ids))
    )
    return {row.id: row.filename for row in db.session.execute(query)}
