"""Founding a company after sign-up, and choosing among several."""

from uuid import UUID
from zoneinfo import available_timezones

from babel import Locale
from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from phonenumbers import SUPPORTED_REGIONS
from wtforms import SelectChoice, SelectField, StringField, SubmitField
from wtforms.validators import DataRequired, Length

from app.accounts.companies import found_company
from app.portal import shell

blueprint = Blueprint("companies", __name__, url_prefix="/companies")

NEAREST_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
)
"""The zones most companies live in; they lead the list."""


_OTHER_NAMES = ("Etc/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")
"""Zones that are called by the name of a city as well."""


def zone_choices() -> dict[str, list[tuple[str, str]]]:
    """Time zones in two groups, for a select field."""
    others = sorted(
        zone
        for zone in available_timezones()
        if "/" in zone and zone not in NEAREST_ZONES and not zone.startswith(_OTHER_NAMES)
    )
    return {
        "United States": [(zone, zone.replace("_", " ")) for zone in NEAREST_ZONES],
        "Everywhere else": [(zone, zone.replace("_", " ")) for zone in others],
    }


def country_choices() -> list[SelectChoice]:
    """Countries that have phone numbers, by name."""
    names = Locale("en").territories
    return sorted(
        (SelectChoice(region, names[region]) for region in SUPPORTED_REGIONS if region in names),
        key=lambda choice: choice.label,
    )


class CompanyForm(FlaskForm):
    """A company's name, clock and country."""

    name = StringField(
        "Company name",
        validators=[DataRequired("Give your company a name."), Length(max=120)],
        description="People read it in the messages they get.",
        render_kw={"autocomplete": "organization", "autofocus": True},
    )
    time_zone = SelectField(
        "Time zone", choices=zone_choices, description="Dates, contact windows and reports follow this clock."
    )
    region = SelectField(
        "Country",
        choices=country_choices,
        default="US",
        description="Phone numbers without a country code are read as this country’s, and dates as it writes them.",
    )
    submit = SubmitField("Create company")


@blueprint.route("/new", methods=["GET", "POST"])
def found() -> ResponseReturnValue:
    """Makes a company of the person who asks, its owner, and goes to its dashboard."""
    form = CompanyForm()
    if form.validate_on_submit():
        company = found_company(
            form.name.data.strip(), shell.current_person(), time_zone=form.time_zone.data, region=form.region.data
        )
        shell.choose_company(company.id)
        flash(f"{company.name} is ready.", "success")
        return redirect(url_for("dashboard.index"))
    return render_template("companies/found.html", form=form), 422 if form.is_submitted() else 200


@blueprint.post("/<uuid:company_id>/choose")
def choose(company_id: UUID) -> ResponseReturnValue:
    """Binds this browser to another of the person's companies."""
    presence = shell.current_presence()
    if presence is None or company_id not in {company.id for company, _ in presence.memberships}:
        abort(404)
    shell.choose_company(company_id)
    return redirect(url_for("dashboard.index"))
