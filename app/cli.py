"""Commands for scripts: `flask create-company`, `flask create-api-key`."""

from uuid import UUID

import click
from flask import Flask
from sqlalchemy import select

from app import tenancy
from app.accounts import api_keys, companies, people
from app.extensions import db
from app.models import Company


@click.command("create-company")
@click.argument("name")
@click.option("--email", required=True, help="The owner's address.")
@click.option("--password", required=True, help="The owner's password; of a person who signs in already, their own.")
@click.option("--time-zone", default="America/New_York", show_default=True)
@click.option("--region", default="US", show_default=True, help="Country of phone numbers and dates, ISO 3166.")
@click.option("--sandbox", is_flag=True, help="Lets the company lift the quiet hours: for trying things out.")
def create_company(name: str, email: str, password: str, time_zone: str, region: str, sandbox: bool) -> None:
    """Makes a company with an owner and prints its id."""
    owner = people.find_person(email)
    # anybody may have signed up with this address before: only their password says that it is who is meant
    if owner is not None and not people.is_known_by(owner, password):
        raise click.ClickException(f"{email} signs in already, with another password")
    try:
        owner = owner or people.add_person(email, password)
        company = companies.found_company(name, owner, sandbox=sandbox, time_zone=time_zone, region=region)
    except (people.PersonRefusedError, companies.CompanyRefusedError) as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from None
    click.echo(company.id)


@click.command("create-api-key")
@click.argument("company")
@click.option("--name", default="script", show_default=True)
def create_api_key(company: str, name: str) -> None:
    """Makes an API key for COMPANY (id or name) and prints it."""
    with tenancy.company(_company_id(company)):
        _, text = api_keys.issue_key(name, created_by=None)
    click.echo(text)


def _company_id(id_or_name: str) -> UUID:
    try:
        wanted = Company.id == UUID(id_or_name)
    except ValueError:
        wanted = Company.name == id_or_name
    found = db.session.scalars(select(Company.id).where(wanted)).all()
    if len(found) != 1:
        raise click.ClickException(f"{len(found)} companies are called {id_or_name!r}; give the id")
    return found[0]


def register(app: Flask) -> None:
    """Adds the commands to `flask`."""
    app.cli.add_command(create_company)
    app.cli.add_command(create_api_key)
