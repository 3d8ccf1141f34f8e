"""Suppressions: who must not be contacted, searched, added, lifted."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy import Select
from wtforms import SelectField, StringField, SubmitField
from wtforms.validators import DataRequired, Length

from app import suppressions, tenancy
from app.extensions import db
from app.models import Channel, Suppression, SuppressionSource
from app.portal import formats, paging, shell
from app.portal.addresses import normalised

blueprint = Blueprint("suppressions", __name__, url_prefix="/suppressions")


class SuppressionForm(FlaskForm):
    """An address that somebody asked, outside Carillon, not to be contacted at."""

    channel = SelectField("Channel", choices=[(channel.value, formats.words(channel)) for channel in Channel])
    address = StringField(
        "Number or address", validators=[DataRequired("Give the number or address."), Length(max=254)]
    )
    words = StringField(
        "Reason",
        validators=[DataRequired("Say who asked for it, and how."), Length(max=500)],
        description="Who asked for it and how, such as “called the front desk”.",
    )
    submit = SubmitField("Suppress")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The suppressions, newest first; those of one address when one is searched for."""
    return _page(SuppressionForm())


@blueprint.post("/")
def add() -> ResponseReturnValue:
    """Suppresses an address."""
    form = SuppressionForm()
    if form.validate_on_submit():
        channel = Channel(form.channel.data)
        address = normalised(channel, form.address.data)
        if address is None:
            form.address.errors = ["This is not a valid address for the channel."]
        elif suppressions.suppress(
            channel, address, SuppressionSource.PERSON, form.words.data.strip(), shell.current_person().id
        ):
            db.session.commit()
            flash(f"{address} will not be contacted by {formats.words(channel)}.", "success")
            return redirect(url_for("suppressions.index"))
        else:
            form.address.errors = ["This address is suppressed already."]
    return _page(form), 422


@blueprint.post("/<uuid:suppression_id>/lift")
def lift(suppression_id: UUID) -> ResponseReturnValue:
    """Lets an address be contacted again."""
    found = tenancy.get(Suppression, suppression_id)
    if suppressions.lift(found.channel, found.address, shell.current_person().id):
        db.session.commit()
        flash(f"{found.address} can be contacted by {formats.words(found.channel)} again.", "success")
    return redirect(url_for("suppressions.index"))


def _page(form: SuppressionForm) -> str:
    searched = request.args.get("q", "").strip()
    return render_template(
        "suppressions/index.html",
        page=paging.page(_query(searched), key=lambda row: row.id),
        form=form,
        searched=searched,
    )


def _query(searched: str) -> Select[Suppression]:
    query = tenancy.rows(Suppression).order_by(Suppression.id.desc())
    if searched:
        spellings = {normalised(channel, searched) or searched for channel in Channel}
        query = query.where(Suppression.address.in_(spellings))
    after = paging.after_id()
    return query.where(Suppression.id < after) if after else query
