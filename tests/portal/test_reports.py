import csv
import io
from datetime import date
from xml.etree import ElementTree

import pytest

from app import tallies
from app.campaigns.definition import Definition
from app.extensions import db
from app.models import Channel, Company, Run, TallyKind
from app.tallies import TallyKey
from tests import factories
from tests.portal.conftest import Visitor

MONDAY = date(2026, 3, 2)
DATES = "date_from=2026-03-01&date_to=2026-03-03"


@pytest.fixture
def run(company: Company) -> Run:
    made = factories.run(factories.campaign(Definition()))
    key = TallyKey(made.id, made.campaign_id, "sms", Channel.SMS, MONDAY, TallyKind.MESSAGE, "", "delivered")
    failure = key._replace(kind=TallyKind.FAILURE, stage="validate", code="phone_invalid")
    requeued = failure._replace(kind=TallyKind.REQUEUED)
    tallies.add({key: 40, failure: 3, requeued: 1, key._replace(kind=TallyKind.DISPOSITION, code="confirmed"): 7})
    db.session.commit()
    return made


@pytest.mark.usefixtures("run")
def test_a_report_of_days_says_what_happened_in_all_and_by_day(visitor: Visitor) -> None:
    page = visitor.get(f"/reports/?{DATES}")

    for said in ("40 queued", "2 failed", "40 sent", "40 delivered", "7 confirmed", "0 opted out"):
        assert said in page.text
    assert "Mon 02 Mar 2026 0 40 2 1 40 40 7 0 0 0" in page.text
    assert "Phone invalid Validate 2" in page.text


def test_a_report_of_one_campaign_leaves_the_others_out(visitor: Visitor, run: Run) -> None:
    other = factories.campaign(Definition())

    assert "40 queued" in visitor.get(f"/reports/?{DATES}&campaign={run.campaign_id}").text
    assert "0 queued" in visitor.get(f"/reports/?{DATES}&campaign={other.id}").text


def test_without_dates_the_last_seven_days_are_asked_for(visitor: Visitor) -> None:
    page = visitor.get("/reports/")

    first, last = (date.fromisoformat(page.inputs[name]) for name in ("date_from", "date_to"))
    assert (last - first).days == 6
    assert "Nothing happened on these days" in page.text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("date_from=2026-03-03&date_to=2026-03-01", "The last day comes before the first."),
        ("date_from=2020-03-03&date_to=2026-03-01", "At most 366 days"),
        ("date_from=2026-03-03", "Give the last day."),
        ("date_from=yesterday&date_to=2026-03-01", "Give the first day."),
    ],
)
def test_days_that_cannot_be_asked_for_are_refused_in_words(visitor: Visitor, query: str, words: str) -> None:
    assert words in visitor.get(f"/reports/?{query}", status=422).text


@pytest.mark.usefixtures("run")
def test_the_download_has_a_line_for_every_day_and_the_reasons(visitor: Visitor) -> None:
    response = visitor.download(f"/reports/report.csv?{DATES}")

    lines = list(csv.reader(io.StringIO(response.text.lstrip("\ufeff"))))
    assert [line[0] for line in lines] == [
        "Day",
        "2026-03-01",
        "2026-03-02",
        "2026-03-03",
        "Failed: validate, phone_invalid",
    ]
    assert lines[2][1:] == ["0", "40", "2", "1", "40", "40", "7", "0", "0", "0"]


@pytest.mark.usefixtures("run")
def test_the_chart_is_an_image_without_scripts(visitor: Visitor) -> None:
    response = visitor.download(f"/reports/chart.svg?{DATES}")

    assert response.mimetype == "image/svg+xml"
    assert "script" not in {node.tag.rpartition("}")[2] for node in ElementTree.fromstring(response.text).iter()}  # noqa: S314
    assert "2 Mar" in response.text


def test_a_campaign_of_another_company_is_not_reported(visitor: Visitor, other_company: Company) -> None:
    from app import tenancy

    with tenancy.company(other_company.id):
        theirs = factories.campaign(Definition())

    visitor.get(f"/reports/?{DATES}&campaign={theirs.id}", status=422)
