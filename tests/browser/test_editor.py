"""The campaign editor under a person's hands: rows that come and go, other rows to look at, nothing lost by mistake."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Page, expect

from app.campaigns.definition import Content, Definition, DeliveryMethod, Mapping, Role, Source
from app.models import Channel, Company, User
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("clinic", ["local"], indirect=True)]

COUNT_ANNOUNCEMENTS = """() => {
    window.announced = [];
    for (const region of document.querySelectorAll("[aria-live], [role=status], [role=alert]")) {
        new MutationObserver(() => window.announced.push(region.textContent.trim()))
            .observe(region, {childList: true, characterData: true, subtree: true});
    }
}"""
VISIT = ["Dr. Bell", "12/24/2099", "9:00 AM"]


@pytest.fixture
def editor(portal: Page, clinic: Flask, company: Company, owner: User) -> Page:
    """The editor of a campaign that texts five people, signed in."""
    people = [[f"EXAMPLE, {name}", "(202) 555-0143", "", *VISIT] for name in ("ANN", "BOB", "CYD", "DAN", "EVE")]
    factories.sender(Channel.SMS, "+12025550100")
    roles = {Role.PERSON: "patient_name", Role.PHONE: "cell_phone"}
    text = "Hi {{ patient_name | first_name }}. STOP to end."
    campaign = factories.campaign(
        Definition(
            mapping=Mapping(roles={role: (Source(column=column),) for role, column in roles.items()}),
            methods=(DeliveryMethod(key="sms", channel=Channel.SMS, content=Content(text=text)),),
        ),
        [factories.source(people)],
    )
    portal.goto(f"/login?next=/campaigns/{campaign.id}/edit")
    portal.get_by_label("Email Address").fill(owner.email)
    portal.get_by_label("Password").fill(factories.PASSWORD)
    portal.get_by_role("button", name="Sign in").click()
    expect(portal.get_by_role("heading", level=1)).to_have_text("Edit Reminders")
    expect(portal.locator("#preview")).to_contain_text("Hi Ann.")
    return portal


def test_a_filter_is_added_typed_and_removed_and_the_preview_follows(editor: Page, complaints: list[str]) -> None:
    preview = editor.locator("#preview")
    text = editor.get_by_label("Text", exact=True)
    text.fill("Hi {{ patient_name | first_name }}. STOP to end. Bill amt: $40.00")

    editor.get_by_role("button", name="Add a filter").click()
    expect(editor.get_by_label("Filter 1: What")).to_be_focused()
    editor.keyboard.type("Bill amt:")

    expect(preview.locator(".bubble").first).to_have_text("Hi Ann. STOP to end.")
    expect(preview.locator("del").first).to_contain_text("Bill amt: $40.00")
    editor.get_by_role("button", name="Remove Filter 1").click()
    expect(preview.locator(".bubble").first).to_contain_text("Bill amt: $40.00")
    assert complaints == []


def test_one_steps_to_other_rows_and_stays_there_while_typing(editor: Page, complaints: list[str]) -> None:
    preview = editor.locator("#preview")

    editor.get_by_role("button", name="Next rows").click()

    expect(preview).to_contain_text("Hi Dan.")
    editor.get_by_label("Text", exact=True).fill("Dear {{ patient_name | first_name }}. STOP to end.")
    expect(preview).to_contain_text("Dear Dan.")
    editor.get_by_role("button", name="Rows before").click()
    expect(preview).to_contain_text("Dear Ann.")
    assert complaints == []


def test_a_short_status_is_announced_when_it_changes_and_not_at_every_key(editor: Page, complaints: list[str]) -> None:
    status = editor.locator("#preview-status")
    expect(status).to_have_text("Preview of rows 2 to 4.")
    editor.evaluate(COUNT_ANNOUNCEMENTS)
    text = editor.get_by_label("Text", exact=True)

    text.fill("Dear {{ patient_name | first_name }}. STOP to end.")
    expect(editor.locator("#preview")).to_contain_text("Dear Ann.")
    assert editor.evaluate("announced") == []

    text.fill("Dear {{ patient_name | first_name }}")
    expect(status).to_have_text("Preview of rows 2 to 4, 1 remark.")
    assert editor.evaluate("announced") == ["Preview of rows 2 to 4, 1 remark."]
    assert complaints == []


def test_the_keyboard_keeps_its_place_when_rows_come_and_go(editor: Page, complaints: list[str]) -> None:
    editor.get_by_role("button", name="Add a filter").press("Enter")
    expect(editor.get_by_label("Filter 1: What")).to_be_focused()
    with editor.expect_response(lambda answer: answer.url.endswith("/edit/preview")):
        editor.get_by_role("button", name="Remove Filter 1").press("Enter")
    expect(editor.get_by_role("button", name="Add a filter")).to_be_focused()
    expect(editor.locator("#preview")).not_to_have_class(re.compile("htmx-request"))

    following = editor.get_by_role("button", name="Next rows")
    following.press("Enter")
    expect(editor.locator("#preview")).to_contain_text("Hi Dan.")
    expect(following).to_be_focused()
    expect(following).to_have_attribute("aria-disabled", "true")
    assert complaints == []


def test_what_keeps_a_form_from_being_saved_is_a_key_away_from_its_input(editor: Page) -> None:
    editor.get_by_label("Words that cancel").fill("C")
    editor.get_by_label("Words that cancel").press("Enter")

    mistakes = editor.get_by_role("alert")
    expect(mistakes).to_contain_text("Words that confirm: One word cannot mean two things.")
    expect(mistakes).to_be_focused()
    editor.keyboard.press("Tab")
    editor.keyboard.press("Enter")
    expect(editor.get_by_label("Words that confirm")).to_be_focused()


def test_a_link_into_the_editor_leads_the_keyboard_to_the_input(editor: Page) -> None:
    editor.goto(editor.url.partition("#")[0] + "#sms_text")
    editor.reload()

    expect(editor.get_by_label("Text", exact=True)).to_be_focused()


def test_a_field_goes_where_the_cursor_stands(editor: Page, complaints: list[str]) -> None:
    text = editor.get_by_label("Text", exact=True)
    text.fill("STOP to end. ")
    section = editor.locator("section").filter(has=text)
    section.get_by_text("Fields to use").click()

    section.get_by_role("button", name="provider", exact=True).click()

    expect(text).to_have_value("STOP to end. {{ provider }}")
    expect(editor.locator("#preview")).to_contain_text("STOP to end. Dr. Bell")
    assert complaints == []


def test_leaving_with_unsaved_changes_is_asked_about_and_saving_is_not(editor: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    editor.on("dialog", stay)
    editor.get_by_label("Text", exact=True).fill("Unsaved. STOP to end.")
    editor.get_by_role("link", name="Dashboard").click()

    expect(editor.get_by_label("Text", exact=True)).to_have_value("Unsaved. STOP to end.")
    assert asked == ["beforeunload"]
    editor.get_by_role("button", name="Save").click()
    expect(editor.locator("#notices")).to_contain_text("Saved.")
    assert asked == ["beforeunload"]
