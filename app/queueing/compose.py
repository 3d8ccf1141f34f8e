"""From rows of the database and the settings to a line: the one place where the pure line meets what is around it."""

from uuid import UUID

from app.campaigns.definition import Definition
from app.extensions import settings
from app.models import Campaign, Company, DataSource, new_id
from app.queueing.line import CampaignFacts, Line, Makers
from app.queueing.record import CompanyFacts
from app.receipts.links import Choice, answer_url, lifeless_url


def facts_of(company: Company) -> CompanyFacts:
    """What the line reads of a company; another answer of the line is possible when one of these has changed."""
    return CompanyFacts(company.id, company.name, company.time_zone, company.region, company.sandbox)


def line_for(
    definition: Definition,
    company: Company,
    campaign: Campaign,
    source: DataSource,
    *,
    everybody_speaks: str | None = None,
    links_lead_on: bool = True,
) -> Line:
    """The line of a definition over one file. `everybody_speaks` counts instead of each record's language, if given.

    Where messages are only counted their links need not lead anywhere, but they are as long as those that do.
    """
    chosen = settings()

    def link(message_id: UUID, choice: str) -> str:
        if not links_lead_on:
            return lifeless_url(chosen.public_base_url)
        return answer_url(chosen.secret_key, chosen.public_base_url, company.id, message_id, Choice(choice))

    return Line(
        definition,
        facts_of(company),
        CampaignFacts(campaign.id, campaign.name),
        source.fields,
        Makers(new_id, link),
        everybody_speaks=everybody_speaks,
    )
