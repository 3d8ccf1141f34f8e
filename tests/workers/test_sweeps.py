"""Each sweep finds what a lost hint left behind, in whichever company, and gives the hint again."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from rq import Queue
from rq.utils import import_attribute

from app import tenancy
from app.clock import now
from app.extensions import db, redis
from app.ingest.uploads import request_load
from app.jobs import QUEUE_OF, Job, JobQueue
from app.models import Campaign, CampaignStatus, Company, MessageStatus, RunStatus
from tests import factories
from tests.ingest.lists import numbered, uploaded
from tests.queueing.line_of import DEFINITION
from tests.receipts import rows
from workers import sweeps


def hints(job: Job) -> list[tuple[str, ...]]:
    """The arguments of the waiting jobs of a kind."""
    waiting = Queue(QUEUE_OF[job].value, connection=redis()).jobs
    return [tuple(each.args) for each in waiting if each.func_name == job.value]


def lost() -> None:
    """Redis forgets everything."""
    redis().flushdb()


@pytest.fixture
def campaign(company: Company) -> Campaign:
    return factories.campaign(DEFINITION, [factories.source([["EXAMPLE, ANN", "(202) 555-0143", "", "Dr. Bell"]])])


def test_a_campaign_whose_time_has_come_is_fired_once(campaign: Campaign) -> None:
    campaign.status = CampaignStatus.ACTIVE
    campaign.next_fire_at = now() - timedelta(minutes=1)
    db.session.commit()
    assert [sweeps.campaigns_due(), sweeps.campaigns_due()] == [1, 0]
    assert len(hints(Job.QUEUE_RUN)) == 1


def test_a_file_whose_loading_never_began_is_loaded(company: Company) -> None:
    source = request_load(uploaded(numbered(3)).id)
    lost()
    assert sweeps.files_not_loaded() == 0, "a worker may be about to take it"
    source.load_requested_at = now() - timedelta(minutes=2)
    db.session.commit()
    assert sweeps.files_not_loaded() == 1
    assert hints(Job.LOAD_FILE) == [(str(company.id), str(source.id))]


@pytest.mark.parametrize("status", [RunStatus.QUEUEING, RunStatus.QUEUED])
def test_a_run_that_is_not_where_it_was_told_to_go_is_taken_on(campaign: Campaign, status: RunStatus) -> None:
    run = factories.run(campaign, status)
    assert sweeps.runs_not_queued() == 1
    assert hints(Job.QUEUE_RUN) == [(str(run.company_id), str(run.id))]


def test_a_message_that_is_due_wakes_its_company_s_sender(campaign: Campaign) -> None:
    run = factories.run(campaign)
    rows.message(run, UUID(int=1), status=MessageStatus.QUEUED, sent_at=None)
    assert sweeps.messages_due() == 1
    assert hints(Job.SEND_DUE) == [(str(run.company_id),)]


def test_a_receipt_that_waits_wakes_its_company_s_receipts(campaign: Campaign) -> None:
    run = factories.run(campaign)
    message = rows.message(run, UUID(int=1))
    rows.twilio_status(message, "delivered")
    assert sweeps.receipts_not_applied() == 1
    assert hints(Job.APPLY_RECEIPTS) == [(str(run.company_id),)]


def test_a_run_does_not_wait_for_ever_for_receipts(campaign: Campaign) -> None:
    long_ago = now() - timedelta(hours=73)
    silent, recent, queued = (factories.run(campaign) for _ in range(3))
    for run, sent_at in ((silent, long_ago), (recent, now() - timedelta(hours=71)), (queued, long_ago)):
        rows.message(run, UUID(int=1), sent_at=sent_at)
    rows.message(queued, UUID(int=2), status=MessageStatus.QUEUED, sent_at=None)

    assert sweeps.runs_not_finished() == 1

    db.session.expire_all()
    assert [run.status for run in (silent, recent, queued)] == [
        RunStatus.FINISHED,
        RunStatus.DELIVERING,
        RunStatus.DELIVERING,
    ]
    assert sweeps.runs_not_finished() == 0


def test_a_campaign_whose_last_run_was_called_off_is_finished(campaign: Campaign) -> None:
    campaign.status = CampaignStatus.ACTIVE
    run = factories.run(campaign, RunStatus.CANCELLED)
    rows.message(run, UUID(int=1))

    assert sweeps.runs_not_finished() == 1, "what was sent already is not waited for"

    db.session.expire_all()
    assert (run.status, campaign.status) == (RunStatus.CANCELLED, CampaignStatus.FINISHED)


@pytest.mark.parametrize("path", sweeps.SWEEPS)
def test_where_nothing_is_due_nothing_is_started(company: Company, path: str) -> None:
    sweep: Callable[[], int] = import_attribute(path)
    assert sweep() == 0
    assert not any(Queue(queue.value, connection=redis()).count for queue in JobQueue)


def test_every_company_is_swept_whichever_is_bound(company: Company, other_company: Company) -> None:
    for each in (company, other_company):
        with tenancy.company(each.id):
            request_load(uploaded(numbered(1)).id).load_requested_at = now() - timedelta(minutes=2)
            db.session.commit()
    lost()
    sweeps.files_not_loaded()
    assert {company_id for company_id, _ in hints(Job.LOAD_FILE)} == {str(company.id), str(other_company.id)}
