"""How a file is read: tried on its first rows while one chooses, and settled on."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import tenancy
from app.ingest import corrections
from app.ingest.errors import FileRefused
from app.ingest.uploads import request_load
from app.models import DataSource
from app.portal import files, shell
from app.portal.reading_form import ReadingForm

blueprint = Blueprint("file_reading", __name__, url_prefix="/files/<uuid:source_id>/reading")

NOT_ON_OFFER = "Choose from what is offered."


@blueprint.post("")
def settle(source_id: UUID) -> ResponseReturnValue:
    """Has the file read as chosen from now on, and asks for its loading."""
    form = ReadingForm.of(tenancy.get(DataSource, source_id))
    try:
        if not form.validate():
            flash(NOT_ON_OFFER, "danger")
            return redirect(url_for("files.show", source_id=source_id, reading="on"))
        corrections.correct(source_id, form.correction())
    except FileRefused as refused:
        flash(refused.words, "danger")
        return redirect(url_for("files.show", source_id=source_id, reading="on"))
    request_load(source_id)
    return redirect(url_for("files.show", source_id=source_id))


@blueprint.post("/first-rows")
def first_rows(source_id: UUID) -> ResponseReturnValue:
    """The first rows as they would be loaded. Changes nothing."""
    source = tenancy.get(DataSource, source_id)
    form = ReadingForm.of(source)
    found: dict[str, object] = {}
    try:
        if form.validate():
            found["look"] = corrections.first_look(source, form.correction())
        else:
            found["problem"] = NOT_ON_OFFER
    except FileRefused as refused:
        found["problem"] = refused.words
    if shell.wants_fragment():
        return render_template("files/first_rows.html", **found)
    return files.page(source, form, **found)
