import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from werkzeug.test import TestResponse

from app import tenancy
from app.campaigns import editing
from app.campaigns.definition import Content, Definition, DeliveryMethod, Mapping, Role, Source, TextFilter
from app.extensions import db
from app.models import (
    Campaign,
    CampaignStatus,
    Channel,
    Company,
    DataSource,
    MessageStatus,
    Run,
    RunStatus,
    RunUntil,
    SourceStatus,
)
from app.models import Role as UserRole
from tests import factories
from tests.portal.conftest import Visitor
from tests.portal.filled_in import filled_in

VISIT = ["Dr. Bell", "12/24/2099", "9:00 AM"]
ANN = ["EXAMPLE, ANN", "(202) 555-0143", "ann@clinic.example", *VISIT]
CYD = ["EXAMPLE, CYD", "none", "cyd@clinic.example", *VISIT]
TEXT = "Hi {{ patient_name | first_name }}! {{ responses.prompt }}. STOP to end."


@pytest.fixture
def patients(company: Company) -> DataSource:
    factories.sender(Channel.SMS, "+12025550100")
    factories.sender(Channel.EMAIL, "reminders@clinic.example")
    return factories.source([ANN, CYD])


def texting(text: str = TEXT, **changes: object) -> Definition:
    roles = {Role.PERSON: "patient_name", Role.PHONE: "cell_phone", Role.DOCTOR: "provider"}
    values: dict[str, object] = {
        "mapping": Mapping(roles={role: (Source(column=column),) for role, column in roles.items()}),
        "methods": (DeliveryMethod(key="sms", channel=Channel.SMS, content=Content(text=text)),),
    }
    return Definition.model_validate(values | changes)


@pytest.fixture
def draft(patients: DataSource) -> Campaign:
    return factories.campaign(texting(), [patients], CampaignStatus.DRAFT)


def again(campaign: Campaign) -> Campaign:
    db.session.expire_all()
    return tenancy.get(Campaign, campaign.id)


def notice(visitor: Visitor, response: TestResponse) -> str:
    assert response.status_code == 302, response.status
    return visitor.get(response.location).text


def test_the_first_campaign_is_offered_where_there_is_none(
    visitor: Visitor, visitor_of: Callable[[UserRole], Visitor]
) -> None:
    assert "/campaigns/new" in visitor.get("/campaigns/").links

    page = visitor_of(UserRole.VIEWER).get("/campaigns/")

    assert "An editor of this company can make one." in page.text
    assert "/campaigns/new" not in page.links


def test_the_list_shows_each_campaign_with_its_files_and_what_became_of_its_last_run(
    visitor: Visitor, patients: DataSource
) -> None:
    campaign = factories.campaign(texting(), [patients], CampaignStatus.ACTIVE)
    campaign.next_fire_at = datetime(2099, 1, 1, 15, tzinfo=UTC)
    factories.run(campaign, RunStatus.FINISHED)
    last = factories.run(campaign, RunStatus.DELIVERING)

    page = visitor.get("/campaigns/")

    assert "list.csv" in page.text
    assert "01 Jan 2099, 10:00" in page.text
    assert [link for link in page.links if link.startswith("/runs/")] == [f"/runs/{last.id}"]


def test_a_new_campaign_says_what_fits_its_first_file_and_opens_in_the_editor(
    visitor: Visitor, patients: DataSource
) -> None:
    response = visitor.post("/campaigns/new", name=" November ", files=str(patients.id))

    [campaign] = db.session.scalars(tenancy.rows(Campaign)).all()
    assert response.location == f"/campaigns/{campaign.id}/edit"
    assert campaign.name == "November"
    definition = editing.definition_of(campaign)
    assert definition.mapping.roles[Role.PHONE][0].column == "cell_phone"
    assert [method.channel for method in definition.methods] == [Channel.SMS, Channel.EMAIL]


def test_the_newest_list_is_chosen_beforehand(visitor: Visitor, patients: DataSource) -> None:
    newest = factories.source([ANN])

    chosen = filled_in(visitor.get("/campaigns/new").html, "new-campaign")

    assert [value for name, value in chosen if name == "files"] == [str(newest.id)]


def test_a_loaded_list_leads_on_to_a_campaign_that_speaks_to_it(visitor: Visitor, patients: DataSource) -> None:
    factories.source([ANN])
    onward = f"/campaigns/new?file={patients.id}"
    assert onward in visitor.get(f"/files/{patients.id}").links

    chosen = filled_in(visitor.get(onward).html, "new-campaign")

    assert [value for name, value in chosen if name == "files"] == [str(patients.id)]


def test_a_preview_leads_on_only_where_there_are_more_rows(visitor: Visitor, company: Company) -> None:
    def leads_on(rows: int) -> bool:
        campaign = factories.campaign(texting(), [factories.source([ANN] * rows)])
        return "Next rows" in visitor.get(f"/campaigns/{campaign.id}/preview").text

    assert [leads_on(rows) for rows in (19, 20, 21)] == [False, False, True]


@pytest.mark.parametrize("name", ["", "  ", "\u200b"])
def test_a_new_campaign_needs_a_name(visitor: Visitor, name: str) -> None:
    response = visitor.post("/campaigns/new", name=name)

    assert response.status_code == 422
    assert "Give the campaign a name." in response.text
    assert db.session.scalars(tenancy.rows(Campaign)).all() == []


def test_only_loaded_files_of_the_own_company_can_be_chosen(
    visitor: Visitor, patients: DataSource, other_company: Company
) -> None:
    patients.status = SourceStatus.LOADING
    db.session.commit()
    with tenancy.company(other_company.id):
        others = factories.source([ANN]).id

    page = visitor.get("/campaigns/new")

    assert "list.csv" not in page.text
    for id_ in (patients.id, others):
        assert visitor.post("/campaigns/new", name="November", files=str(id_)).status_code == 422


def test_a_new_campaign_over_a_known_header_says_where_its_mapping_comes_from(
    visitor: Visitor, patients: DataSource
) -> None:
    made = visitor.post("/campaigns/new", name="November", files=str(patients.id))
    assert "This is a suggestion, made from the columns" in notice(visitor, made)
    made = visitor.post("/campaigns/new", name="December", files=str(patients.id))
    known = r"The columns mean what they meant in “November” for list\.csv on \d+ \w{3} \d{4}; the texts"
    assert re.search(known, notice(visitor, made))


def test_ready_is_refused_until_there_has_been_a_dry_run(visitor: Visitor, draft: Campaign) -> None:
    refused = notice(visitor, visitor.post(f"/campaigns/{draft.id}/ready"))

    assert "Do a dry run first" in refused
    assert again(draft).status is CampaignStatus.DRAFT

    visitor.post(f"/campaigns/{draft.id}/dry-run")
    visitor.post(f"/campaigns/{draft.id}/ready")

    assert again(draft).status is CampaignStatus.READY


def test_ready_is_refused_as_long_as_a_check_stands_in_the_way(visitor: Visitor, draft: Campaign) -> None:
    editing.change_campaign(draft.id, None, definition=texting("Hi {{ patient_nme }}! STOP to end."))

    refused = notice(visitor, visitor.post(f"/campaigns/{draft.id}/ready"))

    assert "does not pass its checks yet" in refused
    assert "there is no field “patient_nme”. Did you mean “patient_name”?" in refused
    assert again(draft).status is CampaignStatus.DRAFT


def test_the_preview_shows_what_rows_become_and_why_others_become_nothing(visitor: Visitor, draft: Campaign) -> None:
    page = visitor.get(f"/campaigns/{draft.id}/preview")

    assert "Rows 2 to 3 of list.csv . The campaign speaks to 2 records." in page.text
    assert "Hi Ann! Reply C to confirm, X to cancel, R to reschedule. STOP to end." in page.text
    assert "SMS to +12025550143" in page.text
    assert "70 of 160 characters, 1 segment , GSM-7" in page.text
    assert "“none” is not a valid phone number." in page.text


def test_the_preview_shows_what_the_filters_took_out(visitor: Visitor, draft: Campaign) -> None:
    filtered = texting(TEXT + " Bill amt: $40.00", filters=(TextFilter(what="Bill amt:"),))
    editing.change_campaign(draft.id, None, definition=filtered)

    page = visitor.get(f"/campaigns/{draft.id}/preview")

    assert '<del class="cut"> Bill amt: $40.00</del>' in page.html
    assert "Bill amt" not in page.html.partition('<div class="bubble">')[2].partition("</div>")[0]


def test_a_long_list_is_previewed_page_by_page(visitor: Visitor, company: Company) -> None:
    source = factories.source([ANN] * 30)
    campaign = factories.campaign(texting(), [source], CampaignStatus.DRAFT)
    first = visitor.get(f"/campaigns/{campaign.id}/preview")

    [onward] = [link for link in first.links if "after=" in link]

    assert "Rows 22 to 31 of list.csv" in visitor.get(onward).text


def test_the_html_part_of_a_mail_is_shown_as_a_page_that_can_do_nothing(visitor: Visitor, patients: DataSource) -> None:
    roles = {Role.EMAIL: (Source(column="e_mail"),)}
    content = Content(subject="Your visit", html="<p>Dear {{ patient_name }}</p><script>alert(1)</script>")
    mailing = texting(
        mapping=Mapping(roles=roles),
        methods=(DeliveryMethod(key="email", channel=Channel.EMAIL, content=content),),
    )
    campaign = factories.campaign(mailing, [patients], CampaignStatus.DRAFT)
    page = visitor.get(f"/campaigns/{campaign.id}/preview")

    [first, _] = [link for link in page.links if "/mail/" in link]
    mail = visitor.open("GET", first)

    assert "<p>Dear EXAMPLE, ANN</p>" in mail.text
    assert mail.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none';")
    assert visitor.open("GET", f"/campaigns/{campaign.id}/preview/mail/sms/2").status_code == 404
    assert visitor.open("GET", f"/campaigns/{campaign.id}/preview/mail/email/9").status_code == 404


def test_a_campaign_without_a_file_says_what_is_missing_everywhere(visitor: Visitor, company: Company) -> None:
    campaign = factories.campaign(Definition(), [], CampaignStatus.DRAFT)

    assert "The campaign has no file to take its records from." in visitor.get(f"/campaigns/{campaign.id}").text
    assert "Nothing to show" in visitor.get(f"/campaigns/{campaign.id}/preview").text
    assert visitor.get(f"/campaigns/{campaign.id}/edit").status == 200


def test_firing_goes_as_far_as_one_says_and_not_before_the_hour_on_the_companys_clock(
    visitor: Visitor, patients: DataSource
) -> None:
    campaign = factories.campaign(texting(), [patients])

    response = visitor.post(f"/campaigns/{campaign.id}/fire", until="staged", start_at="2099-07-01T10:00")

    [run] = db.session.scalars(tenancy.rows(Run)).all()
    assert response.location == f"/runs/{run.id}"
    assert (run.until, run.status) == (RunUntil.STAGED, RunStatus.STAGED)
    assert run.start_at == datetime(2099, 7, 1, 14, tzinfo=UTC)
    assert run.created_by is not None
    assert again(campaign).status is CampaignStatus.ACTIVE


def test_an_hour_that_cannot_be_read_fires_nothing(visitor: Visitor, patients: DataSource) -> None:
    campaign = factories.campaign(texting(), [patients])

    response = visitor.post(f"/campaigns/{campaign.id}/fire", until="delivering", start_at="tomorrow")

    assert "Give the day and the hour in full" in notice(visitor, response)
    assert db.session.scalars(tenancy.rows(Run)).all() == []


def test_a_draft_cannot_be_fired(visitor: Visitor, draft: Campaign) -> None:
    assert "Make the campaign ready first." in visitor.get(f"/campaigns/{draft.id}").text

    response = visitor.post(f"/campaigns/{draft.id}/fire", until="delivering")

    assert "The campaign is draft; that cannot be done now." in notice(visitor, response)


@pytest.mark.parametrize(
    ("before", "move", "after"),
    [
        (CampaignStatus.ACTIVE, "pause", CampaignStatus.PAUSED),
        (CampaignStatus.PAUSED, "resume", CampaignStatus.ACTIVE),
        (CampaignStatus.READY, "draft", CampaignStatus.DRAFT),
        (CampaignStatus.FINISHED, "archive", CampaignStatus.ARCHIVED),
    ],
)
def test_a_campaign_is_moved_by_the_buttons_that_its_state_allows(
    visitor: Visitor, patients: DataSource, before: CampaignStatus, move: str, after: CampaignStatus
) -> None:
    campaign = factories.campaign(texting(), [patients], before)
    address = f"/campaigns/{campaign.id}/{move}"
    assert f'action="{address}"' in visitor.get(f"/campaigns/{campaign.id}").html

    page = visitor.get(visitor.post(address).location)

    assert again(campaign).status is after
    assert f'action="{address}"' not in page.html


def test_an_archived_campaign_is_neither_edited_nor_fired(visitor: Visitor, patients: DataSource) -> None:
    campaign = factories.campaign(texting(), [patients], CampaignStatus.ARCHIVED)

    page = visitor.get(f"/campaigns/{campaign.id}")

    assert "The campaign is archived." in page.text
    assert f"/campaigns/{campaign.id}/edit" not in page.links
    assert "<form" not in page.html.partition("<main")[2]


def test_a_viewer_sees_everything_and_is_offered_no_change(
    visitor_of: Callable[[UserRole], Visitor], patients: DataSource
) -> None:
    viewer = visitor_of(UserRole.VIEWER)
    campaign = factories.campaign(texting(), [patients])
    factories.run(campaign, RunStatus.STAGED)

    for address in (f"/campaigns/{campaign.id}", f"/campaigns/{campaign.id}/preview"):
        assert 'method="post"' not in viewer.get(address).html.partition("<main")[2]
    viewer.get(f"/campaigns/{campaign.id}/edit", status=403)
    viewer.get("/campaigns/new", status=403)


def test_the_latest_open_run_shows_how_far_it_is(visitor: Visitor, patients: DataSource) -> None:
    campaign = factories.campaign(texting(), [patients], CampaignStatus.ACTIVE)
    run = factories.run(campaign, RunStatus.DELIVERING)
    factories.message(run, patients.id, status=MessageStatus.SENT)

    page = visitor.get(f"/campaigns/{campaign.id}")

    assert f'hx-get="/runs/{run.id}/progress"' in page.html


def test_the_reference_explains_every_function_with_examples(visitor: Visitor) -> None:
    page = visitor.get("/campaigns/functions")

    assert page.ids["first_name"] == page.ids["truncate_words"] == 1
    assert '{{ "MCDONALD, JOHN ANN" | first_name }} John' in page.text
    assert "<code>format</code> is <code>short</code>" in page.html


def test_whatever_is_found_leads_to_an_input_of_the_editor(visitor: Visitor, company: Company) -> None:
    source = factories.source([ANN])
    broken = Definition.model_validate(
        {
            "mapping": {
                "roles": {"phone": [{"column": "gone", "functions": ["nonsense"]}]},
                "fields": {"first": {"column": "gone"}, "second": {"column": "provider", "functions": ["nonsense"]}},
            },
            "methods": [
                {"key": "one", "channel": "sms", "content": {"text": "{{ nothing }}"}},
                {"key": "two", "channel": "email", "content": {"text": "{{ nothing }}", "html": "{{ nothing }}"}},
                {"key": "three", "channel": "voice", "content": {}},
            ],
            "responses": {"confirm": ["end"], "cancel": ["cancel"], "reschedule": ["quit"]},
            "window": {"opens": "05:00", "closes": "06:00"},
            "filters": [{"find": "pattern", "what": "("}],
            "schedule": {"kind": "once", "at": "2020-01-01T10:00:00Z"},
        }
    )
    campaign = factories.campaign(broken, [source], CampaignStatus.DRAFT)
    inputs = visitor.get(f"/campaigns/{campaign.id}/edit").ids

    links = visitor.get(f"/campaigns/{campaign.id}").links
    anchors = {link.partition("#")[2] for link in links if "/edit#" in link}

    assert anchors >= {"role_phone_column", "fields-1-column", "sms_text", "email_html", "confirm", "filters-0-what"}
    assert anchors <= set(inputs)


def test_what_the_checks_found_leads_only_those_into_the_editor_who_may_go_there(
    visitor: Visitor, visitor_of: Callable[[UserRole], Visitor], patients: DataSource
) -> None:
    campaign = factories.campaign(texting("Hi"), [patients])
    places = f"/campaigns/{campaign.id}/edit#sms_text"

    assert places in visitor.get(f"/campaigns/{campaign.id}").links
    assert not [link for link in visitor_of(UserRole.VIEWER).get(f"/campaigns/{campaign.id}").links if "#" in link[1:]]
