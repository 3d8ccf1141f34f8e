"""What a company says of itself, changed by its owners and admins."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice, SelectField, SubmitField

from app.accounts.companies import change_company
from app.portal import shell
from app.portal.companies import CompanyForm, zone_choices
from app.templating.language_names import NAMES, language_name

blueprint = Blueprint("company_settings", __name__, url_prefix="/settings")

_LANGUAGES = sorted((SelectChoice(tag, language_name(tag)) for tag in NAMES), key=lambda choice: choice.label)


class SettingsForm(CompanyForm):
    """What was said when the company was founded, and the language that it writes in."""

    language = SelectField("Language", choices=_LANGUAGES, description="New campaigns are written in it at first.")
    submit = SubmitField("Save")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The settings as they are, in the form that changes them."""
    return _page(_form())


@blueprint.post("/")
def change() -> ResponseReturnValue:
    """Changes the settings."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    change_company(form.name.data, time_zone=form.time_zone.data, region=form.region.data, language=form.language.data)
    flash("The settings were saved.", "success")
    return redirect(url_for("company_settings.index"))


def _form() -> SettingsForm:
    company = shell.current_company()
    form = SettingsForm(obj=company)
    choices = zone_choices()
    if not any(company.time_zone == zone for group in choices.values() for zone, _ in group):
        # a script may have said a zone by a name that the list leaves out; another one must not take its place unasked
        choices = {"Now": [(company.time_zone, company.time_zone)], **choices}
    form.time_zone.choices = choices
    return form


def _page(form: SettingsForm) -> str:
    return render_template("company_settings/index.html", form=form)
