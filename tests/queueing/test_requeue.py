"""Failures are walked again: once each, as they were corrected, and adding up whatever happens on the way."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app import suppressions, tenancy
from app.campaigns import lifecycle
from app.campaigns.editing import change_campaign
from app.campaigns.errors import CampaignError, RefusedError
from app.campaigns.fire import fire
from app.campaigns.requeue import requeue_matching, requeue_these, requeueable
from app.clock import now
from app.delivery.errors import DeliverError
from app.delivery.transitions import Change, advance
from app.extensions import db
from app.failures import FailureFilter
from app.models import (
    Campaign,
    CampaignStatus,
    Channel,
    Company,
    FailureStage,
    MessageStatus,
    Run,
    RunPart,
    RunStatus,
    SuppressionSource,
)
from app.queueing import requeued
from app.queueing.correcting import CorrectionError, CorrectionRefusedError, correct
from app.reporting.fates import fates
from app.reporting.questions import Reason, report, run_counts
from tests import factories
from tests.queueing.line_of import definition
from tests.queueing.requeues import (
    NO_PHONE,
    SMS_ONLY,
    assert_all_came_of_it,
    corrected,
    ended,
    requeued_by_reason,
    walked,
    wrong,
)
from tests.queueing.runs import (
    assert_adds_up,
    failures_of,
    limits,
    messages_of,
    patient,
    patients,
    worked,
)


def test_a_corrected_record_is_requeued_and_becomes_a_message(company: Company) -> None:
    run = walked(factories.source([patient(1, cell_phone="none"), patient(2)]))
    (failure,) = failures_of(run)
    correct(failure.id, {"cell_phone": "(202) 555-0143", "patient_name": "EXAMPLE, BEA"}, None)

    again = requeue_these([failure.id], None)
    worked(again)

    (message,) = messages_of(again)
    assert (message.endpoint, message.person, message.row_number) == ("+12025550143", "Bea Example", 2)
    assert failures_of(run)[0].requeue_run_id == again.id
    assert_all_came_of_it(again, 1)


def test_the_record_as_it_was_is_kept_beside_what_was_corrected(company: Company) -> None:
    run = walked(wrong(1))
    (failure,) = failures_of(run)
    correct(failure.id, {"cell_phone": "still none"}, None)

    again = requeued_by_reason(run)

    for each in (*failures_of(run), *failures_of(again)):
        assert each.data["cell_phone"] == "none"
        assert each.corrected == {"cell_phone": "still none"}
    assert failures_of(again)[0].facts == {"value": "still none"}


def test_a_cell_corrected_back_is_not_corrected(company: Company) -> None:
    (failure,) = failures_of(walked(wrong(1)))
    correct(failure.id, {"cell_phone": "555", "provider": "Dr. Who"}, None)
    correct(failure.id, {"cell_phone": "none"}, None)
    assert failure.corrected == {"provider": "Dr. Who"}


def test_a_correction_of_what_the_file_does_not_have_is_refused(company: Company) -> None:
    (failure,) = failures_of(walked(wrong(1)))
    with pytest.raises(CorrectionRefusedError) as refusal:
        correct(failure.id, {"cell_phone": "x" * 40_000, "colour": "red"}, None)
    assert [(flaw.code, flaw.field) for flaw in refusal.value.flaws] == [
        (CorrectionError.FIELD_UNKNOWN, "colour"),
        (CorrectionError.CELL_TOO_LONG, "cell_phone"),
    ]
    assert failures_of(db.session.get_one(Run, (company.id, failure.run_id)))[0].corrected is None


def test_what_was_requeued_is_not_corrected_any_more(company: Company) -> None:
    run = walked(wrong(1))
    (failure,) = failures_of(run)
    requeued_by_reason(run)
    with pytest.raises(CorrectionRefusedError) as refusal:
        correct(failure.id, {"cell_phone": "202-555-0143"}, None)
    assert refusal.value.flaws[0].code is CorrectionError.REQUEUED_ALREADY


def test_only_the_delivery_method_that_failed_is_walked(company: Company) -> None:
    run = walked(wrong(3), definition())
    corrected(run)
    again = requeued_by_reason(run)
    assert {message.method for message in messages_of(again)} == {"sms"}
    assert_all_came_of_it(again, 3)


@pytest.mark.parametrize(("batch", "part", "block"), [(1, 1, 1), (3, 10, 2), (7, 5, 100)])
def test_batches_parts_and_blocks_of_any_size_give_the_same(
    app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch, batch: int, part: int, block: int
) -> None:
    monkeypatch.setattr(requeued, "_BLOCK", block)
    source = factories.source(
        [patient(n, **({"cell_phone": "none", "e_mail": ""} if n % 3 else {})) for n in range(20)]
    )
    with limits(app, queue_batch_records=batch, run_part_records=part):
        run = walked(source, definition())
        again = requeue_matching(FailureFilter(run_id=run.id), None)
        worked(again)
    assert_all_came_of_it(again, 26)
    assert (again.status, again.finished_at is not None) == (RunStatus.FINISHED, True)


def test_the_first_run_still_adds_up_and_says_how_many_were_requeued(company: Company) -> None:
    run = walked(factories.source([patient(1), patient(2, cell_phone="none"), patient(3, e_mail="")]), definition())
    again = requeued_by_reason(run)

    assert_adds_up(run)
    counts = run_counts(run.id).total
    assert (counts.failed, counts.taken_up, counts.standing) == (2, 1, 1)
    assert counts.requeued == {NO_PHONE: 1}
    assert run_counts(again.id).total.failures == {NO_PHONE: 1}


def test_in_a_report_over_both_runs_nobody_fails_twice(company: Company) -> None:
    run = walked(wrong(3))
    for _ in range(2):
        run = requeued_by_reason(run)
    today = now().date()
    total = report(today - timedelta(days=1), today + timedelta(days=1), run.campaign_id).total
    assert (total.standing, total.taken_up, total.queued) == (3, 6, 0)


def test_a_failure_is_requeued_once_and_again_through_what_came_of_it(company: Company) -> None:
    run = walked(wrong(2))
    again = requeued_by_reason(run)
    for ask in (lambda: requeue_these([failures_of(run)[0].id], None), lambda: requeued_by_reason(run)):
        with pytest.raises(RefusedError) as refusal:
            ask()
        assert refusal.value.code is CampaignError.NOTHING_TO_REQUEUE
    db.session.rollback()

    third = requeued_by_reason(again)

    assert_all_came_of_it(third, 2)


def test_all_of_a_code_are_requeued_over_several_runs(company: Company) -> None:
    source = wrong(2)
    campaign = factories.campaign(SMS_ONLY, [source])
    for run in [fire(campaign.id) for _ in range(2)]:
        worked(run)
    assert requeueable(FailureFilter(code="phone_invalid")) == {campaign.id: 4}

    again = requeue_matching(FailureFilter(code="phone_invalid"), None)
    worked(again)

    assert (again.records_total, len(failures_of(again))) == (4, 4)


def test_the_filter_says_what_is_left_alone(company: Company) -> None:
    run = walked(factories.source([patient(1, cell_phone="none", e_mail="none")]), definition())
    again = requeue_matching(FailureFilter(run_id=run.id, channel=Channel.EMAIL), None)
    worked(again)
    assert [failure.code for failure in failures_of(again)] == ["email_invalid"]
    assert [failure.code for failure in failures_of(run) if failure.requeue_run_id is None] == ["phone_invalid"]


def test_failures_of_several_campaigns_are_not_requeued_together(company: Company) -> None:
    runs = [walked(wrong(1)), walked(wrong(1, first=5))]
    for ask in (
        lambda: requeue_matching(FailureFilter(code="phone_invalid"), None),
        lambda: requeue_these([failures_of(run)[0].id for run in runs], None),
    ):
        with pytest.raises(RefusedError) as refusal:
            ask()
        assert refusal.value.code is CampaignError.SEVERAL_CAMPAIGNS


def test_a_paused_campaign_and_a_draft_requeue_nothing(company: Company) -> None:
    run = walked(factories.source([patient(1), patient(2, cell_phone="none")]))
    lifecycle.pause(run.campaign_id)
    for back in (lambda: None, lambda: lifecycle.back_to_draft(run.campaign_id)):
        back()
        assert requeueable(FailureFilter(run_id=run.id)) == {}
        with pytest.raises(RefusedError) as refusal:
            requeued_by_reason(run)
        assert refusal.value.code is CampaignError.WRONG_STATUS


def test_a_finished_campaign_requeues_and_is_finished_again(company: Company) -> None:
    run = walked(wrong(1))
    campaign = tenancy.get(Campaign, run.campaign_id)
    assert campaign.status is CampaignStatus.FINISHED
    again = requeue_these([failures_of(run)[0].id], None)
    assert tenancy.get(Campaign, run.campaign_id).status is CampaignStatus.ACTIVE
    worked(again)
    db.session.refresh(campaign)
    assert campaign.status is CampaignStatus.FINISHED


def test_a_requeue_goes_by_the_newest_version_and_leaves_methods_that_are_gone(company: Company) -> None:
    run = walked(factories.source([patient(1, cell_phone="none", e_mail="none")]), definition())
    change_campaign(run.campaign_id, None, definition=SMS_ONLY)
    db.session.execute(update(Campaign).values(status=CampaignStatus.READY))
    db.session.commit()

    again = requeue_matching(FailureFilter(run_id=run.id), None)
    worked(again)

    assert (again.version, [failure.method for failure in failures_of(again)]) == (2, ["sms"])
    assert_all_came_of_it(again, 1)


def test_a_lifted_suppression_lets_the_requeued_message_go(company: Company) -> None:
    suppressions.suppress(Channel.SMS, "+12025550001", SuppressionSource.PERSON, "asked")
    db.session.commit()
    run = walked(patients(2))
    suppressed = Reason(FailureStage.SUPPRESS, "suppressed")
    again = requeued_by_reason(run, suppressed)
    assert run_counts(again.id).total.failures == {suppressed: 1}

    suppressions.lift(Channel.SMS, "+12025550001")
    db.session.commit()
    third = requeued_by_reason(again, suppressed)

    assert [message.endpoint for message in messages_of(third)] == ["+12025550001"]


def test_a_repeat_is_one_again_as_long_as_its_first_stands(company: Company) -> None:
    first, second = walked(patients(1)), walked(patients(1))
    again = requeued_by_reason(second, Reason(FailureStage.DEDUPLICATE, "duplicate"))
    (failure,) = failures_of(again)
    assert failure.repeats_message_id == messages_of(first)[0].id


@pytest.mark.parametrize("end", [MessageStatus.UNDELIVERED, MessageStatus.FAILED])
def test_a_message_that_did_not_arrive_is_no_reason_against_the_next(company: Company, end: MessageStatus) -> None:
    run = walked(patients(1))
    failure = ended(run, MessageStatus.SENT, end, code="30003")
    again = requeue_these([failure.id], None)
    worked(again)
    assert len(messages_of(again)) == 1
    assert_adds_up_with_delivery(run)


def assert_adds_up_with_delivery(run: Run) -> None:
    counts = run_counts(run.id).total
    assert counts.queued + counts.not_queued == run.records_total


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ((MessageStatus.SENDING, MessageStatus.UNKNOWN, MessageStatus.FAILED), DeliverError.GIVEN_UP),
        ((MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.UNDELIVERED), "30003"),
    ],
)
def test_a_message_that_may_have_arrived_is_never_sent_twice(
    company: Company, steps: tuple[MessageStatus, ...], code: str
) -> None:
    run = walked(patients(1))
    failure = ended(run, *steps, code=code)
    again = requeue_these([failure.id], None)
    worked(again)
    assert messages_of(again) == []
    assert failures_of(again)[0].repeats_message_id == failure.message_id


def test_a_message_without_a_failure_cannot_be_requeued(company: Company) -> None:
    run = walked(patients(1))
    (message,) = messages_of(run)
    advance([Change(message.id, MessageStatus.UNKNOWN, now())])
    db.session.commit()
    with pytest.raises(RefusedError):
        requeue_matching(FailureFilter(run_id=run.id), None)


def test_a_requeued_message_that_fails_keeps_what_was_corrected(company: Company) -> None:
    run = walked(wrong(1))
    corrected(run)
    again = requeued_by_reason(run)
    failure = ended(again, MessageStatus.SENT, MessageStatus.UNDELIVERED, code="30003")
    assert (failure.data["cell_phone"], failure.corrected) == ("none", {"cell_phone": "202-555-0002"})
    third = requeue_these([failure.id], None)
    worked(third)
    assert [message.endpoint for message in messages_of(third)] == ["+12025550002"]


def test_the_fates_of_a_requeue_are_those_of_its_failures(company: Company) -> None:
    run = walked(
        factories.source([patient(1), patient(2, cell_phone="none"), patient(3), patient(4, cell_phone="none")])
    )
    again = requeued_by_reason(run)
    page = fates(again.id, limit=1)
    rest = fates(again.id, page.next, limit=5)
    assert [fate.place.row_number for fate in (*page.items, *rest.items)] == [3, 5]
    assert (page.next is not None, rest.next) == (True, None)


def test_another_company_requeues_and_corrects_nothing(company: Company, other_company: Company) -> None:
    run = walked(wrong(1))
    (failure,) = failures_of(run)
    with tenancy.company(other_company.id):
        for ask in (
            lambda: requeue_these([failure.id], None),
            lambda: correct(failure.id, {"cell_phone": "1"}, None),
        ):
            with pytest.raises(tenancy.NotFoundError):
                ask()
        with pytest.raises(RefusedError):
            requeue_matching(FailureFilter(run_id=run.id), None)
    db.session.rollback()
    assert failures_of(run)[0].requeue_run_id is None


def test_a_requeue_has_parts_only_where_its_runs_had_rows(company: Company) -> None:
    run = walked(wrong(3))
    again = requeue_these([failures_of(run)[1].id], None)
    (part,) = db.session.scalars(tenancy.rows(RunPart).where(RunPart.run_id == again.id))
    assert (part.first_row, part.last_row) == (3, 3)
