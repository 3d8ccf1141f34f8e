"""Dry runs by program."""

from datetime import timedelta

import pytest

from app.campaigns import dry_runs
from app.models import Campaign, CampaignStatus, Company
from tests import factories
from tests.api.program import Program
from tests.queueing.line_of import DEFINITION
from tests.queueing.runs import patient


@pytest.fixture
def campaign(company: Company) -> Campaign:
    """A draft that speaks to three people, one of them twice and one without a phone."""
    source = factories.source([patient(1), patient(2, cell_phone="none"), patient(1)])
    return factories.campaign(DEFINITION, [source], CampaignStatus.DRAFT)


def test_a_dry_run_tells_what_would_become_of_every_record(program: Program, campaign: Campaign) -> None:
    found = program.post(f"/campaigns/{campaign.id}/dry-run", 200)
    assert (found["status"], found["version"], found["counts_for_ready"]) == ("finished", 1, True)
    assert (found["records_total"], found["records_done"]) == (3, 3)
    assert (found["messages"], found["failures"], found["units"]) == (3, 3, 3)
    assert sum(found["days"].values()) == 3
    sms, email = found["methods"]
    assert [(each["stage"], each["code"], each["n"]) for each in sms["reasons"]] == [
        ("deduplicate", "duplicate", 1),
        ("validate", "phone_invalid", 1),
    ]
    assert (sms["repeats_in_list"], sms["repeats_of_messages"]) == (1, 0)
    example = sms["reasons"][1]["example"]
    assert (example["row_number"], example["words"]) == (3, "“none” is not a valid phone number.")
    assert (email["messages"], email["failures"]) == (2, 1)
    assert program.get(f"/campaigns/{campaign.id}/dry-run") == found


def test_a_long_one_is_answered_before_it_is_done(
    program: Program, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_runs, "_AT_ONCE", timedelta(0))
    found = program.post(f"/campaigns/{campaign.id}/dry-run", 202)
    assert (found["status"], found["counts_for_ready"], found["finished_at"]) == ("running", False, None)


def test_a_change_leaves_it_kept_but_not_counting(program: Program, campaign: Campaign) -> None:
    program.post(f"/campaigns/{campaign.id}/dry-run", 200)
    program.patch(f"/campaigns/{campaign.id}", {"definition": {"filters": [{"what": "x"}]}})
    found = program.get(f"/campaigns/{campaign.id}/dry-run")
    assert (found["version"], found["counts_for_ready"], found["messages"]) == (1, False, 3)


def test_where_there_has_been_none_there_is_none(program: Program, campaign: Campaign) -> None:
    refused = program.get(f"/campaigns/{campaign.id}/dry-run", 404)
    assert [each["code"] for each in refused["errors"]] == ["not_found"]


def test_an_empty_list_is_refused_with_a_code(program: Program, company: Company) -> None:
    empty = factories.campaign(DEFINITION, [], CampaignStatus.DRAFT)
    refused = program.post(f"/campaigns/{empty.id}/dry-run", 409)
    assert [each["code"] for each in refused["errors"]] == ["no_records"]


def test_another_company_finds_neither_the_campaign_nor_its_dry_run(
    program: Program, other_program: Program, campaign: Campaign
) -> None:
    program.post(f"/campaigns/{campaign.id}/dry-run", 200)
    other_program.get(f"/campaigns/{campaign.id}/dry-run", 404)
    other_program.post(f"/campaigns/{campaign.id}/dry-run", 404)
