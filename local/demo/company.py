"""The demo's company: made at the first run, found again at the next."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from flask import Flask
from flask_migrate import upgrade
from flask_security import hash_password, verify_password

from app import create_app, tenancy
from app.accounts import api_keys, companies, people
from app.accounts.senders import SenderCode, SenderRefused, add_sender
from app.config import load_settings
from app.extensions import db, settings
from app.local_credentials import derive
from app.models import Channel
from local.servers import ROOT

NAME = "Northside Clinics"
EMAIL = "demo@carillon.example"
NUMBER = "+15005550100"
"""An area code without subscribers, which the sample's patients do not have either."""
MAILBOX = "reminders@carillon.example"


@dataclass(frozen=True)
class DemoCompany:
    """The company, and how a person and a program get in."""

    id: UUID
    password: str
    api_key: str


def demo_app() -> Flask:
    """The application in this process, for what has no door: migrations, and the company itself."""
    # what is worth knowing here is shown by the demo itself
    return create_app(load_settings().model_copy(update={"log_level": "WARNING"}))


def prepared_company(app: Flask, key_file: Path) -> DemoCompany:
    """Migrates the database, then makes the company or finds it; the API key is kept in `key_file`."""
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        password = derive(settings().secret_key, "demo-password")[:12]
        company_id = _company(password)
        with tenancy.company(company_id):
            _add_senders()
            key = _api_key(key_file)
        db.session.remove()
        db.engine.dispose()
    return DemoCompany(company_id, password, key)


def _company(password: str) -> UUID:
    owner = people.find_person(EMAIL) or people.add_person(EMAIL, password)
    if not verify_password(password, owner.password or ""):
        owner.password = hash_password(password)  # the key that it comes from was lost with its file
    db.session.commit()
    known = companies.memberships_of(owner.id)
    company = known[0][0] if known else companies.found_company(NAME, owner, sandbox=True)
    return company.id


def _add_senders() -> None:
    for channel, address in ((Channel.SMS, NUMBER), (Channel.EMAIL, MAILBOX)):
        try:
            add_sender(channel, address, "Demo")
        except SenderRefused as refusal:
            if refusal.code is not SenderCode.ALREADY_THERE:
                raise


def _api_key(key_file: Path) -> str:
    text = key_file.read_text() if key_file.exists() else ""
    known = api_keys.check_key(text)
    if known is None or known.company_id != tenancy.company_id():
        _, text = api_keys.issue_key("demo", created_by=None)
        key_file.touch(mode=0o600)
        key_file.write_text(text)
    return text
