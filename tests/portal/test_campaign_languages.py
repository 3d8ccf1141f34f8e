"""The editor and the previews of a campaign that speaks several languages."""

import pytest

from app import tenancy
from app.campaigns import editing
from app.campaigns.definition import Content, Definition, DeliveryMethod, Mapping, Role, Source
from app.extensions import db
from app.models import Campaign, Channel, Company, DataSource
from tests import factories
from tests.portal.conftest import Visitor
from tests.portal.filled_in import Fields, changed, filled_in
from tests.portal.page import Page

HEADER = ["Patient Name", "Cell Phone", "E-mail", "Language"]
FIELDS = ["patient_name", "cell_phone", "e_mail", "language"]
ANN = ["Ann Example", "(202) 555-0143", "ann@clinic.example", "English"]
LUZ = ["Luz Example", "(202) 555-0144", "luz@clinic.example", "Spanish"]
SPANISH = Content(text="Hola {{ patient_name | first_name }}. STOP para salir.")
EMAIL = DeliveryMethod(key="email", channel=Channel.EMAIL, content=Content(subject="Your visit", html="<p>Come</p>"))


@pytest.fixture
def patients(company: Company) -> DataSource:
    factories.sender(Channel.SMS, "+12025550100")
    factories.sender(Channel.EMAIL, "reminders@clinic.example")
    return factories.source([ANN, LUZ], header=HEADER, fields=FIELDS)


@pytest.fixture
def campaign(patients: DataSource) -> Campaign:
    columns = zip((Role.PERSON, Role.PHONE, Role.EMAIL, Role.LANGUAGE), FIELDS, strict=True)
    method = DeliveryMethod(
        key="sms",
        channel=Channel.SMS,
        content=Content(text="Hi {{ patient_name | first_name }}. STOP to end."),
        translations={"es": SPANISH},
    )
    roles = {role: (Source(column=column),) for role, column in columns}
    return factories.campaign(Definition(mapping=Mapping(roles=roles), methods=(method,)), [patients])


@pytest.fixture
def address(campaign: Campaign) -> str:
    return f"/campaigns/{campaign.id}/edit"


@pytest.fixture
def fields(visitor: Visitor, address: str) -> Fields:
    return filled_in(visitor.get(address).html, "editor")


def saved(campaign: Campaign) -> Definition:
    db.session.expire_all()
    return editing.definition_of(tenancy.get(Campaign, campaign.id))


def live(visitor: Visitor, address: str, fields: Fields, **changes: str | None) -> Page:
    response = visitor.open(
        "POST", f"{address}/preview", data=changed(fields, **changes), headers={"HX-Request": "true"}
    )
    assert response.status_code == 200, response.text
    return Page(response)


def test_the_editor_shows_and_saves_what_is_said_in_another_language(
    visitor: Visitor, campaign: Campaign, address: str, fields: Fields
) -> None:
    assert ("translations-0-language", "es") in fields
    assert ("translations-0-sms_text", SPANISH.text) in fields

    visitor.open("POST", address, data=changed(fields, **{"translations-0-sms_text": "Hola.\r\nSTOP para salir."}))

    assert saved(campaign).methods[0].translations == {"es": Content(text="Hola.\nSTOP para salir.")}


def test_a_language_is_added_and_removed_without_losing_what_was_typed(
    visitor: Visitor, campaign: Campaign, address: str, fields: Fields
) -> None:
    before = saved(campaign)

    added = visitor.open("POST", f"{address}/rows", data=changed(fields, add="translation", sms_text="half a sente"))
    again = filled_in(added.text, "editor")
    assert ("sms_text", "half a sente") in again
    assert ("translations-0-sms_text", SPANISH.text) in again
    assert dict(again)["translations-1-language"] not in ("en", "es")

    removed = visitor.open("POST", f"{address}/rows", data=changed(again, remove="translation-0"))
    left = dict(filled_in(removed.text, "editor"))
    assert left["translations-0-language"] == dict(again)["translations-1-language"]
    assert "translations-1-language" not in left
    assert saved(campaign) == before


def test_a_language_that_nothing_is_filled_in_for_is_not_kept(
    visitor: Visitor, campaign: Campaign, address: str, fields: Fields
) -> None:
    visitor.open("POST", address, data=changed(fields, **{"translations-0-sms_text": " "}))

    assert saved(campaign).methods[0].translations == {}


@pytest.mark.parametrize("changes", [{"language": "es"}, {"translations-0-language": "en"}])
def test_nothing_is_said_in_one_language_twice(
    visitor: Visitor, campaign: Campaign, address: str, fields: Fields, changes: dict[str, str]
) -> None:
    before = saved(campaign)

    response = visitor.open("POST", address, data=changed(fields, **changes))

    assert response.status_code == 422
    assert f"There are two texts in {'Spanish' if 'language' in changes else 'English'}." in response.text
    assert saved(campaign) == before


def test_a_translation_too_long_to_keep_is_said_beside_it(visitor: Visitor, address: str, fields: Fields) -> None:
    response = visitor.open("POST", address, data=changed(fields, **{"translations-0-sms_text": "x" * 20_001}))

    assert response.status_code == 422
    assert 'id="translations-0-sms_text-error">At most 20000 characters.' in response.text


def test_the_live_preview_writes_to_each_row_in_its_language(visitor: Visitor, address: str, fields: Fields) -> None:
    page = live(visitor, address, fields)

    assert "Hi Ann." in page.text
    assert "Hola Luz." in page.text
    assert ", in Spanish" in page.text


def test_the_live_preview_can_show_one_language_to_all(visitor: Visitor, address: str, fields: Fields) -> None:
    assert "Hola Ann." in live(visitor, address, fields, preview_language="es").text
    assert "Hi Luz." in live(visitor, address, fields, preview_language="en").text
    assert "Hola Luz." in live(visitor, address, fields, preview_language="xx").text


def test_a_mistake_in_a_translation_is_found_and_led_to(visitor: Visitor, address: str, fields: Fields) -> None:
    page = live(visitor, address, fields, **{"translations-0-sms_text": "Hola {{ patient_nme }}. STOP"})

    assert "SMS in Spanish, text" in page.text
    assert "Line 1, column 9: there is no field “patient_nme”. Did you mean “patient_name”?" in page.text
    assert "#in-es" in page.links
    assert 'id="in-es"' in visitor.get(address).html


def test_the_saved_preview_shows_each_rows_language_or_one_for_all(visitor: Visitor, campaign: Campaign) -> None:
    address = f"/campaigns/{campaign.id}/preview"
    each = visitor.get(address)
    assert "Hi Ann." in each.text
    assert "Hola Luz." in each.text
    in_spanish = visitor.get(f"{address}?language=es")
    assert "Hola Ann." in in_spanish.text
    assert f"{address}?language=es" in each.links


def test_a_campaign_of_one_language_does_not_speak_of_languages(visitor: Visitor, patients: DataSource) -> None:
    plain = factories.campaign(Definition(methods=(EMAIL,)), [patients])

    assert "What people get in" not in visitor.get(f"/campaigns/{plain.id}/preview").text


def test_the_html_of_a_mail_is_shown_in_the_language_that_is_looked_at(visitor: Visitor, patients: DataSource) -> None:
    spanish = Content(subject="Su cita", html="<p>Venga</p>")
    mapping = Mapping(roles={Role.EMAIL: (Source(column="e_mail"),)})
    method = EMAIL.model_copy(update={"translations": {"es": spanish}})
    bilingual = factories.campaign(Definition(mapping=mapping, methods=(method,)), [patients])
    address = f"/campaigns/{bilingual.id}/preview"

    page = visitor.get(f"{address}?language=es")

    assert f"{address}/mail/email/2?language=es" in page.links
    assert visitor.open("GET", f"{address}/mail/email/2?language=es").text == "<p>Venga</p>"
    assert visitor.open("GET", f"{address}/mail/email/2").text == "<p>Come</p>"
