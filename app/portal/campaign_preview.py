"""The preview of a campaign as it is saved: real rows, what the filters took out, what the checks found."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app import tenancy
from app.campaigns import editing, preview, states
from app.campaigns.check import blockers
from app.campaigns.definition import Definition
from app.campaigns.dry_runs import preview_that_counts
from app.campaigns.inspection import findings_of
from app.campaigns.previewed import PreviewedRow
from app.clock import now
from app.models import Campaign, DataSource
from app.portal import paging, shell
from app.portal.filter_cuts import cuts
from app.portal.finding_places import place_of

blueprint = Blueprint("campaign_preview", __name__, url_prefix="/campaigns/<uuid:campaign_id>/preview")

_ROWS = 20

_MAIL_POLICY = "sandbox; default-src 'none'; img-src https: data:; style-src 'unsafe-inline'"
"""A mail's own styles and pictures are shown; it runs nothing and reaches nothing of ours."""


@blueprint.get("")
def index(campaign_id: UUID) -> ResponseReturnValue:
    """Some rows of the file that the address names, else of the first that has any, and what they become."""
    campaign = tenancy.get(Campaign, campaign_id)
    definition, sources = editing.definition_of(campaign), editing.files_of(campaign_id)
    source = _chosen(sources)
    findings = findings_of(campaign, definition)
    asked_for = request.args.get("language", "")
    language = asked_for if asked_for in definition.languages else None
    # one row more than is shown tells whether there are any to go on to
    rows = _rows(campaign, definition, source, _ROWS + 1, paging.after_row(), language) if source else []
    return render_template(
        "campaigns/preview.html",
        campaign=campaign,
        source=source,
        rows=rows[:_ROWS],
        has_more=len(rows) > _ROWS,
        languages=definition.languages,
        everybody_speaks=language,
        records=sum(each.rows_loaded for each in sources),
        findings=[(finding, place_of(finding, definition)) for finding in findings],
        is_blocked=bool(blockers(findings)),
        is_seen=preview_that_counts(campaign) is not None,
        may_be_ready=states.allows(campaign, states.Move.MAKE_READY),
        file=request.args.get("file"),
        cuts=cuts,
        instant=now(),
    )


@blueprint.get("/mail/<method>/<int(max=2147483647):row_number>")
def mail(campaign_id: UUID, method: str, row_number: int) -> ResponseReturnValue:
    """The HTML part of the mail that one row would get, as a page that can do nothing."""
    campaign = tenancy.get(Campaign, campaign_id)
    definition, source = editing.definition_of(campaign), _chosen(editing.files_of(campaign_id))
    language = request.args.get("language")
    rows = _rows(campaign, definition, source, 1, max(row_number - 1, 0), language) if source else []
    html = next((each.html for row in rows for each in row.messages if each.method == method), None)
    if html is None:
        abort(404)
    answer = make_response(html)
    answer.headers["Content-Security-Policy"] = _MAIL_POLICY
    return answer


def _chosen(sources: Sequence[DataSource]) -> DataSource | None:
    named = request.args.get("file")
    if named is None:
        return next((source for source in sources if source.rows_loaded), None)
    return next((source for source in sources if str(source.id) == named), None) or abort(404)


def _rows(
    campaign: Campaign, definition: Definition, source: DataSource, rows: int, after: int, language: str | None
) -> list[PreviewedRow]:
    return preview.preview(
        definition, shell.current_company(), campaign, source, rows=rows, after=after, everybody_speaks=language
    )
