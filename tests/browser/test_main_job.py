"""The main job as a person does it: sign in, upload, edit with the live preview, fire, and read the answer."""

import re
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.extensions import db
from app.models import Company, User
from bench.make_sample import write_sample
from tests import factories
from tests.simulator.carrier import RunningCarrier
from tests.working import work_until_idle

pytestmark = pytest.mark.browser

NUMBER = "+12025550100"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A dozen appointments of the coming days."""
    path = tmp_path / "appointments.csv"
    write_sample(path, 12, 3, date.today())  # noqa: DTZ011  the list's dates are the clinic's own
    return path


def test_a_person_does_the_main_job(
    portal: Page,
    complaints: list[str],
    clinic: Flask,
    company: Company,
    owner: User,
    carrier: RunningCarrier,
    sample: Path,
) -> None:
    company.sandbox = True
    db.session.commit()
    _sign_in(portal, owner)
    _add_sender(portal, carrier, company)
    _upload(portal, clinic, sample)

    portal.goto("/campaigns/new")
    portal.get_by_label("Name").fill("Reminders")
    portal.get_by_label("appointments.csv").check()
    portal.get_by_role("button", name="Create").click()
    _edit(portal)

    portal.get_by_role("button", name="Mark ready").click()
    expect(portal.get_by_text("Do a dry run first")).to_be_visible()
    portal.get_by_role("button", name="Dry run over 12 records").click()
    expect(portal.locator("#dry-run")).to_contain_text("12 records = ")
    portal.get_by_role("button", name="Mark ready").click()
    portal.once("dialog", lambda dialog: dialog.accept())
    portal.get_by_role("button", name="Fire over 12 records").click()

    work_until_idle(clinic)
    carrier.eventually(lambda: _is_over(portal, clinic), seconds=40)
    row = portal.get_by_role("row").filter(has=portal.get_by_text("Delivered", exact=True)).first
    row.get_by_role("link", name="Delivered").first.click()
    expect(portal.get_by_text("See you soon").first).to_be_visible()
    message_page = portal.url
    endpoint = portal.get_by_text(re.compile(r"\+1\d{10}")).first.inner_text().strip()

    # the person picks up the phone
    portal.goto(f"{carrier.base_url}/phone/{endpoint}")
    expect(portal.frame_locator("iframe").get_by_text("See you soon")).to_be_visible()
    portal.get_by_label("Message").fill("c")
    portal.get_by_role("button", name="Send").click()

    def is_confirmed() -> bool:
        work_until_idle(clinic)
        portal.goto(message_page)
        return portal.get_by_text("Confirmed", exact=True).first.is_visible()

    carrier.eventually(is_confirmed)
    assert complaints == []


def _sign_in(portal: Page, owner: User) -> None:
    portal.goto("/login")
    portal.get_by_label("Email Address").fill(owner.email)
    portal.get_by_label("Password").fill(factories.PASSWORD)
    portal.get_by_role("button", name="Sign in").click()
    expect(portal.get_by_role("heading", level=1)).to_have_text("Dashboard")


def _add_sender(portal: Page, carrier: RunningCarrier, company: Company) -> None:
    portal.goto("/senders/")
    portal.get_by_label("Channel").select_option("SMS")
    portal.get_by_label("Number, mailbox or page").fill(NUMBER)
    portal.get_by_role("button", name="Add sender").click()
    # what the page says is to be set at the provider is set there
    address = portal.get_by_label("Twilio, “A message comes in”").first.input_value()
    assert str(company.id) in address
    carrier.twilio.incoming_phone_numbers.create(phone_number=NUMBER, sms_url=address)


def _upload(portal: Page, clinic: Flask, sample: Path) -> None:
    portal.goto("/files/upload/")
    portal.locator("input[type=file]").set_input_files(sample)
    portal.get_by_role("button", name="Upload").click()
    expect(portal.get_by_role("heading", level=1)).to_have_text("appointments.csv")
    expect(portal.locator("#first-rows")).to_contain_text("patient_name")
    portal.get_by_role("button", name="Load it").click()
    expect(portal.locator("#progress")).to_contain_text("Waiting for a worker")
    work_until_idle(clinic)
    expect(portal.locator("#progress")).to_contain_text("records loaded")


def _edit(portal: Page) -> None:
    """The editor: a mistake is named, the preview follows the typing, and what was typed is saved."""
    text = portal.get_by_label("Text", exact=True)
    preview = portal.locator("#preview")
    expect(preview).to_contain_text("Reply C to confirm")
    text.fill("Hello {{ patient_nam }}")
    expect(preview).to_contain_text("patient_name")
    text.fill("Hello {{ patient_name | first_name }}. See you soon! {{ responses.prompt }}. STOP to end.")
    expect(preview).to_contain_text("See you soon! Reply C to confirm")
    portal.get_by_label("Send e-mails").uncheck()
    for day in ("Sat", "Sun"):
        portal.get_by_label(day).check()
    portal.get_by_label("Contact people at any hour of any day").check()
    portal.get_by_role("button", name="Save").click()
    expect(portal.locator("#notices")).to_contain_text("Saved.")
    portal.get_by_role("link", name="Reminders").first.click()
    expect(portal.get_by_role("heading", level=1)).to_have_text("Reminders")


def _is_over(portal: Page, clinic: Flask) -> bool:
    work_until_idle(clinic)
    if "/runs/" not in portal.url:
        portal.get_by_role("link", name="Running now").or_(portal.locator("td a[href*='/runs/']")).first.click()
    portal.reload()
    return portal.get_by_text("Every record is accounted for").is_visible()
