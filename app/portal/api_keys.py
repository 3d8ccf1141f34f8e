"""API keys: made, shown once, revoked."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField, SubmitField
from wtforms.validators import DataRequired, Length

from app import tenancy
from app.accounts.api_keys import issue_key, revoke_key
from app.extensions import db
from app.models import ApiKey
from app.portal import shell

blueprint = Blueprint("api_keys", __name__, url_prefix="/api-keys")


class KeyForm(FlaskForm):
    """What a new key is for."""

    name = StringField(
        "Name",
        validators=[DataRequired("Say what the key is for."), Length(max=80)],
        description="What will use it, so that you know later which one to revoke.",
    )
    submit = SubmitField("Create key")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The keys, with the form that makes one."""
    return _page(KeyForm())


@blueprint.post("/")
def create() -> ResponseReturnValue:
    """Makes a key. This answer is the only one that shows it, so it is a page and not a redirect."""
    form = KeyForm()
    if not form.validate_on_submit():
        return _page(form), 422
    key, text = issue_key(form.name.data.strip(), shell.current_person().id)
    return render_template("api_keys/created.html", key=key, text=text)


@blueprint.post("/<uuid:key_id>/revoke")
def revoke(key_id: UUID) -> ResponseReturnValue:
    """Ends a key for good."""
    key = revoke_key(key_id)
    flash(f"The key “{key.name}” no longer works.", "success")
    return redirect(url_for("api_keys.index"))


def _page(form: KeyForm) -> str:
    keys = db.session.scalars(tenancy.rows(ApiKey).order_by(ApiKey.id.desc())).all()
    return render_template("api_keys/index.html", keys=keys, form=form)
