"""Where the link of an invitation leads: to a company, with a password. Open to everybody who holds the link."""

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_security import url_for_security
from flask_wtf import FlaskForm
from wtforms import PasswordField, SubmitField
from wtforms.validators import DataRequired, EqualTo

from app.accounts import invitations, people, team
from app.extensions import limiter
from app.portal import shell, sign_in

blueprint = Blueprint("joining", __name__, url_prefix="/join")


class JoiningForm(FlaskForm):
    """The same for known and unknown people, so that the page does not tell which one the person is."""

    password = PasswordField(
        "Password",
        validators=[DataRequired("Give a password.")],
        render_kw={"autocomplete": "current-password", "autofocus": True},
    )
    again = PasswordField(
        "Password, once more",
        validators=[EqualTo("password", "The two are not the same.")],
        render_kw={"autocomplete": "current-password"},
    )
    submit = SubmitField("Join")


def _invited_and_caller() -> str:
    try:
        _, invitation = invitations.read(str((request.view_args or {})["token"]))
    except team.TeamRefused:
        return f"nobody {sign_in.caller()}"
    return f"{invitation.email} {sign_in.caller()}"


@blueprint.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """Which company invites to what, and the form that takes a password."""
    return _page(token, JoiningForm())


@blueprint.post("/<token>")
@limiter.limit(sign_in.FROM_ONE_ADDRESS, key_func=sign_in.caller)
@limiter.limit(sign_in.AT_ONE_PERSON_FROM_ONE_ADDRESS, key_func=_invited_and_caller)
def join(token: str) -> ResponseReturnValue:
    """Lets the invited person in and sends them to the sign-in."""
    form = JoiningForm()
    if not form.validate_on_submit():
        return _page(token, form, 422)
    try:
        company = invitations.accept(token, form.password.data)
    except people.PersonRefusedError as refusal:
        form.password.errors = [str(refusal)]
        return _page(token, form, 422)
    except team.TeamRefused as refusal:
        return _dead(refusal)
    shell.choose_company(company.id)
    flash(f"You are in the team of {company.name} now. Sign in to go on.", "success")
    return redirect(url_for_security("login"))


def _page(token: str, form: JoiningForm, status: int = 200) -> ResponseReturnValue:
    try:
        company, invitation = invitations.read(token)
    except team.TeamRefused as refusal:
        return _dead(refusal)
    least = current_app.config["SECURITY_PASSWORD_LENGTH_MIN"]
    page = render_template("team/join.html", company=company, invitation=invitation, form=form, least=least)
    return page, status


def _dead(refusal: team.TeamRefused) -> ResponseReturnValue:
    return render_template("team/dead_link.html", words=team.WORDS[refusal.code]), 410
