"""Campaigns: the list, a new one, one with its checks and runs, and what moves it on."""

from collections.abc import Callable, Sequence
from itertools import cycle
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from wtforms import DateTimeLocalField, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, Optional

from app import tenancy
from app.campaigns import editing, fire, lifecycle
from app.campaigns.check import blockers
from app.campaigns.dry_runs import preview_that_counts
from app.campaigns.errors import RefusedError, UnfitError
from app.campaigns.inspection import findings_of
from app.campaigns.states import Move, allows
from app.campaigns.suggesting import remembered
from app.extensions import db
from app.models import Campaign, CampaignFile, DataSource, Role, Run, RunUntil, SourceStatus
from app.portal import formats, paging, shell
from app.portal.dry_runs import panel_of
from app.portal.finding_places import place_of
from app.portal.run_progress import has_ended, progress_of, shares_of, wholes
from app.reporting.questions import counts_of_runs
from app.templating.functions import reference

blueprint = Blueprint("campaigns", __name__, url_prefix="/campaigns")

_FILES_ON_OFFER = 100
_RUNS_SHOWN = 20
_UNTIL = [
    SelectChoice(RunUntil.DELIVERING.value, "Send the messages"),
    SelectChoice(RunUntil.QUEUED.value, "Only queue them, and wait for my word"),
    SelectChoice(RunUntil.STAGED.value, "Only lay the run out"),
]


class NewCampaignForm(FlaskForm):
    """A name and the files to speak to; the rest is suggested."""

    name = StringField(
        "Name", validators=[DataRequired("Give the campaign a name."), Length(max=editing.MOST_NAME_CHARS)]
    )
    files = SelectMultipleField("Files", choices=[], invalid_choice_message="One of these files is not there any more.")


class FireForm(FlaskForm):
    """How far a run goes by itself, and from when on."""

    until = SelectField("How far", choices=_UNTIL)
    start_at = DateTimeLocalField(
        "Nothing goes out before", format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], validators=[Optional()]
    )


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The company's campaigns, newest first, each with its files and its last run."""
    query = tenancy.rows(Campaign).order_by(Campaign.id.desc())
    if after := paging.after_id():
        query = query.where(Campaign.id < after)
    page = paging.page(query, key=lambda campaign: campaign.id)
    ids = [campaign.id for campaign in page.rows]
    runs = _last_runs(ids)
    return render_template(
        "campaigns/index.html",
        page=page,
        files=_files_of(ids),
        runs={run.campaign_id: run for run in runs},
        **_counted(runs),
    )


@blueprint.get("/new")
@shell.requires(Role.EDITOR)
def new() -> ResponseReturnValue:
    """The form of a new campaign, with the file that the address names, else the newest, chosen beforehand."""
    return render_template("campaigns/new.html", form=_new_form())


@blueprint.post("/new")
def create() -> ResponseReturnValue:
    """Makes a campaign with a suggested definition, and opens it in the editor."""
    form = _new_form()
    if not form.validate_on_submit():
        return render_template("campaigns/new.html", form=form), 422
    by, files = shell.current_person().id, [UUID(id_) for id_ in form.files.data]
    said = _where_from(files)
    try:
        campaign = editing.create_campaign(form.name.data, by, files=files)
    except UnfitError as refusal:
        form.name.errors = [refusal.words]
        return render_template("campaigns/new.html", form=form), 422
    flash(said, "info")
    return redirect(url_for("campaign_editor.edit", campaign_id=campaign.id))


@blueprint.get("/functions")
def functions() -> ResponseReturnValue:
    """The reference of the message functions."""
    return render_template("campaigns/functions.html", functions=reference())


@blueprint.get("/<uuid:campaign_id>")
def show(campaign_id: UUID) -> ResponseReturnValue:
    """One campaign: what is still to be done, what the checks found, its runs."""
    campaign = tenancy.get(Campaign, campaign_id)
    definition, sources = editing.definition_of(campaign), editing.files_of(campaign_id)
    findings = findings_of(campaign, definition)
    runs = _newest_runs(campaign_id)
    going = next((run for run in runs if not has_ended(run)), None)
    return render_template(
        "campaigns/show.html",
        campaign=campaign,
        definition=definition,
        sources=sources,
        records=sum(source.rows_loaded for source in sources if source.status is SourceStatus.LOADED),
        findings=[(finding, place_of(finding, definition)) for finding in findings],
        is_blocked=bool(blockers(findings)),
        allowed={move.value for move in Move if allows(campaign, move)},
        fire_form=FireForm(formdata=None),
        panel=panel_of(campaign),
        is_seen=preview_that_counts(campaign) is not None,
        progress=progress_of(going) if going else None,
        runs=runs,
        **_counted(runs),
    )


@blueprint.post("/<uuid:campaign_id>/fire")
def fire_now(campaign_id: UUID) -> ResponseReturnValue:
    """Fires a campaign on demand."""
    tenancy.get(Campaign, campaign_id)
    form = FireForm()
    if not form.validate_on_submit():
        flash("Give the day and the hour in full, or none.", "danger")
        return redirect(url_for("campaigns.show", campaign_id=campaign_id))
    start_at = form.start_at.data
    if start_at:
        start_at = start_at.replace(tzinfo=ZoneInfo(shell.current_company().time_zone))
    try:
        run = fire.fire(campaign_id, until=RunUntil(form.until.data), start_at=start_at, by=shell.current_person().id)
    except RefusedError as refusal:
        flash(refusal.words, "danger")
        return redirect(url_for("campaigns.show", campaign_id=campaign_id))
    return redirect(url_for("runs.show", run_id=run.id))


@blueprint.post("/<uuid:campaign_id>/ready")
def ready(campaign_id: UUID) -> ResponseReturnValue:
    """Makes a draft ready, unless its checks or the lack of a dry run stand in the way."""
    return _moved(campaign_id, lifecycle.mark_ready, "The campaign is ready.")


@blueprint.post("/<uuid:campaign_id>/draft")
def draft(campaign_id: UUID) -> ResponseReturnValue:
    """Takes a campaign back to be worked on."""
    return _moved(campaign_id, lifecycle.back_to_draft, "The campaign is a draft again, and does not fire.")


@blueprint.post("/<uuid:campaign_id>/pause")
def pause(campaign_id: UUID) -> ResponseReturnValue:
    """Keeps a campaign from firing."""
    return _moved(campaign_id, lifecycle.pause, "The campaign is paused: it does not fire until it is resumed.")


@blueprint.post("/<uuid:campaign_id>/resume")
def resume(campaign_id: UUID) -> ResponseReturnValue:
    """Lets a paused campaign fire again."""
    return _moved(campaign_id, lifecycle.resume, "The campaign is active again.")


@blueprint.post("/<uuid:campaign_id>/archive")
def archive(campaign_id: UUID) -> ResponseReturnValue:
    """Puts a campaign away."""
    return _moved(campaign_id, lifecycle.archive, "The campaign is archived.")


@blueprint.app_template_filter("code_marks")
def code_marks(text: str) -> Markup:
    """A docstring's words, with what stands between back-quotes as code."""
    return Markup().join(
        Markup("<code>{}</code>").format(piece) if is_code else escape(piece)
        for is_code, piece in zip(cycle((False, True)), text.split("`"), strict=False)
    )


def _where_from(files: Sequence[UUID]) -> str:
    """Whence the definition comes that a new campaign over these files gets."""
    known = remembered(tenancy.get(DataSource, files[0])) if files else None
    if known:
        where = f"in “{known.campaign}” for {known.file} on {formats.day(known.said_at)}"
        return f"The columns mean what they meant {where}; the texts are a suggestion. Change what you like."
    return "This is a suggestion, made from the columns of the file. Change what you like."


def _moved(campaign_id: UUID, move: Callable[[UUID], Campaign], done: str) -> ResponseReturnValue:
    tenancy.get(Campaign, campaign_id)
    try:
        move(campaign_id)
    except RefusedError as refusal:
        flash(refusal.words, "danger")
    else:
        flash(done, "success")
    return redirect(url_for("campaigns.show", campaign_id=campaign_id))


def _new_form() -> NewCampaignForm:
    form = NewCampaignForm()
    loaded = db.session.scalars(
        tenancy.rows(DataSource)
        .where(DataSource.status == SourceStatus.LOADED)
        .order_by(DataSource.id.desc())
        .limit(_FILES_ON_OFFER)
    )
    form.files.choices = [SelectChoice(str(source.id), source.filename) for source in loaded]
    if not form.is_submitted():
        chosen = request.args.get("file", "")
        offered = [choice.value for choice in form.files.choices]
        form.files.data = [chosen] if chosen in offered else offered[:1]
    return form


def _last_runs(campaign_ids: Sequence[UUID]) -> Sequence[Run]:
    return db.session.scalars(
        tenancy.rows(Run)
        .where(Run.campaign_id.in_(campaign_ids))
        .ext(distinct_on(Run.campaign_id))
        .order_by(Run.campaign_id, Run.id.desc())
    ).all()


def _newest_runs(campaign_id: UUID) -> Sequence[Run]:
    return db.session.scalars(
        tenancy.rows(Run).where(Run.campaign_id == campaign_id).order_by(Run.id.desc()).limit(_RUNS_SHOWN)
    ).all()


def _counted(runs: Sequence[Run]) -> dict[str, object]:
    counts = counts_of_runs(run.id for run in runs)
    return {
        "counts": counts,
        "shares": {run_id: shares_of(found) for run_id, found in counts.items()},
        "wholes": wholes(runs),
    }


def _files_of(campaign_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    query = (
        select(CampaignFile.campaign_id, DataSource.filename)
        .join(
            DataSource,
            (DataSource.company_id == CampaignFile.company_id) & (DataSource.id == CampaignFile.data_source_id),
        )
        .where(CampaignFile.company_id == tenancy.company_id(), CampaignFile.campaign_id.in_(campaign_ids))
        .order_by(CampaignFile.position)
    )
    files: dict[UUID, list[str]] = {}
    for campaign_id, filename in db.session.execute(query):
        files.setdefault(campaign_id, []).append(filename)
    return files
