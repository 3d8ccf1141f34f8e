"""What a campaign would say to real rows. Nothing is written, and nobody is written to."""

from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from app import tenancy
from app.campaigns.definition import Definition
from app.campaigns.editing import definition_of, files_of
from app.campaigns.findings import Finding
from app.campaigns.inspection import findings_of
from app.campaigns.previewed import PreviewedMessage, PreviewedRow, previewed_row
from app.clock import now
from app.extensions import db
from app.models import Campaign, Company, DataSource
from app.queueing.batch import outcomes_of
from app.queueing.compose import line_for
from app.records import rows_after


@dataclass(frozen=True, slots=True)
class Preview:
    """What the checks find in a campaign, and what its first rows become."""

    findings: list[Finding]
    messages: list[PreviewedMessage]


def preview(
    definition: Definition,
    company: Company,
    campaign: Campaign,
    source: DataSource,
    *,
    rows: int = 5,
    after: int = 0,
    everybody_speaks: str | None = None,
) -> list[PreviewedRow]:
    """The first `rows` records of a file after row number `after`, with what `definition` (saved or not) makes of them.

    `everybody_speaks` counts instead of each record's language, if given. Suppressions are considered; repeats are not,
    for they show only when the whole list is walked.
    """
    line = line_for(definition, company, campaign, source, everybody_speaks=everybody_speaks)
    outcomes = outcomes_of(line, rows_after(source.id, after, rows), now())
    return [
        previewed_row(source.id, row_number, group)
        for row_number, group in groupby(outcomes, key=lambda outcome: outcome.row_number)
    ]


def preview_saved(campaign_id: UUID, rows: int, everybody_speaks: str | None = None) -> Preview:
    """The checks and the first rows' messages of a campaign as it is saved, from its first file that has records."""
    campaign = tenancy.get(Campaign, campaign_id)
    company = db.session.get_one(Company, campaign.company_id)
    source = next((source for source in files_of(campaign.id) if source.rows_loaded), None)
    findings = findings_of(campaign)
    if source is None:
        return Preview(findings, [])
    shown = preview(definition_of(campaign), company, campaign, source, rows=rows, everybody_speaks=everybody_speaks)
    return Preview(findings, [message for row in shown for message in row.messages])
