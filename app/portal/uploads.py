"""The upload page: dragged or chosen, one file or several, each accepted or refused by itself."""

from dataclasses import dataclass
from typing import BinaryIO, cast

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.file import FileRequired, MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, SubmitField

from app import body_limits
from app.extensions import settings
from app.ingest.errors import FileRefused
from app.ingest.table import Limits
from app.ingest.uploads import register_upload, request_load
from app.models import DataSource, Role
from app.portal import formats, shell

blueprint = Blueprint("uploads", __name__, url_prefix="/files/upload")
body_limits.widen(blueprint, "upload", body_limits.of_an_upload)


class UploadForm(FlaskForm):
    """Lists, as they were exported."""

    files = MultipleFileField("Files", validators=[FileRequired("Choose a file first.")])
    load = BooleanField("Load at once, without a look at the first rows")
    submit = SubmitField("Upload")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was not accepted, and why."""

    filename: str
    words: str


@blueprint.get("/")
@shell.requires(Role.EDITOR)
def index() -> ResponseReturnValue:
    """The form."""
    return _page(UploadForm(formdata=None))


@blueprint.post("/")
def upload() -> ResponseReturnValue:
    """Takes the files in, to be looked at or loaded. What is refused is said by name; the rest is not held up."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _page(form, problems=form.files.errors), 422
    accepted: list[DataSource] = []
    refusals: list[Refusal] = []
    for sent in form.files.data:
        try:
            accepted.append(_take(sent, load=form.load.data))
        except FileRefused as refused:
            refusals.append(Refusal(sent.filename or "file", refused.words))
    if refusals:
        return _page(UploadForm(formdata=None), accepted=accepted, refusals=refusals), 422
    return _onward(accepted, loaded=form.load.data)


def _take(sent: FileStorage, *, load: bool) -> DataSource:
    limits = Limits.from_settings(settings())
    stream = cast(BinaryIO, sent.stream)
    source = register_upload(stream, sent.filename or "", shell.current_person().id, limits)
    return request_load(source.id) if load else source


def _onward(accepted: list[DataSource], *, loaded: bool) -> ResponseReturnValue:
    if len(accepted) == 1:
        where = url_for("files.show", source_id=accepted[0].id)
    else:
        what_next = "are being loaded." if loaded else "were uploaded. Look at each, and load it."
        flash(f"{formats.count(len(accepted))} files {what_next}", "success")
        where = url_for("files.index")
    if not shell.wants_fragment():
        return redirect(where)
    answer = make_response("")
    answer.headers["HX-Redirect"] = where
    return answer


def _page(form: UploadForm, **found: object) -> str:
    template = "files/refused.html" if shell.wants_fragment() else "files/upload.html"
    return render_template(
        template, form=form, max_bytes=settings().max_upload_bytes, max_rows=settings().max_file_rows, **found
    )
