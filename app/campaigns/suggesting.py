"""What a new campaign over a file says at first: what the company said of such a file last, else a guess."""

from collections.abc import Mapping as Mapped
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from app import records, tenancy
from app.campaigns.definition import Definition, Mapping, Role, Source
from app.campaigns.suggest import suggest_mapping, suggest_texts
from app.extensions import db
from app.failures import REASON_FIELDS
from app.models import Campaign, CampaignFile, CampaignVersion, Channel, Company, DataSource
from app.templating.language_names import language_tag

_SAMPLE_ROWS = 50
_CHANNELS = (Channel.SMS, Channel.EMAIL)


class Remembered(NamedTuple):
    """What the columns of a file meant before, and where that was said."""

    mapping: Mapping
    campaign: str
    """Its name."""
    file: str
    """The name of the file with the same columns that it speaks to."""
    said_at: datetime


def suggested_definition(source: DataSource) -> Definition:
    """A definition that fits a file of the bound company."""
    company = db.session.get_one(Company, tenancy.company_id())
    return suggest_texts(
        suggested_mapping(source),
        source.fields,
        _sample(source),
        _CHANNELS,
        language=language_tag(company.language) or "en",
    )


def suggested_mapping(source: DataSource) -> Mapping:
    """What the columns of a file mean: as they did before, else as their names and some of their cells tell."""
    known = remembered(source)
    return known.mapping if known else guessed_mapping(source)


def guessed_mapping(source: DataSource) -> Mapping:
    """What the columns' names and some of their cells tell of their meaning, whatever was said of them before."""
    company = db.session.get_one(Company, tenancy.company_id())
    return suggest_mapping(source.fields, _sample(source), company.region)


def remembered(source: DataSource) -> Remembered | None:
    """The mapping that was saved last for a file with the same columns, in whichever order; None for a new header.

    The columns that an export of failures adds make no difference.
    """
    own = [field for field in source.fields if field not in REASON_FIELDS]
    found = db.session.execute(
        select(CampaignVersion.definition, Campaign.name, DataSource.filename, CampaignVersion.changed_at)
        .join(
            Campaign,
            (Campaign.company_id == CampaignVersion.company_id)
            & (Campaign.id == CampaignVersion.campaign_id)
            & (Campaign.version == CampaignVersion.number),
        )
        .join(
            CampaignFile,
            (CampaignFile.company_id == Campaign.company_id) & (CampaignFile.campaign_id == Campaign.id),
        )
        .join(
            DataSource,
            (DataSource.company_id == CampaignFile.company_id) & (DataSource.id == CampaignFile.data_source_id),
        )
        .where(
            CampaignVersion.company_id == tenancy.company_id(),
            DataSource.fields.contains(own),
            DataSource.fields.contained_by([*own, *REASON_FIELDS]),
            CampaignVersion.definition["mapping"]["roles"].astext != "{}",
        )
        .order_by(CampaignVersion.changed_at.desc(), Campaign.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    mapping = _of_columns(Definition.model_validate(found.definition).mapping, source.fields)
    return Remembered(mapping, found.name, found.filename, found.changed_at) if mapping.roles else None


def _of_columns(mapping: Mapping, columns: Sequence[str]) -> Mapping:
    """The part of a mapping that these columns bear: a campaign may speak to files with other columns besides."""
    return Mapping(
        roles=_known(mapping.roles, columns),
        fields={name: source for name, source in mapping.fields.items() if source.column in columns},
    )


def _known(roles: Mapped[Role, tuple[Source, ...]], columns: Sequence[str]) -> dict[Role, tuple[Source, ...]]:
    known = {role: tuple(source for source in sources if source.column in columns) for role, sources in roles.items()}
    return {role: sources for role, sources in known.items() if sources}


def _sample(source: DataSource) -> Sequence[Sequence[str]]:
    return [cells for _, cells in records.rows_after(source.id, 0, _SAMPLE_ROWS)]
