"""The team: who is in the company, in which role, and who has been invited."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from werkzeug import Response
from wtforms import SelectChoice, SelectField, StringField, SubmitField
from wtforms.validators import DataRequired, Length

from app import tenancy
from app.accounts import invitations, team
from app.extensions import settings
from app.models import Membership, Role
from app.portal import formats, shell

blueprint = Blueprint("team", __name__, url_prefix="/team")


def grantable_roles() -> list[SelectChoice]:
    """The roles that the person may give: none above their own."""
    own = shell.current_role()
    return [SelectChoice(role.value, formats.words(role)) for role in Role if own.includes(role)]


class InvitationForm(FlaskForm):
    """Who is to come in, as what."""

    email = StringField("E-mail address", validators=[DataRequired("Give an e-mail address."), Length(max=254)])
    role = SelectField("Role", choices=grantable_roles, default=Role.EDITOR.value)
    submit = SubmitField("Make a link")


class RoleForm(FlaskForm):
    """What a member is to be."""

    role = SelectField("Role", choices=grantable_roles)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The members, the invitations that wait, and the form that invites."""
    return _page(InvitationForm())


@blueprint.post("/")
def invite() -> ResponseReturnValue:
    """Invites a person. This answer is the only one that shows the link, so it is a page and not a redirect."""
    form = InvitationForm()
    if form.validate_on_submit():
        try:
            token = invitations.invite(
                form.email.data, Role(form.role.data), shell.current_person(), shell.current_role()
            )
        except team.TeamRefused as refusal:
            form.email.errors = [team.WORDS[refusal.code]]
        else:
            link = settings().public_base_url + url_for("joining.show", token=token)
            return render_template("team/invited.html", email=form.email.data, link=link)
    return _page(form), 422


@blueprint.post("/<uuid:user_id>/role")
def change_role(user_id: UUID) -> ResponseReturnValue:
    """Gives a member another role."""
    tenancy.get(Membership, user_id)
    form = RoleForm()
    if not form.validate():
        flash(team.WORDS[team.TeamCode.ABOVE_ONES_OWN], "danger")
        return redirect(url_for("team.index"))
    try:
        place = team.change_role(user_id, Role(form.role.data), shell.current_role())
    except team.TeamRefused as refusal:
        flash(team.WORDS[refusal.code], "danger")
    else:
        flash(f"The role is {formats.words(place.role)} now.", "success")
    return _after_a_change_of(user_id)


@blueprint.post("/<uuid:user_id>/remove")
def remove(user_id: UUID) -> ResponseReturnValue:
    """Removes a member."""
    try:
        team.remove_member(user_id, shell.current_role())
    except team.TeamRefused as refusal:
        flash(team.WORDS[refusal.code], "danger")
    else:
        flash("The person was removed from the team.", "success")
    return _after_a_change_of(user_id)


@blueprint.post("/invitations/<uuid:invitation_id>/withdraw")
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    """Ends an invitation."""
    invitation = invitations.withdraw(invitation_id)
    flash(f"The link for {invitation.email} no longer works.", "success")
    return redirect(url_for("team.index"))


def _after_a_change_of(user_id: UUID) -> Response:
    # who has changed themselves may not be let into this room any more
    itself = user_id == shell.current_person().id
    return redirect(url_for("dashboard.index" if itself else "team.index"))


def _page(form: InvitationForm) -> str:
    return render_template(
        "team/index.html",
        members=team.members(),
        waiting=invitations.waiting(),
        lifetime=invitations.LIFETIME,
        roles=grantable_roles(),
        own=shell.current_person(),
        form=form,
    )
