"""Commands for scripts: `flask create-company`, `flask add-person`, `flask create-api-key`."""

from uuid import UUID

import click
from flask import Flask
from sqlalchemy import select

from app import tenancy
from app.accounts import api_keys, companies, people, team
from app.extensions import db
from app.models import Company, Role


@click.command("create-company")
@click.argument("name")
@click.option("--email", required=True, help="The owner's address.")
@click.option("--password", required=True, help="The owner's password; of a person who signs in already, their own.")
@click.option("--time-zone", default="America/New_York", show_default=True)
@click.option("--region", default="US", show_default=True, help="Country of phone numbers and dates, ISO 3166.")
@click.option("--sandbox", is_flag=True, help="Lets the company lift the quiet hours: for trying things out.")
def create_company(name: str, email: str, password: str, time_zone: str, region: str, sandbox: bool) -> None:
    """Makes a company with an owner and prints its id."""
    try:
        owner = people.known_or_new(email, password)
        company = companies.found_company(name, owner, sandbox=sandbox, time_zone=time_zone, region=region)
    except (people.PersonRefusedError, companies.CompanyRefusedError) as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from None
    click.echo(company.id)


@click.command("add-person")
@click.argument("company")
@click.option("--email", required=True, help="The person's address.")
@click.option("--password", required=True, help="The person's password; of one who signs in already, their own.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
def add_person(company: str, email: str, password: str, role: str) -> None:
    """Lets a person into COMPANY (id or name)."""
    with tenancy.company(_company_id(company)):
        try:
            team.add_member(people.known_or_new(email, password), Role(role))
        except people.PersonRefusedError as refusal:
            raise click.ClickException(str(refusal)) from None
        except team.TeamRefused as refusal:
            raise click.ClickException(team.WORDS[refusal.code]) from None


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
    app.cli.add_command(add_person)
    app.cli.add_command(create_api_key)
