"""Senders: added, removed, and what to set at the provider so that answers find their way back."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField, SubmitField
from wtforms.validators import DataRequired, Length

from app import tenancy
from app.accounts import senders
from app.channels.accounts import is_played
from app.channels.registry import DRIVERS
from app.extensions import settings
from app.models import Channel
from app.portal import formats

blueprint = Blueprint("senders", __name__, url_prefix="/senders")

WEBHOOKS = (
    ("Twilio, “A message comes in”", "/messages/incoming/twilio?company={company_id}"),
    ("SendGrid, “Event Webhook”, signed", "/messages/events/sendgrid"),
)
"""What each address is called at the provider, and its path here.

A text that comes in names nobody but its number, so the address says whose it is. SendGrid's events carry the company
themselves, and Twilio learns where statuses go with each message.
"""


_CHANNELS = [SelectChoice(channel.value, formats.words(channel)) for channel in DRIVERS]


class SenderForm(FlaskForm):
    """A sender that the company owns at a provider."""

    channel = SelectField("Channel", choices=_CHANNELS)
    address = StringField(
        "Number, mailbox or page",
        validators=[DataRequired("Give the number, mailbox or page."), Length(max=254)],
    )
    label = StringField("Label", validators=[Length(max=80)], description="For your own eyes; may stay empty.")
    submit = SubmitField("Add sender")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The senders, the form that adds one, the addresses to set at the providers."""
    return _page(SenderForm())


@blueprint.post("/")
def add() -> ResponseReturnValue:
    """Adds a sender."""
    form = SenderForm()
    if form.validate_on_submit():
        try:
            sender = senders.add_sender(Channel(form.channel.data), form.address.data, form.label.data or "")
        except senders.SenderRefused as refusal:
            form.address.errors = [senders.WORDS[refusal.code]]
        else:
            flash(f"Messages can go out from {sender.address}.", "success")
            return redirect(url_for("senders.index"))
    return _page(form), 422


@blueprint.post("/<uuid:sender_id>/remove")
def remove(sender_id: UUID) -> ResponseReturnValue:
    """Removes a sender."""
    sender = senders.remove_sender(sender_id)
    flash(f"{sender.address} was removed.", "success")
    return redirect(url_for("senders.index"))


def _page(form: SenderForm) -> str:
    base = settings().public_base_url
    return render_template(
        "senders/index.html",
        senders=senders.in_order(),
        firsts={sender.id for sender in senders.firsts().values()},
        form=form,
        webhooks=[(name, base + path.format(company_id=tenancy.company_id())) for name, path in WEBHOOKS],
        played=[channel for channel in DRIVERS if is_played(channel)],
    )
