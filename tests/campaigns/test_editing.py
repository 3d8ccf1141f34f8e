"""Campaigns are changed without touching what a run has pinned."""

import pytest

from app import tenancy
from app.campaigns import editing
from app.campaigns.definition import Definition, Role
from app.campaigns.errors import CampaignError, RefusedError
from app.campaigns.preview import preview
from app.extensions import db
from app.models import Campaign, CampaignStatus, Channel, Company, DataSource
from tests import factories
from tests.queueing.line_of import DEFINITION, definition, sms_saying

OTHER = definition(methods=(sms_saying("Something else"),))


def test_a_new_campaign_is_an_empty_draft(company: Company) -> None:
    campaign = editing.create_campaign("Reminders", by=None)
    assert (campaign.status, campaign.version) == (CampaignStatus.DRAFT, 1)
    assert editing.definition_of(campaign) == Definition()


def test_a_version_that_nothing_has_pinned_is_written_over(company: Company) -> None:
    campaign = editing.create_campaign("Reminders", by=None)
    editing.save_definition(campaign.id, DEFINITION, by=None)
    editing.save_definition(campaign.id, OTHER, by=None)
    assert campaign.version == 1
    assert editing.definition_of(campaign) == OTHER


def test_a_version_that_a_run_has_pinned_stays_as_it_was(company: Company) -> None:
    campaign = factories.campaign(DEFINITION)
    factories.run(campaign)
    editing.save_definition(campaign.id, OTHER, by=None)
    assert campaign.version == 2
    assert editing.definition_of(campaign) == OTHER
    assert editing.definition_of(campaign, 1) == DEFINITION


@pytest.mark.parametrize("status", [CampaignStatus.READY, CampaignStatus.ACTIVE, CampaignStatus.FINISHED])
def test_a_change_leads_back_to_draft_and_voids_the_preview(company: Company, status: CampaignStatus) -> None:
    campaign = factories.campaign(DEFINITION, status=status)
    editing.save_definition(campaign.id, OTHER, by=None)
    assert (campaign.status, campaign.previewed_version) == (CampaignStatus.DRAFT, None)


def test_other_files_lead_back_to_draft_too(company: Company, patients: DataSource) -> None:
    campaign = factories.campaign(DEFINITION)
    editing.set_files(campaign.id, [patients.id, patients.id])
    assert (campaign.status, campaign.previewed_version) == (CampaignStatus.DRAFT, None)
    assert editing.files_of(campaign.id) == [patients]


def test_files_keep_the_order_in_which_they_were_given(company: Company) -> None:
    campaign = factories.campaign(DEFINITION)
    first, second = factories.source([]), factories.source([])
    editing.set_files(campaign.id, [second.id, first.id])
    assert editing.files_of(campaign.id) == [second, first]


def test_another_companys_file_is_not_found(company: Company, other_company: Company) -> None:
    campaign = factories.campaign(DEFINITION)
    with tenancy.company(other_company.id):
        theirs = factories.source([])
    with pytest.raises(tenancy.NotFoundError):
        editing.set_files(campaign.id, [theirs.id])


def test_another_companys_campaign_is_not_found(company: Company, other_company: Company) -> None:
    with tenancy.company(other_company.id):
        theirs = factories.campaign(DEFINITION)
    with pytest.raises(tenancy.NotFoundError):
        editing.save_definition(theirs.id, OTHER, by=None)


def test_a_name_changes_nothing_else(company: Company) -> None:
    campaign = factories.campaign(DEFINITION)
    editing.rename(campaign.id, "Recalls")
    assert (campaign.name, campaign.status) == ("Recalls", CampaignStatus.READY)


def test_an_archived_campaign_is_not_changed(company: Company) -> None:
    campaign = factories.campaign(DEFINITION, status=CampaignStatus.ARCHIVED)
    with pytest.raises(RefusedError) as refusal:
        editing.save_definition(campaign.id, OTHER, by=None)
    assert refusal.value.code is CampaignError.WRONG_STATUS
    assert editing.definition_of(tenancy.get(Campaign, campaign.id)) == DEFINITION


def test_a_suggestion_fits_the_campaigns_first_file(company: Company, patients: DataSource) -> None:
    campaign = editing.create_campaign("Reminders", by=None)
    assert editing.suggested_for(campaign.id) == Definition()
    editing.set_files(campaign.id, [patients.id])
    suggested = editing.suggested_for(campaign.id)
    assert suggested.mapping.roles[Role.PHONE][0].column == "cell_phone"
    assert [method.key for method in suggested.methods] == ["sms", "email"]


def test_a_suggestion_reads_dates_as_the_companys_region_does(company: Company) -> None:
    company.region = "GB"
    db.session.commit()
    cells = ["Ann Example", "020 7946 0018", "ann@example.com", "Dr. Bell", "03/04/2027", "9:30"]
    campaign = editing.create_campaign("Reminders", None)
    source = factories.source([cells] * 3)
    editing.set_files(campaign.id, [source.id])
    (row, *_) = preview(editing.suggested_for(campaign.id), company, campaign, source, rows=1)
    text = next(message.text for message in row.messages if message.channel is Channel.SMS)
    assert "Apr 3" in (text or "") or "3 Apr" in (text or "")
