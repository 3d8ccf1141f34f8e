"""Requeueing on another day, on which every dedupe key is another one, and before the run itself has begun."""

from datetime import timedelta

import pytest

from app import suppressions, tenancy
from app.campaigns.fire import fire
from app.campaigns.requeue import requeue_matching, requeue_these
from app.clock import now
from app.delivery.errors import DeliverError
from app.extensions import db
from app.failures import FailureFilter
from app.models import (
    Campaign,
    CampaignStatus,
    Channel,
    Company,
    Failure,
    MessageStatus,
    Run,
    RunUntil,
    SuppressionSource,
)
from app.queueing.correcting import correct
from tests import factories
from tests.queueing.requeues import SMS_ONLY, ended, walked, wrong
from tests.queueing.runs import failures_of, fired, messages_of, patient, patients, worked


@pytest.fixture
def tomorrow(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.queueing.walking.now", lambda: now() + timedelta(days=1))


GIVEN_UP = ((MessageStatus.SENDING, MessageStatus.UNKNOWN, MessageStatus.FAILED), DeliverError.GIVEN_UP)
DELIVERED_FIRST = ((MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.UNDELIVERED), "30003")


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize(("steps", "code"), [GIVEN_UP, DELIVERED_FIRST], ids=["given up", "delivered first"])
def test_what_may_have_arrived_is_not_sent_to_the_same_address_again(
    steps: tuple[MessageStatus, ...], code: str, request: pytest.FixtureRequest
) -> None:
    run = walked(patients(1))
    (message,) = messages_of(run)
    failure = ended(run, *steps, code=code)
    correct(failure.id, {"patient_name": "Somebody Else"}, None)
    request.getfixturevalue("tomorrow")
    again = requeue_these([failure.id], None)
    worked(again)
    assert messages_of(again) == []
    assert [(each.code, each.repeats_message_id) for each in failures_of(again)] == [("duplicate", message.id)]


@pytest.mark.usefixtures("company")
def test_what_may_have_arrived_is_not_forgotten_while_something_else_is_wrong(request: pytest.FixtureRequest) -> None:
    run = walked(patients(1))
    (message,) = messages_of(run)
    failure = ended(run, *GIVEN_UP[0], code=GIVEN_UP[1])
    suppressions.suppress(Channel.SMS, message.endpoint, SuppressionSource.PERSON, "asked")
    request.getfixturevalue("tomorrow")
    again = requeue_these([failure.id], None)
    worked(again)
    (suppressed,) = failures_of(again)
    assert suppressed.code == "suppressed"
    suppressions.lift(Channel.SMS, message.endpoint)
    once_more = requeue_these([suppressed.id], None)
    worked(once_more)
    assert [(each.code, each.repeats_message_id) for each in failures_of(once_more)] == [("duplicate", message.id)]


@pytest.mark.usefixtures("company")
def test_what_may_have_arrived_elsewhere_is_sent_to_the_right_address(request: pytest.FixtureRequest) -> None:
    run = walked(patients(1))
    failure = ended(run, *GIVEN_UP[0], code=GIVEN_UP[1])
    correct(failure.id, {"cell_phone": "202-555-0199"}, None)
    request.getfixturevalue("tomorrow")
    again = requeue_these([failure.id], None)
    worked(again)
    assert [each.endpoint for each in messages_of(again)] == ["+12025550199"]


@pytest.mark.usefixtures("company")
def test_a_repeat_stays_one_until_what_makes_it_one_is_corrected(request: pytest.FixtureRequest) -> None:
    run = walked(factories.source([patient(1), patient(1)]))
    (message,) = messages_of(run)
    request.getfixturevalue("tomorrow")
    again = requeue_matching(FailureFilter(run_id=run.id), None)
    worked(again)
    assert messages_of(again) == []
    (repeat,) = failures_of(again)
    assert (repeat.code, repeat.repeats_message_id) == ("duplicate", message.id)

    correct(repeat.id, {"cell_phone": "202-555-0199"}, None)
    once_more = requeue_these([repeat.id], None)
    worked(once_more)
    assert [each.endpoint for each in messages_of(once_more)] == ["+12025550199"]


def mended(run: Run) -> Failure:
    """The failure of a run's only bad number, which is corrected."""
    (failure,) = failures_of(run)
    correct(failure.id, {"cell_phone": "202-555-0199"}, None)
    return failure


@pytest.mark.usefixtures("company")
def test_nothing_is_requeued_past_the_start_of_its_run() -> None:
    start = now() + timedelta(days=7)
    run = fire(factories.campaign(SMS_ONLY, [wrong(1)]).id, start_at=start)
    worked(run)
    again = requeue_these([mended(run).id], None)
    worked(again)
    assert [message.not_before >= start for message in messages_of(again)] == [True]


@pytest.mark.usefixtures("company")
def test_a_requeue_waits_for_a_persons_word_as_long_as_its_run_does() -> None:
    run = fired(wrong(1), SMS_ONLY, until=RunUntil.QUEUED)
    worked(run)
    again = requeue_these([mended(run).id], None)
    worked(again)
    assert [message.status for message in messages_of(again)] == [MessageStatus.STAGED]


@pytest.mark.usefixtures("company")
def test_a_ready_campaign_is_still_to_be_fired_when_an_old_failure_is_requeued() -> None:
    run = walked(wrong(1))
    campaign = tenancy.get(Campaign, run.campaign_id)
    campaign.status = CampaignStatus.READY
    db.session.commit()
    worked(requeue_matching(FailureFilter(run_id=run.id), None))
    db.session.refresh(campaign)
    assert campaign.status is CampaignStatus.READY
