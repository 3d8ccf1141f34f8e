"""A preview shows what real rows would get, and writes nothing."""

import pytest
from sqlalchemy import func, select

from app import suppressions
from app.campaigns.definition import Content, Cut, Find, TextFilter
from app.campaigns.findings import FindingCode
from app.campaigns.preview import preview, preview_saved
from app.extensions import db
from app.models import Channel, Company, DataSource, Failure, Message, Sender, SuppressionSource
from app.queueing.outcome import Texts
from tests import factories
from tests.queueing.line_of import DEFINITION, definition, sms_saying


def test_every_row_shows_what_it_would_get_on_each_method(company: Company, patients: DataSource) -> None:
    campaign = factories.campaign(DEFINITION, [patients])
    ann, bob, cyd = preview(DEFINITION, company, campaign, patients, rows=10)
    sms, email = ann.messages
    assert (sms.text, sms.units, sms.endpoint) == ("Hi Ann, Dr. Bell 12/24/2099", 1, "+12025550143")
    assert sms.not_before is not None
    assert email.subject == "Your visit to Northside Clinics"
    assert "http://carillon.test/a/" in (email.text or "")
    assert (bob.person, bob.messages[0].zone) == ("Bob Example", "America/Los_Angeles")
    failure = cyd.messages[0].failure
    assert failure is not None
    assert (failure.stage, failure.code) == ("validate", "phone_invalid")
    assert "none" in failure.words


def test_a_preview_can_go_on_after_a_row(company: Company, patients: DataSource) -> None:
    campaign = factories.campaign(DEFINITION, [patients])
    rows = preview(DEFINITION, company, campaign, patients, rows=1, after=2)
    assert [row.row_number for row in rows] == [3]


def test_a_definition_need_not_be_saved_or_even_right(company: Company, patients: DataSource) -> None:
    campaign = factories.campaign(DEFINITION, [patients])
    typing = definition(methods=(sms_saying("Hi {{ patient_na"),))
    (ann,) = preview(typing, company, campaign, patients, rows=1)
    assert ann.messages[0].failure is not None
    assert ann.messages[0].failure.code == "template_invalid"


def test_a_preview_shows_the_text_before_its_filters(company: Company, patients: DataSource) -> None:
    filtered = definition(
        methods=(sms_saying("Hi\nBill amt: 3"),), filters=(TextFilter(what="Bill amt:", cut=Cut.TO_LINE_END),)
    )
    campaign = factories.campaign(filtered, [patients])
    (ann,) = preview(filtered, company, campaign, patients, rows=1)
    assert ann.messages[0].text == "Hi"
    assert ann.messages[0].before_filters == Texts("Hi\nBill amt: 3")


def test_a_preview_knows_who_opted_out(company: Company, patients: DataSource) -> None:
    suppressions.suppress(Channel.SMS, "+12025550143", SuppressionSource.PERSON, "asked")
    campaign = factories.campaign(DEFINITION, [patients])
    (ann,) = preview(DEFINITION, company, campaign, patients, rows=1)
    assert ann.messages[0].failure is not None
    assert ann.messages[0].failure.code == "suppressed"
    assert ann.messages[1].failure is None


@pytest.mark.parametrize(
    ("what", "find", "code", "shown"),
    [
        ("Bill", Find.LITERAL, "text_empty", Texts("Bill amt: 3")),
        ("(", Find.PATTERN, "filter_invalid", None),
    ],
)
def test_a_text_is_shown_as_cut_only_where_filters_have_cut_it(
    company: Company, patients: DataSource, what: str, find: Find, code: str, shown: Texts | None
) -> None:
    cutting = definition(methods=(sms_saying("Bill amt: 3"),), filters=(TextFilter(find=find, what=what),))
    (ann,) = preview(cutting, company, factories.campaign(cutting, [patients]), patients, rows=1)
    (message,) = ann.messages
    assert message.failure is not None
    assert (message.failure.code, message.before_filters) == (code, shown)


def test_a_preview_can_show_what_people_of_another_language_would_get(company: Company, patients: DataSource) -> None:
    method = sms_saying("Hi").model_copy(update={"translations": {"es": Content(text="Hola")}})
    bilingual = definition(methods=(method,))
    campaign = factories.campaign(bilingual, [patients])
    (ann,) = preview(bilingual, company, campaign, patients, rows=1)
    assert (ann.messages[0].language, ann.messages[0].text) == ("en", "Hi")
    (ann,) = preview(bilingual, company, campaign, patients, rows=1, everybody_speaks="es")
    assert (ann.messages[0].language, ann.messages[0].text) == ("es", "Hola")


def test_the_preview_of_a_saved_campaign_brings_the_findings_with_it(
    company: Company, senders: list[Sender], patients: DataSource
) -> None:
    campaign = factories.campaign(definition(methods=(sms_saying("x" * 200),)), [patients])
    shown = preview_saved(campaign.id, rows=2)
    assert [message.row_number for message in shown.messages] == [2, 3]
    assert {finding.code for finding in shown.findings} == {FindingCode.OPT_OUT_NOT_SAID, FindingCode.SMS_LONG}


def test_a_campaign_without_files_has_an_empty_preview(company: Company) -> None:
    shown = preview_saved(factories.campaign(DEFINITION).id, rows=2)
    assert shown.messages == []
    assert FindingCode.NO_FILES in {finding.code for finding in shown.findings}


def test_a_preview_writes_no_messages(company: Company, patients: DataSource) -> None:
    campaign = factories.campaign(DEFINITION, [patients])
    preview_saved(campaign.id, rows=10)
    assert db.session.scalar(select(func.count()).select_from(Message)) == 0
    assert db.session.scalar(select(func.count()).select_from(Failure)) == 0
