"""The checks, run on a campaign as it stands."""

from collections.abc import Sequence
from uuid import UUID

from app.accounts import senders
from app.campaigns.check import File, Surroundings, check
from app.campaigns.check_texts import length_findings
from app.campaigns.definition import Definition
from app.campaigns.editing import definition_of, files_of
from app.campaigns.findings import Finding
from app.clock import now
from app.extensions import db
from app.models import Campaign, Channel, Company, DataSource, SourceStatus
from app.queueing.batch import outcomes_of
from app.queueing.compose import line_for
from app.records import rows_after

_MEASURED_ROWS = 50


def findings_of(
    campaign: Campaign, definition: Definition | None = None, sources: Sequence[DataSource] | None = None
) -> list[Finding]:
    """What the checks find in a campaign of the bound company.

    `definition` and `sources` are checked instead of the saved ones, if given.
    """
    definition = definition or definition_of(campaign)
    company = db.session.get_one(Company, campaign.company_id)
    sources = files_of(campaign.id) if sources is None else sources
    found = check(definition, _surroundings(company, sources))
    loaded = next((source for source in sources if source.status is SourceStatus.LOADED), None)
    if loaded is None:
        return found
    line = line_for(definition, company, campaign, loaded)
    return found + length_findings(
        outcomes_of(line, rows_after(loaded.id, 0, _MEASURED_ROWS), now()), definition.language
    )


def _surroundings(company: Company, sources: Sequence[DataSource]) -> Surroundings:
    return Surroundings(
        files=[
            File(source.filename, source.status is SourceStatus.LOADED, source.rows_loaded, tuple(source.fields))
            for source in sources
        ],
        senders=_senders(),
        time_zone=company.time_zone,
        region=company.region,
        sandbox=company.sandbox,
        now=now(),
    )


def _senders() -> dict[Channel, set[UUID]]:
    found: dict[Channel, set[UUID]] = {}
    for sender in senders.in_order():
        found.setdefault(sender.channel, set()).add(sender.id)
    return found
