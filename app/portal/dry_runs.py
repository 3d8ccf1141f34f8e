"""A campaign's dry run: started by a button, watched while it goes on, kept on the campaign's page."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import tenancy
from app.campaigns import dry_runs
from app.campaigns.errors import RefusedError
from app.extensions import db
from app.models import Campaign, DryRun, DryRunStatus, User
from app.portal import labels, shell
from app.queueing.errors import words_for
from app.queueing.forecast import Forecast

blueprint = Blueprint("dry_runs", __name__, url_prefix="/campaigns/<uuid:campaign_id>/dry-run")


@dataclass(frozen=True)
class Panel:
    """The newest dry run of a campaign, as its page shows it."""

    campaign: Campaign
    dry_run: DryRun
    counts_for_ready: bool

    @cached_property
    def forecast(self) -> Forecast:
        """What it has counted so far."""
        return Forecast.model_validate(self.dry_run.forecast)

    @property
    def has_ended(self) -> bool:
        """True when nothing more will change."""
        return self.dry_run.status is not DryRunStatus.RUNNING

    @property
    def percent(self) -> int:
        """How much of the list has been walked."""
        return 100 * self.dry_run.records_done // self.dry_run.records_total

    @cached_property
    def started_by(self) -> str:
        """The address of the person; empty for a program."""
        person = db.session.get(User, self.dry_run.started_by) if self.dry_run.started_by else None
        return person.email if person else ""

    @cached_property
    def files(self) -> dict[UUID, str]:
        """Names of the files that it covers."""
        return labels.file_names(UUID(file["id"]) for file in self.dry_run.files)


def panel_of(campaign: Campaign) -> Panel | None:
    """What a campaign's page shows of its newest dry run; None when there is none."""
    dry_run = dry_runs.newest_dry_run(campaign.id)
    if dry_run is None:
        return None
    counting = dry_runs.preview_that_counts(campaign)
    return Panel(campaign, dry_run, counting is not None and counting.id == dry_run.id)


@blueprint.post("")
def start(campaign_id: UUID) -> ResponseReturnValue:
    """Takes the whole list through the line, and writes to nobody."""
    try:
        dry_run = dry_runs.start_dry_run(campaign_id, shell.current_person().id)
    except RefusedError as refusal:
        flash(refusal.words, "danger")
    else:
        if dry_run.status is DryRunStatus.FINISHED:
            flash("The dry run is done. Nobody has been written to.", "success")
    return redirect(url_for("campaigns.show", campaign_id=campaign_id))


@blueprint.get("")
def show(campaign_id: UUID) -> ResponseReturnValue:
    """The piece of the campaign's page that is asked for again and again until the dry run has ended."""
    panel = panel_of(tenancy.get(Campaign, campaign_id))
    if panel is None or not shell.wants_fragment():
        return redirect(url_for("campaigns.show", campaign_id=campaign_id))
    answer = make_response(render_template("campaigns/dry_run.html", panel=panel))
    if panel.has_ended:
        # what Ready requires has changed with it: the whole page is new
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.app_template_filter("line_words")
def line_words(code: str, facts: dict[str, object]) -> str:
    """What a code of the line says of the facts of one record, in a sentence."""
    return words_for(code, facts)
