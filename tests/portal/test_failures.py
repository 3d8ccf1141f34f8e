import csv
import io

import pytest
from werkzeug.test import TestResponse

from app import tallies
from app.campaigns.definition import Definition
from app.extensions import db
from app.models import Channel, Company, FailureStage, Run, TallyKind
from app.tallies import TallyKey
from tests import factories
from tests.portal import rows
from tests.portal.conftest import Visitor


@pytest.fixture
def run(company: Company) -> Run:
    source = factories.source([["EXAMPLE, ANN", "555", "", "", "", ""]])
    return factories.run(factories.campaign(Definition(), [source]))


def lines(response: TestResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.text.lstrip("\ufeff"))))


def test_a_failure_says_who_where_and_why_in_words(visitor: Visitor, run: Run) -> None:
    rows.failure(run)

    page = visitor.get("/failures/")

    assert "Ann Example SMS 555 “555” is not a valid phone number." in page.text


def test_failures_are_found_by_reason_stage_and_run(visitor: Visitor, run: Run) -> None:
    rows.failure(run, person="Ann Example")
    other = factories.run(factories.campaign(Definition()))
    rows.failure(other, person="Bob Example", stage=FailureStage.DEDUPLICATE, code="duplicate", facts={})

    for query in (f"run={other.id}", "stage=deduplicate", "code=duplicate", f"campaign={other.campaign_id}"):
        page = visitor.get(f"/failures/?{query}")
        assert "Bob Example" in page.text
        assert "Ann Example" not in page.text


def test_reasons_stand_above_the_list_with_their_counts_and_lead_to_it(visitor: Visitor, run: Run) -> None:
    key = TallyKey(
        run.id,
        run.campaign_id,
        "sms",
        Channel.SMS,
        run.created_at.date(),
        TallyKind.FAILURE,
        "validate",
        "phone_invalid",
    )
    tallies.add({key: 1234})
    db.session.commit()

    page = visitor.get("/failures/")

    assert "Phone invalid 1,234" in page.text
    assert "/failures/?stage=validate&code=phone_invalid" in page.links


def test_a_duplicate_leads_to_the_message_that_it_repeats(visitor: Visitor, run: Run) -> None:
    first = factories.message(run, run.id)
    rows.failure(run, stage=FailureStage.DEDUPLICATE, code="duplicate", facts={}, repeats_message_id=first.id)

    assert f"/messages/{first.id}" in visitor.get("/failures/").links


def test_the_download_has_what_the_filters_leave_and_words_for_it(visitor: Visitor, run: Run) -> None:
    rows.failure(run, endpoint="=cmd()")
    rows.failure(run, stage=FailureStage.SUPPRESS, code="suppressed", facts={"value": "+12025550143"})

    [line] = lines(visitor.download("/failures/failures.csv?stage=validate"))

    assert line["Code"] == "phone_invalid"
    assert line["Reason"] == "“555” is not a valid phone number."
    assert line["Address"] == "'=cmd()"


def test_the_download_of_one_campaign_carries_the_record_as_corrected(visitor: Visitor, run: Run) -> None:
    rows.failure(run, corrected={"e_mail": "ann@clinic.example"})

    [line] = lines(visitor.download(f"/failures/failures.csv?campaign={run.campaign_id}"))

    assert line["patient_name"] == "EXAMPLE, ANN"
    assert line["cell_phone"] == "555"
    assert line["e_mail"] == "ann@clinic.example"


def test_a_download_longer_than_one_reading_is_whole(
    visitor: Visitor, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.portal import downloads

    monkeypatch.setattr(downloads, "BATCH", 2)
    for row in range(5):
        rows.failure(run, row_number=row)

    found = lines(visitor.download("/failures/failures.csv"))

    assert [line["Row"] for line in found] == ["4", "3", "2", "1", "0"]
