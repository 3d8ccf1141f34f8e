"""Making campaigns and changing what they say, without touching what a run has pinned."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, exists, or_, select

from app import tenancy
from app.accounts import senders
from app.campaigns import states
from app.campaigns.definition import Definition
from app.campaigns.errors import CampaignError, UnfitError
from app.campaigns.suggesting import suggested_definition
from app.campaigns.superseding import supersede_dry_runs
from app.extensions import db
from app.models import Campaign, CampaignFile, CampaignVersion, DataSource, DryRun, Run, new_id

MOST_NAME_CHARS = 120


def create_campaign(
    name: str, by: UUID | None, *, files: Sequence[UUID] = (), definition: Definition | None = None
) -> Campaign:
    """Makes a draft, and commits. Without a definition, one is suggested for its first file.

    `by` is the person, None for a program. Raises `UnfitError`, and `NotFoundError` for a file that is not the
    company's; then nothing is made.
    """
    named, sources = _fit_name(name), _own_files(files)
    if definition is not None:
        _require_own_senders(definition, Definition())
    campaign = Campaign(company_id=tenancy.company_id(), id=new_id(), name=named, created_by=by, version=1)
    db.session.add(campaign)
    db.session.flush()
    db.session.add_all(_speaking_to(campaign, sources))
    if definition is None:
        definition = suggested_definition(sources[0]) if sources else Definition()
    db.session.add(_version(campaign, definition, by))
    db.session.commit()
    return campaign


def change_campaign(
    campaign_id: UUID,
    by: UUID | None,
    *,
    name: str | None = None,
    files: Sequence[UUID] | None = None,
    definition: Definition | None = None,
) -> Campaign:
    """Changes what is given, all of it or nothing, and commits.

    Other files, in the order in which they are given, or another definition make the campaign a draft again that has
    to be previewed. A version that a run or a dry run has pinned is left as it is and followed by the next. Raises
    `UnfitError`, `RefusedError` for an archived campaign, `NotFoundError` for a campaign or a file that is not the
    company's.
    """
    campaign = tenancy.get(Campaign, campaign_id, for_update=True)
    named = campaign.name if name is None else _fit_name(name)
    sources = None if files is None else _own_files(files)
    if definition is not None:
        _require_own_senders(definition, definition_of(campaign))
    if sources is not None or definition is not None:
        _revise(campaign)
    campaign.name = named
    if sources is not None:
        _replace_files(campaign, sources)
    if definition is not None:
        _replace_definition(campaign, definition, by)
    db.session.commit()
    return campaign


def revise_campaigns_of(data_source_id: UUID) -> None:
    """Makes drafts again, to be previewed, of the campaigns that speak to a file whose rows become others.

    Archived ones stay what they are. Holds the campaigns' rows; the caller commits.
    """
    campaigns = db.session.scalars(
        tenancy.rows(Campaign)
        .join(
            CampaignFile, (CampaignFile.company_id == Campaign.company_id) & (CampaignFile.campaign_id == Campaign.id)
        )
        .where(CampaignFile.data_source_id == data_source_id)
        .order_by(Campaign.id)
        .with_for_update(of=Campaign)
        .execution_options(populate_existing=True)
    )
    for campaign in campaigns:
        if states.allows(campaign, states.Move.REVISE):
            _revise(campaign)


def definition_of(campaign: Campaign, version: int | None = None) -> Definition:
    """What a campaign says, in its newest version or another."""
    found = tenancy.get(CampaignVersion, campaign.id, version or campaign.version)
    return Definition.model_validate(found.definition)


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


def _fit_name(name: str) -> str:
    stripped = name.strip()
    if not any(char.isprintable() and not char.isspace() for char in stripped):
        raise UnfitError(CampaignError.NAME_MISSING, "name")
    if len(stripped) > MOST_NAME_CHARS:
        raise UnfitError(CampaignError.NAME_TOO_LONG, "name", limit=MOST_NAME_CHARS)
    return stripped


def _own_files(ids: Sequence[UUID]) -> list[DataSource]:
    return [tenancy.get(DataSource, id_) for id_ in dict.fromkeys(ids)]


def _require_own_senders(definition: Definition, before: Definition) -> None:
    # one that was removed since it was chosen may stay: the checks speak of it
    allowed = {(method.channel, method.sender_id) for method in before.methods}
    allowed |= {(sender.channel, sender.id) for sender in senders.in_order()}
    for position, method in enumerate(definition.methods):
        if method.sender_id is not None and (method.channel, method.sender_id) not in allowed:
            place = ("methods", position, "sender_id")
            raise UnfitError(CampaignError.SENDER_UNKNOWN, *place, channel=method.channel.value)


def _revise(campaign: Campaign) -> None:
    states.make(campaign, states.Move.REVISE)
    campaign.next_fire_at = None
    supersede_dry_runs(campaign.id)


def _speaking_to(campaign: Campaign, sources: Sequence[DataSource]) -> list[CampaignFile]:
    return [
        CampaignFile(
            company_id=campaign.company_id, campaign_id=campaign.id, data_source_id=source.id, position=position
        )
        for position, source in enumerate(sources)
    ]


def _replace_files(campaign: Campaign, sources: Sequence[DataSource]) -> None:
    db.session.execute(
        delete(CampaignFile).where(
            CampaignFile.company_id == campaign.company_id, CampaignFile.campaign_id == campaign.id
        )
    )
    db.session.add_all(_speaking_to(campaign, sources))


def _replace_definition(campaign: Campaign, definition: Definition, by: UUID | None) -> None:
    if _is_pinned(campaign):
        campaign.version += 1
        db.session.add(_version(campaign, definition, by))
    else:
        version = tenancy.get(CampaignVersion, campaign.id, campaign.version)
        version.definition = definition.model_dump(mode="json")
        version.created_by = by


def _is_pinned(campaign: Campaign) -> bool:
    pinned = [
        exists().where(
            pinning.company_id == campaign.company_id,
            pinning.campaign_id == campaign.id,
            pinning.version == campaign.version,
        )
        for pinning in (Run, DryRun)
    ]
    return bool(db.session.scalar(select(or_(*pinned))))


def _version(campaign: Campaign, definition: Definition, by: UUID | None) -> CampaignVersion:
    return CampaignVersion(
        company_id=campaign.company_id,
        campaign_id=campaign.id,
        number=campaign.version,
        definition=definition.model_dump(mode="json"),
        created_by=by,
    )
