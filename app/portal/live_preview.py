"""What a definition that is still being typed makes of real rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from app import records
from app.campaigns.definition import Definition
from app.campaigns.findings import Finding
from app.campaigns.inspection import findings_of
from app.campaigns.preview import preview
from app.campaigns.previewed import PreviewedRow
from app.models import Campaign, DataSource
from app.portal import shell
from app.portal.finding_places import Place, place_of

_ROWS = 3


@dataclass(frozen=True, slots=True)
class LivePreview:
    """Some rows with their messages, and the way to the rows before and after them."""

    source: DataSource | None
    rows: Sequence[PreviewedRow]
    findings: Sequence[tuple[Finding, Place]]
    after: int
    """Row number after which the rows begin."""
    before: int | None
    """The `after` of the rows before, None at the start."""
    onward: int | None
    """The `after` of the rows that follow, None at the end."""
    languages: Sequence[str]
    """Tags of the languages that the campaign speaks."""
    everybody_speaks: str | None
    """The one that the rows are shown in instead of their own."""


def look(
    campaign: Campaign, definition: Definition, sources: Sequence[DataSource], *, after: int, language: str
) -> LivePreview:
    """What `definition` makes of the rows after row number `after` of the first of `sources` that has records.

    `language` is the tag of one that everybody is to be shown in; any other text leaves each row its own.
    """
    languages = definition.languages
    speaks = language if language in languages else None
    findings = [(finding, place_of(finding, definition)) for finding in findings_of(campaign, definition, sources)]
    source = next((source for source in sources if source.rows_loaded), None)
    if source is None:
        return LivePreview(None, (), findings, 0, None, None, languages, speaks)
    found = preview(
        definition,
        shell.current_company(),
        campaign,
        source,
        rows=_ROWS + 1,
        after=after,
        everybody_speaks=speaks,
    )
    rows = found[:_ROWS]
    onward = rows[-1].row_number if len(found) > _ROWS else None
    return LivePreview(source, rows, findings, after, _before(source, after), onward, languages, speaks)


def _before(source: DataSource, after: int) -> int | None:
    """Where to begin so as to end with row number `after`."""
    earlier = records.numbers_up_to(source.id, after, _ROWS)
    return earlier[-1] - 1 if earlier else None
