"""The dry run on a campaign's page."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from app import tenancy
from app.campaigns import dry_runs, editing
from app.extensions import db
from app.models import Campaign, CampaignStatus, Channel, Company, DryRunStatus, Role
from tests import factories
from tests.portal.conftest import Visitor
from tests.queueing.line_of import DEFINITION, SMS, definition
from tests.queueing.runs import fired, patient, patients, worked
from tests.working import work_until_idle


@pytest.fixture
def campaign(company: Company) -> Campaign:
    """A draft over two files; a number is bad in the second, and one person is in both."""
    factories.sender(Channel.SMS, "+12025550100")
    factories.sender(Channel.EMAIL, "reminders@clinic.example")
    sources = [
        factories.source([patient(1), patient(2)]),
        factories.source([patient(3), patient(4, cell_phone="none"), patient(1)]),
    ]
    return factories.campaign(DEFINITION, sources, CampaignStatus.DRAFT)


def test_a_button_runs_it_and_the_page_keeps_the_result_beside_ready(visitor: Visitor, campaign: Campaign) -> None:
    address = f"/campaigns/{campaign.id}"
    assert "Dry run over 5 records" in visitor.get(address).text

    page = visitor.get(visitor.post(f"{address}/dry-run").location)

    assert "5 records × 2 delivery methods = 7 that would go out + 3 that would not." in page.text
    assert "SMS 3 3 2" in page.text
    assert "E-mail 4 – 1" in page.text
    assert "“none” is not a valid phone number." in page.text
    assert f'action="{address}/ready"' in page.html
    visitor.post(f"{address}/ready")
    db.session.expire_all()
    assert tenancy.get(Campaign, campaign.id).status is CampaignStatus.READY
    assert "= 7 that would go out" in visitor.get(address).text


def test_an_example_leads_to_its_row_in_its_own_file(visitor: Visitor, campaign: Campaign) -> None:
    page = visitor.get(visitor.post(f"/campaigns/{campaign.id}/dry-run").location)

    second = editing.files_of(campaign.id)[1]
    [onward] = {link for link in page.links if link.endswith("after=2")}
    assert str(second.id) in onward
    assert "Rows 3 to 4" in visitor.get(onward).text
    visitor.get(f"/campaigns/{campaign.id}/preview?file={campaign.id}", status=404)


def test_repeats_of_messages_are_told_from_those_of_the_list(visitor: Visitor, campaign: Campaign) -> None:
    worked(fired(patients(4)))

    page = visitor.get(visitor.post(f"/campaigns/{campaign.id}/dry-run").location)

    assert "4 of them repeat messages that are there already, 0 an earlier record of the list." in page.text


def test_the_page_says_when_it_is_of_an_earlier_version(visitor: Visitor, campaign: Campaign) -> None:
    visitor.post(f"/campaigns/{campaign.id}/dry-run")
    editing.change_campaign(campaign.id, None, definition=definition(methods=(SMS,)))

    page = visitor.get(f"/campaigns/{campaign.id}")

    assert "This is of version 1, and the campaign is at version 2. Run it again." in page.text
    assert "= 7 that would go out" in page.text


def test_the_page_says_when_the_files_are_others(visitor: Visitor, campaign: Campaign) -> None:
    visitor.post(f"/campaigns/{campaign.id}/dry-run")
    editing.change_campaign(campaign.id, None, files=[patients(1).id])

    assert (
        "Files or the company’s settings have changed since. Run it again."
        in visitor.get(f"/campaigns/{campaign.id}").text
    )


def test_a_long_one_is_watched_until_it_ends(
    app: Flask, visitor: Visitor, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_runs, "_AT_ONCE", timedelta(0))
    address = f"/campaigns/{campaign.id}/dry-run"
    page = visitor.get(visitor.post(address).location)
    assert "2 of 5 records 40%" in page.text
    assert f'hx-get="{address}"' in page.html
    assert "HX-Refresh" not in visitor.fragment(address).response.headers

    work_until_idle(app)

    assert visitor.fragment(address).response.headers["HX-Refresh"] == "true"
    assert "hx-get" not in visitor.get(f"/campaigns/{campaign.id}").html.partition('id="dry-run"')[2]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (DryRunStatus.FAILED, "It could not be finished. Run it again."),
        (DryRunStatus.SUPERSEDED, "the campaign or its files changed meanwhile. Run it again."),
    ],
)
def test_one_that_did_not_end_well_says_so(
    visitor: Visitor, campaign: Campaign, status: DryRunStatus, words: str
) -> None:
    dry_runs.start_dry_run(campaign.id, None).status = status
    db.session.commit()

    assert words in visitor.get(f"/campaigns/{campaign.id}").text


def test_an_empty_list_is_refused_in_words(visitor: Visitor, company: Company) -> None:
    empty = factories.campaign(DEFINITION, [], CampaignStatus.DRAFT)
    page = visitor.get(visitor.post(f"/campaigns/{empty.id}/dry-run").location)
    assert "None of the campaign's files has loaded records." in page.text


def test_a_viewer_sees_the_result_and_runs_none(visitor_of: Callable[[Role], Visitor], campaign: Campaign) -> None:
    dry_runs.start_dry_run(campaign.id, None)
    viewer = visitor_of(Role.VIEWER)
    assert "= 7 that would go out" in viewer.get(f"/campaigns/{campaign.id}").text
    assert viewer.post(f"/campaigns/{campaign.id}/dry-run").status_code == 403


def test_another_companys_dry_run_is_not_found(visitor: Visitor, company: Company, other_company: Company) -> None:
    with tenancy.company(other_company.id):
        theirs = factories.campaign(DEFINITION, [patients(1)], CampaignStatus.DRAFT)
        dry_runs.start_dry_run(theirs.id, None)
    address = f"/campaigns/{theirs.id}/dry-run"
    assert visitor.post(address).status_code == 404
    assert visitor.open("GET", address).status_code == 404
