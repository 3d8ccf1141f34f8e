import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app import tenancy
from app.campaigns import editing
from app.campaigns.definition import Content, Definition, DeliveryMethod, Mapping, Role, Source
from app.extensions import db
from app.models import Campaign, CampaignStatus, Channel, Company, DataSource
from tests import factories
from tests.portal.conftest import Visitor
from tests.portal.filled_in import Fields, changed, filled_in
from tests.portal.page import Page

VISIT = ["Dr. Bell", "12/24/2099", "9:00 AM"]
ANN = ["EXAMPLE, ANN", "(202) 555-0143", "ann@clinic.example", *VISIT]
TEXT = "Hi {{ patient_name | first_name }}! {{ responses.prompt }}. STOP to end."


@pytest.fixture
def patients(company: Company) -> DataSource:
    factories.sender(Channel.SMS, "+12025550100")
    others = [[f"EXAMPLE, NO {number}", "202 555 0144", "", *VISIT] for number in range(3, 11)]
    return factories.source([ANN, *others])


@pytest.fixture
def campaign(patients: DataSource) -> Campaign:
    roles = {
        Role.PERSON: (Source(column="patient_name", functions=("name_order",)),),
        Role.PHONE: (Source(column="cell_phone"),),
    }
    method = DeliveryMethod(key="sms", channel=Channel.SMS, content=Content(text=TEXT))
    return factories.campaign(Definition(mapping=Mapping(roles=roles), methods=(method,)), [patients])


class Editor:
    """A person who fills the editor's form in, as a browser sends it."""

    def __init__(self, visitor: Visitor, campaign: Campaign) -> None:
        self._visitor = visitor
        self.address = f"/campaigns/{campaign.id}/edit"
        self.fields = self.shown(visitor.get(self.address).html)

    @staticmethod
    def shown(html: str) -> Fields:
        return filled_in(html, "editor")

    def send(self, to: str = "", live: bool = False, **changes: Any) -> TestResponse:
        """Changes some inputs and presses a button. `live`: htmx presses it."""
        headers = {"HX-Request": "true"} if live else {}
        return self._visitor.open("POST", self.address + to, data=changed(self.fields, **changes), headers=headers)

    def preview(self, **changes: Any) -> Page:
        """The live preview after typing."""
        response = self.send("/preview", live=True, **changes)
        assert response.status_code == 200, response.text
        return Page(response)


@pytest.fixture
def editor(visitor: Visitor, campaign: Campaign) -> Editor:
    return Editor(visitor, campaign)


def saved(campaign: Campaign) -> Definition:
    db.session.expire_all()
    return editing.definition_of(tenancy.get(Campaign, campaign.id))


def test_saving_an_untouched_form_leaves_a_ready_campaign_as_it_was(editor: Editor, campaign: Campaign) -> None:
    before = saved(campaign)

    response = editor.send()

    assert response.location == editor.address
    assert saved(campaign) == before
    assert tenancy.get(Campaign, campaign.id).status is CampaignStatus.READY


def test_another_companys_sender_cannot_be_chosen(editor: Editor, campaign: Campaign, other_company: Company) -> None:
    with tenancy.company(other_company.id):
        theirs = str(factories.sender(Channel.SMS, "+12025550199").id)
    before = saved(campaign)

    response = editor.send(sms_sender=theirs)

    assert response.status_code == 422
    assert "The company has no such sender for SMS." in response.text
    assert 'aria-describedby="sms_sender-error"' in response.text
    assert saved(campaign) == before


def test_what_was_changed_is_saved_and_the_campaign_is_a_draft_again(editor: Editor, campaign: Campaign) -> None:
    editor.send(
        name="December", sms_text="Hello {{ patient_name }}\r\nSTOP to end.", confirm="OK, Yes", weekdays=["1", "5"]
    )

    definition = saved(campaign)
    assert definition.methods[0].content.text == "Hello {{ patient_name }}\nSTOP to end."
    assert definition.responses.confirm == ("OK", "Yes")
    assert definition.window.weekdays == {1, 5}
    changed_campaign = tenancy.get(Campaign, campaign.id)
    assert changed_campaign.name == "December"
    assert changed_campaign.status is CampaignStatus.DRAFT


def test_the_editor_stays_usable_after_saving(editor: Editor, visitor: Visitor) -> None:
    response = editor.send(sms_text="First. STOP to end.")
    page = visitor.get(response.location)

    assert "Saved." in page.text
    assert ("sms_text", "First. STOP to end.") in editor.shown(page.html)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": " "}, "Give the campaign a name."),
        ({"name": "\u200b"}, "Give the campaign a name."),
        ({"weekdays": None}, "Choose at least one day."),
        ({"opens": "20:00", "closes": "09:00"}, "A window must open before it closes."),
        ({"opens": ""}, "Say from which hour on."),
        ({"confirm": "C", "cancel": "c"}, "One word cannot mean two things."),
        ({"schedule": "once", "fires_at": ""}, "Give the day and the hour."),
        ({"sms_text": "x" * 20_001}, "At most 20000 characters."),
        ({"role_phone_functions": "x" * 201}, "At most 200 characters."),
        ({"fields-0-name": "1st", "fields-0-column": "provider", "fields-0-functions": ""}, "no digit first"),
        ({"fields-0-name": "doctor", "fields-0-column": "", "fields-0-functions": ""}, "Choose its column."),
        ({"fields-0-name": "", "fields-0-column": "provider", "fields-0-functions": ""}, "Give the field a name."),
        (
            {"filters-0-find": "literal", "filters-0-what": "", "filters-0-cut": "piece", "filters-0-replacement": "x"},
            "Say what is to be found.",
        ),
        ({"files": "01a20df7-4709-719e-b3a9-5de2517d3169"}, "One of these files is not there any more."),
    ],
)
def test_what_cannot_be_saved_is_said_beside_its_input_and_nothing_typed_is_lost(
    editor: Editor, campaign: Campaign, changes: dict[str, Any], problem: str
) -> None:
    before = saved(campaign)

    response = editor.send(**({"rrule": "FREQ=DAILY", "email_html": "<b>\n\nkept</b>"} | changes))

    assert response.status_code == 422
    Page(response).check()
    assert problem in response.text
    assert "is-invalid" in response.text or "files" in changes or "weekdays" in changes
    assert "nothing that you typed is lost" in response.text
    again = changed(editor.shown(response.text))
    assert again["rrule"] == ["FREQ=DAILY"]
    assert again["email_html"] == ["<b>\r\n\r\nkept</b>"]
    for name, value in changes.items():
        assert again.get(name, [None]) == [value] or name in ("files", "weekdays")
    assert saved(campaign) == before


def test_three_phones_in_order_are_saved(editor: Editor, campaign: Campaign) -> None:
    editor.send(role_phone_column="cell_phone", role_phone_fallback="provider", role_phone_third="e_mail")

    assert [source.column for source in saved(campaign).mapping.roles[Role.PHONE]] == [
        "cell_phone",
        "provider",
        "e_mail",
    ]


def test_two_fields_cannot_share_a_name(editor: Editor) -> None:
    rows = {f"fields-{n}-{part}": value for n in (0, 1) for part, value in (("name", "who"), ("column", "provider"))}

    response = editor.send(**rows, **{"fields-0-functions": "", "fields-1-functions": "title"})

    assert response.status_code == 422
    assert "Two fields are called “who”." in response.text


def test_rows_that_were_left_blank_do_not_count(editor: Editor, campaign: Campaign) -> None:
    before = saved(campaign)
    blank = {"fields-0-name": " ", "fields-0-column": "", "fields-0-functions": ""}
    no_filter = {
        "filters-0-find": "pattern",
        "filters-0-what": "",
        "filters-0-cut": "replace",
        "filters-0-replacement": "",
    }

    assert editor.send(**blank, **no_filter).status_code == 302
    assert saved(campaign) == before


def test_a_field_of_ones_own_and_a_filter_are_saved(editor: Editor, campaign: Campaign) -> None:
    editor.send(
        **{
            "fields-0-name": "doctor",
            "fields-0-column": "provider",
            "fields-0-functions": 'replace: "|", "/" | squeeze',
            "filters-0-find": "literal",
            "filters-0-what": "Bill amt:",
            "filters-0-cut": "to_line_end",
            "filters-0-replacement": "",
        }
    )

    definition = saved(campaign)
    assert definition.mapping.fields["doctor"] == Source(column="provider", functions=('replace: "|", "/"', "squeeze"))
    assert [each.what for each in definition.filters] == ["Bill amt:"]


@pytest.mark.parametrize("live", [True, False])
def test_rows_come_and_go_without_saving_and_without_losing_what_was_typed(
    editor: Editor, campaign: Campaign, live: bool
) -> None:
    before = saved(campaign)

    response = editor.send("/rows", live, add="filter", sms_text="half a sente")

    assert ("<html" in response.text) is not live
    html = f'<form id="editor">{response.text}</form>' if live else response.text
    fields = changed(editor.shown(html))
    assert fields["sms_text"] == ["half a sente"]
    assert fields["filters-0-what"] == [""]

    filled = {name: value for name, value in fields.items() if name.startswith("filters-")}
    removed = editor.send("/rows", live, remove="filter-0", **filled)

    assert removed.status_code == 200
    assert "filters-0-what" not in removed.text
    assert saved(campaign) == before


def test_a_click_matches_the_columns_of_another_file(editor: Editor, campaign: Campaign) -> None:
    before = saved(campaign)
    header, fields = ["Member", "Mobile", "Sprache"], ["member", "mobile", "sprache"]
    other = factories.source([["Ann", "202 555 0143", "Spanish"]], header=header, fields=fields)

    response = editor.send("/rows", files=str(other.id), match="yes")

    filled = changed(editor.shown(response.text))
    assert [filled[f"role_{role}_column"] for role in ("person", "phone", "language")] == [[name] for name in fields]
    assert saved(campaign) == before


def test_a_matched_mapping_says_which_file_it_is_remembered_from(editor: Editor, patients: DataSource) -> None:
    with_known_header = editor.send("/rows", files=str(patients.id), match="yes")
    new = factories.source([["Ann"]], header=["Member"], fields=["member"])
    with_new_header = editor.send("/rows", files=str(new.id), match="yes")

    known = r"Matched as for list\.csv on \d+ \w{3} \d{4}, in “Reminders”\."
    assert re.search(known, with_known_header.text)
    assert "No file with these columns is known: matched by their names" in with_new_header.text


def test_choosing_another_file_offers_its_columns(editor: Editor, visitor: Visitor) -> None:
    other = factories.source([["Ann", "1"]], header=["Member", "Fax No."], fields=["member", "fax_no"])

    response = editor.send("/rows", live=True, files=str(other.id))

    assert '<option value="fax_no">Fax No.</option>' in response.text
    assert "cell_phone (not in the files)" in response.text


def test_the_live_preview_follows_the_text(editor: Editor, campaign: Campaign) -> None:
    before = saved(campaign)

    assert "Hi Ann! Reply C to confirm" in editor.preview().text
    assert "Hi EXAMPLE, ANN! STOP to end." in editor.preview(sms_text="Hi {{ patient_name }}! STOP to end.").text
    assert saved(campaign) == before


def test_the_live_preview_says_where_a_template_is_wrong_and_what_was_meant(editor: Editor) -> None:
    page = editor.preview(sms_text="Hello,\nHi {{ patient_nme }}! STOP to end.")

    assert "Line 2, column 7: there is no field “patient_nme”. Did you mean “patient_name”?" in page.text
    assert "#sms_text" in page.links


def test_saving_says_where_a_template_is_wrong_and_what_was_meant(editor: Editor, visitor: Visitor) -> None:
    page = visitor.get(editor.send(sms_text="Hello,\nHi {{ patient_nme }}! STOP to end.").location)

    assert "Saved, but it cannot be made ready like this." in page.text
    assert "SMS, text: Line 2, column 7: there is no field “patient_nme”. Did you mean “patient_name”?" in page.text


def test_saving_says_the_first_of_many_mistakes_and_how_many_there_are(editor: Editor, visitor: Visitor) -> None:
    page = visitor.get(editor.send(sms_text="{{ a }} {{ b }} {{ c }} {{ d }} {{ e }} STOP").location)

    assert "there is no field “c”. And 2 more." in page.text


def test_the_functions_are_explained_where_they_are_needed(editor: Editor, visitor: Visitor) -> None:
    assert "/campaigns/functions" in visitor.get(editor.address).links

    page = visitor.get("/campaigns/functions")

    assert '{{ "MCDONALD, JOHN ANN" | name_order }}' in page.text
    assert "John Ann McDonald" in page.text
    assert "no message: date unreadable" in page.text


def test_a_click_writes_costly_characters_plainly(editor: Editor, campaign: Campaign) -> None:
    costly = f"It’s {'very ' * 20}late. STOP to end."
    page = editor.preview(sms_text=costly)
    assert "Write it plainly: 1 segment" in page.text

    response = editor.send("/rows", sms_text=costly, plain="sms")
    fields = changed(editor.shown(response.text))
    assert fields["sms_plain_characters"] == ["y"]
    assert fields["sms_text"] == [costly]

    page = editor.preview(sms_text=costly, sms_plain_characters="y")
    assert "It's very" in page.text
    assert "1 segment , GSM-7" in page.text
    editor.send(sms_text=costly, sms_plain_characters="y")
    assert saved(campaign).methods[0].plain_characters


def test_characters_that_count_twice_are_named(editor: Editor) -> None:
    assert "GSM-7; counted twice: “€”" in editor.preview(sms_text="5 € STOP to end.").text


def test_the_live_preview_counts_segments_and_names_the_costly_character(editor: Editor) -> None:
    page = editor.preview(sms_text="It’s time. STOP to end.")

    assert "23 of 70 characters, 1 segment , UCS-2 because of “’” (“'” would do)" in page.text


def test_the_live_preview_steps_to_other_rows(editor: Editor) -> None:
    first = editor.preview()
    second = editor.preview(go_after="4")
    back = editor.preview(go_after="1", shown_after="4")

    assert ["row 2" in page.text for page in (first, second, back)] == [True, False, True]
    assert "row 5" in second.text
    assert 'value="1"' in second.html.partition("Rows before")[0].rpartition("<button")[2]
    assert "rows-before" in first.ids
    assert 'name="go_after"' not in first.html.partition("Rows before")[0]
    assert 'name="go_after"' not in editor.preview(go_after="7").html.partition("Rows before")[2]


def test_the_live_preview_stays_at_its_rows_while_one_types(editor: Editor) -> None:
    assert "row 5" in editor.preview(shown_after="4", sms_text="Other words. STOP to end.").text


def test_the_live_preview_names_what_keeps_it_from_being_made(editor: Editor) -> None:
    page = editor.preview(opens="21:00", weekdays=None, **{"filters-0-replacement": "x"})

    assert "There is no preview as long as this is so" in page.text
    assert "Days : Choose at least one day." in page.text
    assert "Filter 1, What to find : Say what is to be found." in page.text


def test_without_javascript_the_preview_comes_with_the_whole_page(editor: Editor) -> None:
    response = editor.send("/preview", sms_text="Plain as day. STOP to end.")

    page = Page(response)
    page.check()
    assert "Plain as day. STOP to end. 26 of 160 characters" in page.text
    assert ("sms_text", "Plain as day. STOP to end.") in editor.shown(page.html)


def test_a_file_of_another_company_is_neither_offered_nor_previewed(
    editor: Editor, other_company: Company, campaign: Campaign
) -> None:
    with tenancy.company(other_company.id):
        secret = factories.source([["SECRET, SAM", *ANN[1:]]]).id

    page = editor.preview(files=str(secret))

    assert "SECRET" not in page.text
    assert editor.send(files=str(secret)).status_code == 422


def test_a_sender_that_was_removed_stays_visible_until_another_is_chosen(
    visitor: Visitor, patients: DataSource
) -> None:
    gone = factories.sender(Channel.SMS, "+12025550101")
    method = DeliveryMethod(key="sms", channel=Channel.SMS, content=Content(text=TEXT), sender_id=gone.id)
    campaign = factories.campaign(Definition(methods=(method,)), [patients])
    db.session.delete(gone)
    db.session.commit()

    editor = Editor(visitor, campaign)

    assert ("sms_sender", str(gone.id)) in editor.fields
    assert "The sender chosen for SMS is not one of the company&#39;s." in editor.preview().html


def test_an_archived_campaign_is_not_changed(visitor: Visitor, campaign: Campaign) -> None:
    editor = Editor(visitor, campaign)
    campaign.status = CampaignStatus.ARCHIVED
    db.session.commit()

    response = editor.send(sms_text="Too late. STOP to end.")

    assert "The campaign is archived; that cannot be done now." in visitor.get(response.location).text
    assert saved(campaign).methods[0].content.text == TEXT
