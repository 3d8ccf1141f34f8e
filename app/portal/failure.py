"""One failure: why it is one, its record to be corrected, what stands against it to be lifted, and another try."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import suppressions, tenancy
from app.campaigns import editing, states
from app.campaigns.errors import RefusedError
from app.campaigns.requeue import requeue_these
from app.extensions import db
from app.models import Campaign, DataSource, Failure, Run, Suppression, User
from app.portal import formats, shell
from app.queueing.concerned import fields_concerned, fields_read
from app.queueing.correcting import CorrectionRefusedError, correct

blueprint = Blueprint("failure", __name__, url_prefix="/failures/<uuid:failure_id>")

_CELL = "cell."
"""Begins the names of the inputs that hold the record."""

_SHOWN = "shown."
"""Begins the names of the inputs that hold each cell as it was when the page was shown."""


@blueprint.get("")
def show(failure_id: UUID) -> ResponseReturnValue:
    """The failure with its record, what the campaign reads of it first."""
    return _page(tenancy.get(Failure, failure_id))


@blueprint.post("")
def save(failure_id: UUID) -> ResponseReturnValue:
    """Corrects the record, and requeues it at once if that is asked for."""
    # locked, so that nobody corrects it between what is compared here and what is written
    failure = tenancy.get(Failure, failure_id, for_update=True)
    changed = _changed(failure)
    if overtaken := _overtaken(failure, changed):
        db.session.rollback()
        return _refused(failure, changed, overtaken)
    try:
        correct(failure_id, changed, shell.current_person().id)
    except CorrectionRefusedError as refusal:
        return _refused(failure, changed, {flaw.field: flaw.words for flaw in refusal.flaws})
    if "requeue" in request.form:
        return _requeued(failure_id)
    if shell.wants_fragment():
        return _page(failure, saved=True)
    flash("Saved.", "success")
    return redirect(url_for("failure.show", failure_id=failure_id))


@blueprint.post("/lift")
def lift(failure_id: UUID) -> ResponseReturnValue:
    """Lifts the suppression that the failure's address is under."""
    failure = tenancy.get(Failure, failure_id)
    if suppressions.lift(failure.channel, failure.endpoint, shell.current_person().id):
        db.session.commit()
        words = f"{failure.endpoint} can be contacted by {formats.words(failure.channel)} again."
        flash(f"{words} Requeue it to try again.", "success")
    return redirect(url_for("failure.show", failure_id=failure_id))


def _requeued(failure_id: UUID) -> ResponseReturnValue:
    try:
        run = requeue_these([failure_id], shell.current_person().id)
        address = url_for("runs.show", run_id=run.id)
    except RefusedError as refusal:
        db.session.rollback()
        flash(refusal.words, "danger")
        address = url_for("failure.show", failure_id=failure_id)
    if not shell.wants_fragment():
        return redirect(address)
    answer = make_response("")
    answer.headers["HX-Redirect"] = address
    return answer


def _refused(failure: Failure, changed: Mapping[str, str], problems: Mapping[str, str]) -> ResponseReturnValue:
    page = _page(failure, changed, problems)
    return page if shell.wants_fragment() else (page, 422)


def _changed(failure: Failure) -> dict[str, str]:
    """The cells that are not what they were when the page was shown; a browser sends lines' ends its own way."""
    given = {name.removeprefix(_CELL): cell for name, cell in request.form.items() if name.startswith(_CELL)}
    return {field: cell for field, cell in given.items() if _lines(cell) != _lines(_shown(failure, field))}


def _overtaken(failure: Failure, changed: Mapping[str, str]) -> dict[str, str]:
    """What to say of cells that somebody else has changed since the page was shown, to something else."""
    if failure.requeue_run_id is not None:
        return {}
    return {
        field: f"Meanwhile it was changed to “{present}”. Save again to put yours in its place."
        for field, cell in changed.items()
        if _lines(present := failure.present_data.get(field, "")) not in (_lines(_shown(failure, field)), _lines(cell))
    }


def _shown(failure: Failure, field: str) -> str:
    """A cell as it was when the page was shown, or as it is where the form does not say."""
    return request.form.get(_SHOWN + field, failure.present_data.get(field, ""))


def _lines(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n")


def _page(
    failure: Failure,
    changed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    *,
    saved: bool = False,
) -> str:
    campaign = tenancy.get(Campaign, failure.campaign_id)
    source = tenancy.get(DataSource, failure.data_source_id)
    definition = editing.definition_of(campaign)
    read = fields_read(definition, failure.method, source.fields)
    concerned = [field for field in fields_concerned(definition, failure.code, failure.facts) if field in source.fields]
    first = list(dict.fromkeys((*concerned, *read)))
    has_method = any(method.key == failure.method for method in definition.methods)
    taken_up_by = tenancy.find(Run, failure.requeue_run_id) if failure.requeue_run_id else None
    return render_template(
        "failures/record.html" if shell.wants_fragment() else "failures/show.html",
        failure=failure,
        campaign=campaign,
        source=source,
        titles=dict(zip(source.fields, source.columns, strict=True)),
        cells={**failure.present_data, **(changed or {})},
        first=first,
        others=[field for field in source.fields if field not in first],
        concerned=concerned,
        problems=problems or {},
        saved=saved,
        taken_up_by=taken_up_by,
        may_requeue=has_method and states.allows(campaign, states.Move.REQUEUE),
        has_method=has_method,
        suppression=_suppression_of(failure),
        corrected_by=db.session.get(User, failure.corrected_by) if failure.corrected_by else None,
    )


def _suppression_of(failure: Failure) -> Suppression | None:
    return db.session.scalar(
        tenancy.rows(Suppression).where(
            Suppression.channel == failure.channel,
            Suppression.address == failure.endpoint,
            Suppression.lifted_at.is_(None),
        )
    )
