"""From draft to ready, and where a campaign may go from each state."""

from datetime import datetime, timedelta

import pytest

from app import tenancy
from app.campaigns import dry_runs, editing, lifecycle
from app.campaigns.definition import Once, Recurring
from app.campaigns.errors import CampaignError, RefusedError
from app.campaigns.findings import FindingCode
from app.campaigns.states import MOVES, Move
from app.clock import now
from app.models import Campaign, CampaignStatus, Company, DataSource, Sender
from tests import factories
from tests.queueing.line_of import DEFINITION


@pytest.fixture
def draft(company: Company, senders: list[Sender], patients: DataSource) -> Campaign:
    """A campaign that lacks nothing but the word."""
    return editing.create_campaign("Reminders", None, files=[patients.id], definition=DEFINITION)


def test_a_campaign_that_passes_its_checks_becomes_ready_after_a_dry_run(draft: Campaign) -> None:
    dry_runs.start_dry_run(draft.id, None)
    assert lifecycle.mark_ready(draft.id).status is CampaignStatus.READY


def test_nothing_becomes_ready_without_a_dry_run(draft: Campaign) -> None:
    with pytest.raises(RefusedError) as refusal:
        lifecycle.mark_ready(draft.id)
    assert refusal.value.code is CampaignError.NOT_PREVIEWED


def test_the_dry_run_of_an_earlier_text_does_not_count(draft: Campaign) -> None:
    dry_runs.start_dry_run(draft.id, None)
    editing.change_campaign(draft.id, None, definition=DEFINITION)
    with pytest.raises(RefusedError) as refusal:
        lifecycle.mark_ready(draft.id)
    assert refusal.value.code is CampaignError.NOT_PREVIEWED


def test_nothing_becomes_ready_that_does_not_pass_its_checks(draft: Campaign) -> None:
    editing.change_campaign(draft.id, None, files=[])
    with pytest.raises(RefusedError) as refusal:
        lifecycle.mark_ready(draft.id)
    assert refusal.value.code is CampaignError.CHECKS_FAILED
    assert [finding.code for finding in refusal.value.findings] == [FindingCode.NO_FILES]
    assert refusal.value.words


def test_a_schedule_begins_when_the_campaign_is_ready_and_rests_while_it_is_paused(draft: Campaign) -> None:
    daily = Recurring(rrule="FREQ=DAILY", starts_at=datetime(2026, 1, 1, 10))  # noqa: DTZ001
    editing.change_campaign(draft.id, None, definition=DEFINITION.model_copy(update={"schedule": daily}))
    dry_runs.start_dry_run(draft.id, None)
    campaign = lifecycle.mark_ready(draft.id)
    assert campaign.next_fire_at is not None
    assert now() < campaign.next_fire_at <= now() + timedelta(hours=25)
    campaign.status = CampaignStatus.ACTIVE
    assert lifecycle.pause(draft.id).next_fire_at is None
    resumed = lifecycle.resume(draft.id)
    assert resumed.next_fire_at is not None
    assert resumed.next_fire_at > now()


def test_a_single_time_that_passed_during_a_pause_is_not_made_up_for(draft: Campaign) -> None:
    passed = Once(at=now() - timedelta(minutes=1))
    editing.change_campaign(draft.id, None, definition=DEFINITION.model_copy(update={"schedule": passed}))
    draft.status = CampaignStatus.PAUSED
    assert lifecycle.resume(draft.id).next_fire_at is None


def test_going_back_to_draft_stops_the_schedule(draft: Campaign) -> None:
    dry_runs.start_dry_run(draft.id, None)
    lifecycle.mark_ready(draft.id)
    campaign = lifecycle.back_to_draft(draft.id)
    assert (campaign.status, campaign.next_fire_at) == (CampaignStatus.DRAFT, None)


ACTIONS = {Move.PAUSE: lifecycle.pause, Move.RESUME: lifecycle.resume, Move.ARCHIVE: lifecycle.archive}


@pytest.mark.parametrize("move", ACTIONS)
@pytest.mark.parametrize("status", CampaignStatus)
def test_a_move_is_made_from_the_states_that_allow_it_and_refused_from_all_others(
    company: Company, status: CampaignStatus, move: Move
) -> None:
    campaign = factories.campaign(DEFINITION, status=status)
    allowed, leads_to = MOVES[move]
    if status in allowed:
        assert ACTIONS[move](campaign.id).status is leads_to
        return
    with pytest.raises(RefusedError) as refusal:
        ACTIONS[move](campaign.id)
    assert refusal.value.code is CampaignError.WRONG_STATUS
    assert tenancy.get(Campaign, campaign.id).status is status
