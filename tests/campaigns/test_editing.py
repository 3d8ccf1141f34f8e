"""Campaigns are changed without touching what a run has pinned."""

from uuid import UUID

import pytest

from app import tenancy
from app.accounts.senders import remove_sender
from app.campaigns import editing
from app.campaigns.definition import Definition, ResponseOptions, Role
from app.campaigns.errors import CampaignError, RefusedError, UnfitError
from app.campaigns.preview import preview
from app.extensions import db
from app.models import Campaign, CampaignStatus, Channel, Company, DataSource, new_id
from tests import factories
from tests.queueing.line_of import DEFINITION, EMAIL, SMS, definition, sms_saying

OTHER = definition(methods=(sms_saying("Something else"),))


def sent_from(sender_id: UUID) -> Definition:
    return definition(methods=(EMAIL, SMS.model_copy(update={"sender_id": sender_id})))


def campaigns() -> list[UUID]:
    return list(db.session.scalars(tenancy.rows(Campaign).with_only_columns(Campaign.id)))


def test_a_new_campaign_is_an_empty_draft(company: Company) -> None:
    campaign = editing.create_campaign("Reminders", None)
    assert (campaign.status, campaign.version) == (CampaignStatus.DRAFT, 1)
    assert editing.definition_of(campaign) == Definition()


def test_a_version_that_nothing_has_pinned_is_written_over(company: Company) -> None:
    campaign = editing.create_campaign("Reminders", None)
    editing.change_campaign(campaign.id, None, definition=DEFINITION)
    editing.change_campaign(campaign.id, None, definition=OTHER)
    assert campaign.version == 1
    assert editing.definition_of(campaign) == OTHER


def test_a_version_that_a_run_has_pinned_stays_as_it_was(company: Company) -> None:
    campaign = factories.campaign(DEFINITION)
    factories.run(campaign)
    editing.change_campaign(campaign.id, None, definition=OTHER)
    assert campaign.version == 2
    assert editing.definition_of(campaign) == OTHER
    assert editing.definition_of(campaign, 1) == DEFINITION


@pytest.mark.parametrize("status", [CampaignStatus.READY, CampaignStatus.ACTIVE, CampaignStatus.FINISHED])
def test_a_change_leads_back_to_draft_and_voids_the_preview(company: Company, status: CampaignStatus) -> None:
    campaign = factories.campaign(DEFINITION, status=status)
    editing.change_campaign(campaign.id, None, definition=OTHER)
    assert campaign.status is CampaignStatus.DRAFT


def test_other_files_lead_back_to_draft_too(company: Company, patients: DataSource) -> None:
    campaign = factories.campaign(DEFINITION)
    editing.change_campaign(campaign.id, None, files=[patients.id, patients.id])
    assert campaign.status is CampaignStatus.DRAFT
    assert editing.files_of(campaign.id) == [patients]


def test_files_keep_the_order_in_which_they_were_given(company: Company) -> None:
    campaign = factories.campaign(DEFINITION)
    first, second = factories.source([]), factories.source([])
    editing.change_campaign(campaign.id, None, files=[second.id, first.id])
    assert editing.files_of(campaign.id) == [second, first]


def test_another_companys_file_is_not_found(company: Company, other_company: Company) -> None:
    campaign = factories.campaign(DEFINITION)
    with tenancy.company(other_company.id):
        theirs = factories.source([])
    with pytest.raises(tenancy.NotFoundError):
        editing.change_campaign(campaign.id, None, files=[theirs.id])


def test_a_campaign_that_cannot_be_made_leaves_nothing_behind(company: Company, patients: DataSource) -> None:
    with pytest.raises(tenancy.NotFoundError):
        editing.create_campaign("Reminders", None, files=[patients.id, new_id()])
    with pytest.raises(UnfitError):
        editing.create_campaign(" ", None, files=[patients.id])
    assert campaigns() == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", CampaignError.NAME_MISSING),
        (" \t", CampaignError.NAME_MISSING),
        ("\u200b\u00a0", CampaignError.NAME_MISSING),
        ("x" * 121, CampaignError.NAME_TOO_LONG),
    ],
)
def test_a_name_has_something_to_read_and_not_too_much(company: Company, name: str, code: CampaignError) -> None:
    campaign = factories.campaign(DEFINITION)
    with pytest.raises(UnfitError) as refusal:
        editing.change_campaign(campaign.id, None, name=name, definition=OTHER)
    assert (refusal.value.code, refusal.value.place) == (code, ("name",))
    assert refusal.value.words
    db.session.rollback()
    assert editing.definition_of(tenancy.get(Campaign, campaign.id)) == DEFINITION


def test_a_sender_is_one_of_the_companys_on_its_channel(company: Company, other_company: Company) -> None:
    mailbox = factories.sender(Channel.EMAIL, "reminders@clinic.example")
    with tenancy.company(other_company.id):
        theirs = factories.sender(Channel.SMS, "+12025550199")
    campaign = factories.campaign(DEFINITION)
    for sender_id in (theirs.id, mailbox.id, new_id()):
        with pytest.raises(UnfitError) as refusal:
            editing.change_campaign(campaign.id, None, definition=sent_from(sender_id))
        assert refusal.value.code is CampaignError.SENDER_UNKNOWN
        assert refusal.value.place == ("methods", 1, "sender_id")
        with pytest.raises(UnfitError):
            editing.create_campaign("Reminders", None, definition=sent_from(sender_id))
    assert campaigns() == [campaign.id]


def test_a_sender_that_was_removed_since_stays_until_another_is_chosen(company: Company) -> None:
    number = factories.sender(Channel.SMS, "+12025550100")
    campaign = editing.create_campaign("Reminders", None, definition=sent_from(number.id))
    remove_sender(number.id)
    changed = sent_from(number.id).model_copy(update={"responses": ResponseOptions(confirm=("OK",))})
    editing.change_campaign(campaign.id, None, definition=changed)
    assert editing.definition_of(campaign) == changed


def test_another_companys_campaign_is_not_found(company: Company, other_company: Company) -> None:
    with tenancy.company(other_company.id):
        theirs = factories.campaign(DEFINITION)
    with pytest.raises(tenancy.NotFoundError):
        editing.change_campaign(theirs.id, None, definition=OTHER)


def test_a_name_changes_nothing_else(company: Company) -> None:
    campaign = factories.campaign(DEFINITION)
    editing.change_campaign(campaign.id, None, name="Recalls")
    assert (campaign.name, campaign.status) == ("Recalls", CampaignStatus.READY)


def test_an_archived_campaign_is_not_changed(company: Company) -> None:
    campaign = factories.campaign(DEFINITION, status=CampaignStatus.ARCHIVED)
    with pytest.raises(RefusedError) as refusal:
        editing.change_campaign(campaign.id, None, definition=OTHER)
    assert refusal.value.code is CampaignError.WRONG_STATUS
    assert editing.definition_of(tenancy.get(Campaign, campaign.id)) == DEFINITION


def test_a_suggestion_fits_the_campaigns_first_file(company: Company, patients: DataSource) -> None:
    suggested = editing.definition_of(editing.create_campaign("Reminders", None, files=[patients.id]))
    assert suggested.mapping.roles[Role.PHONE][0].column == "cell_phone"
    assert [method.key for method in suggested.methods] == ["sms", "email"]


def test_a_suggestion_reads_dates_as_the_companys_region_does(company: Company) -> None:
    company.region = "GB"
    db.session.commit()
    cells = ["Ann Example", "020 7946 0018", "ann@example.com", "Dr. Bell", "03/04/2027", "9:30"]
    source = factories.source([cells] * 3)
    campaign = editing.create_campaign("Reminders", None, files=[source.id])
    (row, *_) = preview(editing.definition_of(campaign), company, campaign, source, rows=1)
    text = next(message.text for message in row.messages if message.channel is Channel.SMS)
    assert "Apr 3" in (text or "") or "3 Apr" in (text or "")
