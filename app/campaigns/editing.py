"""Making campaigns and changing what they say, without touching what a run has pinned."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, exists, select

from app import tenancy
from app.campaigns import states
from app.campaigns.definition import Definition
from app.campaigns.suggest import suggest_definition
from app.extensions import db
from app.models import Campaign, CampaignFile, CampaignVersion, Channel, Company, DataSource, Record, Run, new_id

_SAMPLE_ROWS = 50


def create_campaign(name: str, by: UUID | None) -> Campaign:
    """Makes an empty draft, and commits. `by` is the person, None for a program."""
    campaign = Campaign(company_id=tenancy.company_id(), id=new_id(), name=name, created_by=by, version=1)
    db.session.add(campaign)
    db.session.flush()
    db.session.add(_version(campaign, Definition(), by))
    db.session.commit()
    return campaign


def rename(campaign_id: UUID, name: str) -> Campaign:
    """Gives a campaign another name, and commits."""
    campaign = tenancy.get(Campaign, campaign_id, for_update=True)
    campaign.name = name
    db.session.commit()
    return campaign


def definition_of(campaign: Campaign, version: int | None = None) -> Definition:
    """What a campaign says, in its newest version or another."""
    found = tenancy.get(CampaignVersion, campaign.id, version or campaign.version)
    return Definition.model_validate(found.definition)


def save_definition(campaign_id: UUID, definition: Definition, by: UUID | None) -> Campaign:
    """Keeps what a campaign says from now on, and commits.

    A version that a run has pinned is left as it is and followed by the next. The campaign is a draft again and has
    to be previewed. Raises `RefusedError` for an archived one.
    """
    campaign = tenancy.get(Campaign, campaign_id, for_update=True)
    _revise(campaign)
    if _is_pinned(campaign):
        campaign.version += 1
        db.session.add(_version(campaign, definition, by))
    else:
        version = tenancy.get(CampaignVersion, campaign.id, campaign.version)
        version.definition = definition.model_dump(mode="json")
        version.created_by = by
    db.session.commit()
    return campaign


def files_of(campaign_id: UUID) -> list[DataSource]:
    """The files that a campaign speaks to, in their order."""
    return list(
        db.session.scalars(
            tenancy.rows(DataSource)
            .join(
                CampaignFile,
                (CampaignFile.company_id == DataSource.company_id) & (CampaignFile.data_source_id == DataSource.id),
            )
            .where(CampaignFile.campaign_id == campaign_id)
            .order_by(CampaignFile.position)
        )
    )


def set_files(campaign_id: UUID, ids: Sequence[UUID]) -> Campaign:
    """Says which files a campaign speaks to, in order, and commits. It is a draft again and has to be previewed.

    Raises `RefusedError` for an archived campaign, `NotFoundError` for a file that is not the company's.
    """
    campaign = tenancy.get(Campaign, campaign_id, for_update=True)
    _revise(campaign)
    sources = [tenancy.get(DataSource, id_) for id_ in dict.fromkeys(ids)]
    db.session.execute(
        delete(CampaignFile).where(
            CampaignFile.company_id == campaign.company_id, CampaignFile.campaign_id == campaign.id
        )
    )
    db.session.add_all(
        CampaignFile(
            company_id=campaign.company_id,
            campaign_id=campaign.id,
            data_source_id=source.id,
            position=position,
        )
        for position, source in enumerate(sources)
    )
    db.session.commit()
    return campaign


def suggested_for(campaign_id: UUID) -> Definition:
    """A definition that fits the campaign's first file; an empty one as long as it has none."""
    sources = files_of(campaign_id)
    if not sources:
        return Definition()
    first = sources[0]
    sample = db.session.scalars(
        select(Record.cells)
        .where(Record.company_id == tenancy.company_id(), Record.data_source_id == first.id)
        .order_by(Record.row_number)
        .limit(_SAMPLE_ROWS)
    ).all()
    company = db.session.get_one(Company, tenancy.company_id())
    return suggest_definition(first.fields, sample, (Channel.SMS, Channel.EMAIL), region=company.region)


def _revise(campaign: Campaign) -> None:
    states.make(campaign, states.Move.REVISE)
    campaign.previewed_version = None
    campaign.next_fire_at = None


def _is_pinned(campaign: Campaign) -> bool:
    pinned = exists().where(
        Run.company_id == campaign.company_id,
        Run.campaign_id == campaign.id,
        Run.version == campaign.version,
    )
    return bool(db.session.scalar(select(pinned)))


def _version(campaign: Campaign, definition: Definition, by: UUID | None) -> CampaignVersion:
    return CampaignVersion(
        company_id=campaign.company_id,
        campaign_id=campaign.id,
        number=campaign.version,
        definition=definition.model_dump(mode="json"),
        created_by=by,
    )
