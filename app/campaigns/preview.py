"""What a campaign would say to real rows. Nothing is written, and nobody is written to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from app import tenancy
from app.campaigns.definition import Definition
from app.campaigns.editing import definition_of, files_of
from app.campaigns.findings import Finding
from app.campaigns.inspection import findings_of
from app.clock import now
from app.extensions import db
from app.models import Campaign, Channel, Company, DataSource
from app.queueing.batch import outcomes_of
from app.queueing.compose import line_for
from app.queueing.errors import Facts, words_for
from app.queueing.outcome import Failed, Outcome, Texts
from app.queueing.records import rows_after


@dataclass(frozen=True, slots=True)
class PreviewedFailure:
    """Why a row would get no message."""

    stage: str
    code: str
    words: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class PreviewedMessage:
    """What a row would get on one delivery method: texts and when they go, or a failure."""

    file_id: UUID
    row_number: int
    method: str
    channel: Channel
    language: str | None
    """Tag of the language that the texts are in."""
    endpoint: str
    subject: str | None
    text: str | None
    html: str | None
    unfiltered: Texts | None
    """The texts before the campaign's filters, as far as it came."""
    units: int | None
    """SMS segments."""
    not_before: datetime | None
    zone: str | None
    """The recipient's zone."""
    failure: PreviewedFailure | None


@dataclass(frozen=True, slots=True)
class PreviewedRow:
    """A record and what it would get."""

    row_number: int
    person: str
    data: dict[str, str]
    """Stable field name to cell."""
    messages: tuple[PreviewedMessage, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown before a campaign becomes ready."""

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
        _row(source.id, row_number, group)
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


def record_preview(campaign_id: UUID) -> Campaign:
    """Notes that a person or program has looked at the newest version, and commits."""
    campaign = tenancy.get(Campaign, campaign_id, for_update=True)
    campaign.previewed_version = campaign.version
    db.session.commit()
    return campaign


def _row(source_id: UUID, row_number: int, outcomes: Iterable[Outcome]) -> PreviewedRow:
    of_row = list(outcomes)
    return PreviewedRow(
        row_number=row_number,
        person=of_row[0].person,
        data=of_row[0].data,
        messages=tuple(_message(source_id, outcome) for outcome in of_row),
    )


def _message(source_id: UUID, outcome: Outcome) -> PreviewedMessage:
    if isinstance(outcome, Failed):
        reason = PreviewedFailure(
            outcome.stage.value, outcome.code, words_for(outcome.code, outcome.facts), outcome.facts
        )
        return PreviewedMessage(
            file_id=source_id,
            row_number=outcome.row_number,
            method=outcome.method,
            channel=outcome.channel,
            language=None,
            endpoint=outcome.endpoint,
            subject=None,
            text=None,
            html=None,
            unfiltered=outcome.unfiltered,
            units=None,
            not_before=None,
            zone=None,
            failure=reason,
        )
    texts = outcome.texts
    return PreviewedMessage(
        file_id=source_id,
        row_number=outcome.row_number,
        method=outcome.method,
        channel=outcome.channel,
        language=outcome.language,
        endpoint=outcome.endpoint,
        subject=texts.subject or None,
        text=texts.text or None,
        html=texts.html or None,
        unfiltered=outcome.unfiltered,
        units=outcome.units,
        not_before=outcome.opening.not_before,
        zone=outcome.zone,
        failure=None,
    )
