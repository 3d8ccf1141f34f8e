"""What only a real browser shows: scripts under the content policy, dropped files, pages on a narrow screen."""

import re
from collections.abc import Iterator
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from app import suppressions, tenancy
from app.accounts.api_keys import issue_key
from app.clock import now
from app.extensions import db, settings
from app.ingest.loader import load_slice
from app.models import ApiKey, Channel, Company, DataSource, SuppressionSource, User
from tests import factories
from tests.chromium import answer_cdn, complaints_of, launched
from tests.queueing.line_of import SMS, definition
from tests.queueing.runs import failures_of, fired, patient, worked
from workers.ingest import load_file

pytestmark = pytest.mark.browser

DROP = """content => {
    const carried = new DataTransfer();
    carried.items.add(new File([content], "march.csv", {type: "text/csv"}));
    document.querySelector(".dropzone").dispatchEvent(
        new DragEvent("drop", {dataTransfer: carried, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return launched(browser_type_launch_args)


@pytest.fixture(scope="session")
def base_url(whole_app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, whole_app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture(params=["cdn", "local"])
def served_from(request: pytest.FixtureRequest, app: Flask, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """htmx from either place; the CDN's address is answered with npm's file, which its hash must fit."""
    changed = settings().model_copy(update={"frontend_assets": request.param})
    monkeypatch.setitem(app.config, "SETTINGS", changed)
    answer_cdn(page)


@pytest.fixture
def complaints(page: Page) -> list[str]:
    return complaints_of(page)


@pytest.fixture
def portal(page: Page, served_from: None, complaints: list[str], company: Company, owner: User) -> Page:
    """The owner of `company`, signed in."""
    page.goto("/login")
    page.get_by_label("Email Address").fill(owner.email)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")
    return page


def test_a_dropped_file_is_uploaded_and_its_page_follows_the_loading(portal: Page, complaints: list[str]) -> None:
    portal.goto("/files/upload/")
    portal.evaluate(DROP, "Patient Name,Cell Phone\nAnn Example,202 555 0143\n")
    expect(portal.locator("[data-dropzone-list]")).to_contain_text("march.csv")

    portal.get_by_role("button", name="Upload").click()

    expect(portal.get_by_role("heading", level=1)).to_have_text("march.csv")
    expect(portal.locator("#first-rows")).to_contain_text("cell_phone")
    portal.get_by_label("First row", exact=True).select_option("A record")
    expect(portal.locator("#first-rows")).to_contain_text("column_2")
    portal.get_by_label("First row", exact=True).select_option("Column names")
    expect(portal.locator("#first-rows")).to_contain_text("cell_phone")
    portal.get_by_role("button", name="Load it").click()
    expect(portal.locator("#progress")).to_contain_text("Waiting for a worker")
    source = db.session.scalars(tenancy.rows(DataSource)).one()
    load_slice(source.company_id, source.id, now() + timedelta(seconds=30))
    expect(portal.locator("#progress")).to_contain_text("records loaded")
    expect(portal.get_by_text("Ann Example")).to_be_visible()
    assert complaints == []


def test_a_refused_file_is_said_on_the_page_which_can_be_sent_again(portal: Page) -> None:
    portal.goto("/files/upload/")
    portal.evaluate(DROP, "")

    portal.get_by_role("button", name="Upload").click()

    expect(portal.get_by_role("alert")).to_contain_text("The file is empty.")
    portal.evaluate(DROP, "Patient Name,Cell Phone\nAnn Example,202 555 0143\n")
    portal.get_by_role("button", name="Upload").click()
    expect(portal.get_by_role("heading", level=1)).to_have_text("march.csv")


def test_a_new_key_is_copied_by_its_button(portal: Page, complaints: list[str]) -> None:
    portal.context.grant_permissions(["clipboard-read", "clipboard-write"])
    portal.goto("/api-keys/")
    portal.get_by_label("Name").fill("nightly upload")
    portal.get_by_role("button", name="Create key").click()
    # only the page in front may write to the clipboard
    portal.bring_to_front()

    portal.get_by_role("button", name="Copy").click()

    # the button says so for two seconds only, which a busy machine can miss; the clipboard keeps
    portal.wait_for_function(
        "async () => (await navigator.clipboard.readText()) === document.getElementById('key').value"
    )
    assert complaints == []


def test_a_key_is_not_revoked_by_a_slip_of_the_hand(portal: Page) -> None:
    key, _ = issue_key("nightly upload", created_by=None)
    portal.goto("/api-keys/")
    portal.once("dialog", lambda dialog: dialog.dismiss())

    portal.get_by_role("button", name="Revoke").click()

    db.session.expire_all()
    assert tenancy.get(ApiKey, key.id).revoked_at is None


def test_every_page_of_the_menu_fits_a_telephone_and_runs_under_the_policy(portal: Page, complaints: list[str]) -> None:
    factories.source([["An unusually long name " * 4, "x" * 80, "", "", "", ""]])
    pages = portal.locator(".side-rooms a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    portal.set_viewport_size({"width": 390, "height": 844})
    for path in pages:
        portal.goto(path)
        wider = portal.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider == 0, path
        expect(portal.get_by_role("link", name="Files")).to_be_hidden()
        portal.get_by_role("button", name="Menu").click()
        expect(portal.get_by_role("link", name="Files")).to_be_visible()
    assert complaints == []


def test_lists_fit_a_telephone_without_being_pushed_sideways(portal: Page, company: Company) -> None:
    run = fired(factories.source([patient(1), patient(2, cell_phone="none")]))
    worked(run)
    issue_key("nightly upload", created_by=None)
    factories.sender(Channel.EMAIL, "reminders@clinic.example")
    suppressions.suppress(Channel.SMS, "+12025550143", SuppressionSource.PERSON, "called the front desk")
    db.session.commit()
    portal.set_viewport_size({"width": 390, "height": 844})
    for path in ("/messages/", "/failures/", "/files/", "/campaigns/", "/api-keys/", "/senders/", "/suppressions/"):
        portal.goto(path)
        table = portal.locator(".table-responsive").first
        assert table.evaluate("table => table.scrollWidth - table.clientWidth") <= 1, path


def test_what_is_in_a_file_fits_a_telephone_once_it_has_been_counted(portal: Page, complaints: list[str]) -> None:
    source = factories.source([["An unusually long name " * 4, "202 555 0143", "x" * 80, "", "", ""]])
    portal.set_viewport_size({"width": 390, "height": 844})
    portal.goto(f"/files/{source.id}")
    expect(portal.locator("#columns")).to_contain_text("counting")

    load_file(str(source.company_id), str(source.id))

    expect(portal.locator("#columns")).to_contain_text("100%")
    assert portal.locator(".table-responsive").evaluate("table => table.scrollWidth - table.clientWidth") <= 1
    assert complaints == []


def test_a_run_that_is_watched_keeps_its_place_and_says_when_it_is_cut_off(portal: Page) -> None:
    run = fired(factories.source([patient(1)]))
    worked(run)
    portal.set_viewport_size({"width": 260, "height": 844})
    portal.goto(f"/runs/{run.id}")
    portal.get_by_text("By delivery method").first.click()
    table = portal.locator("#fates-table")
    link = portal.get_by_role("link", name="Queued: E-mail to")
    link.focus()
    table.evaluate("table => { table.scrollLeft = 20; }")

    for piece in ("#run-progress", "#fates"):
        portal.locator(piece).evaluate("piece => { piece.dataset.old = 'yes'; }")
        expect(portal.locator(piece)).not_to_have_attribute("data-old", "yes")

    expect(link).to_be_focused()
    assert portal.locator("#by-method").evaluate("details => details.open")
    assert table.evaluate("table => table.scrollLeft") == 20

    portal.route("**/runs/**", lambda route: route.abort())
    expect(portal.get_by_text("The server cannot be reached.")).to_be_visible()
    portal.unroute("**/runs/**")
    expect(portal.get_by_text("The server cannot be reached.")).to_be_hidden()


def test_a_filter_waits_for_its_button_as_the_keyboard_passes_its_choices(portal: Page) -> None:
    portal.goto("/messages/")
    status = portal.get_by_label("Status")
    status.press("ArrowDown")
    status.press("ArrowDown")

    expect(status).to_have_value("queued")
    expect(status).to_be_focused()
    portal.get_by_role("button", name="Search").click()
    expect(portal).to_have_url(re.compile("status=queued"))


def test_a_record_is_corrected_in_place_and_requeued(portal: Page, complaints: list[str]) -> None:
    run = fired(factories.source([patient(1, cell_phone="none"), patient(2)]), definition(methods=(SMS,)))
    worked(run)
    (failure,) = failures_of(run)
    portal.goto(f"/failures/{failure.id}")
    phone = portal.get_by_label("Cell Phone")
    expect(phone).to_have_accessible_description("“none” is not a valid phone number.")
    phone.fill("(202) 555-0143")
    portal.get_by_role("button", name="Save", exact=True).click()
    expect(portal.locator("#record")).to_contain_text("Corrected; in the file: “none”")

    portal.get_by_role("button", name="Save and requeue").click()

    expect(portal.get_by_role("heading", level=1)).to_have_text("Run of Reminders")
    expect(portal.get_by_text("1 failure", exact=True)).to_be_visible()
    portal.goto(f"/failures/{failure.id}")
    expect(portal.get_by_role("link", name="the run that took it up")).to_be_visible()
    assert complaints == []
