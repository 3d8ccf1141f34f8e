"""Runs: live while they go, and with the fate of every record."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import tenancy
from app.campaigns import runs
from app.campaigns.errors import RefusedError
from app.extensions import db
from app.models import Campaign, Run, User
from app.portal import labels, paging, shell
from app.portal.run_progress import progress_of
from app.reporting.fates import Place, fates

blueprint = Blueprint("runs", __name__, url_prefix="/runs")


@blueprint.get("/<uuid:run_id>")
def show(run_id: UUID) -> ResponseReturnValue:
    """One run: how far it is, why records failed, and what became of each; for htmx the last alone."""
    run = tenancy.get(Run, run_id)
    found = fates(run_id, _after(), paging.PAGE_ROWS)
    return render_template(
        "runs/fates.html" if shell.wants_fragment() else "runs/show.html",
        run=run,
        campaign=tenancy.get(Campaign, run.campaign_id),
        fired_by=db.session.get(User, run.created_by) if run.created_by else None,
        progress=progress_of(run),
        page=paging.of_listing(found),
        files=labels.file_names(fate.place.data_source_id for fate in found.items),
    )


@blueprint.get("/<uuid:run_id>/progress")
def show_progress(run_id: UUID) -> ResponseReturnValue:
    """The piece of a page that is asked for again and again until the run has ended."""
    run = tenancy.get(Run, run_id)
    if not shell.wants_fragment():
        return redirect(url_for("runs.show", run_id=run_id))
    progress = progress_of(run)
    answer = make_response(render_template("runs/progress.html", progress=progress))
    if progress.has_ended:
        # fates, buttons and the campaign's state have changed with it: the whole page is new
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.post("/<uuid:run_id>/queue")
def queue(run_id: UUID) -> ResponseReturnValue:
    """Turns a staged run's records into messages and failures."""
    return _moved(run_id, runs.queue_run, "The records are being queued.")


@blueprint.post("/<uuid:run_id>/deliver")
def deliver(run_id: UUID) -> ResponseReturnValue:
    """Lets a queued run's messages go out."""
    return _moved(run_id, runs.deliver_run, "Its messages go out from now on.")


@blueprint.post("/<uuid:run_id>/cancel")
def cancel(run_id: UUID) -> ResponseReturnValue:
    """Calls off what has not gone out yet."""
    return _moved(run_id, runs.cancel_run, "The run was cancelled. What had gone out stays out.")


def _moved(run_id: UUID, move: Callable[[UUID], Run], done: str) -> ResponseReturnValue:
    tenancy.get(Run, run_id)
    try:
        move(run_id)
    except RefusedError as refusal:
        flash(refusal.words, "danger")
    else:
        flash(done, "success")
    return redirect(url_for("runs.show", run_id=run_id))


def _after() -> Place | None:
    text = request.args.get("after")
    try:
        return Place.parse(text) if text else None
    except ValueError:
        abort(404)
