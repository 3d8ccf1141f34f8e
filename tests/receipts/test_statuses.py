"""Status events move messages, once and forward, whatever order they come in."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import suppressions, tenancy
from app.clock import now
from app.delivery.errors import DeliverError
from app.extensions import db
from app.models import (
    Channel,
    Company,
    DataSource,
    Failure,
    Message,
    MessageStatus,
    ReceiptOutcome,
    Run,
    RunStatus,
    TallyKind,
)
from tests.receipts import rows


def test_a_delivered_callback_delivers_the_message(run: Run, source: DataSource) -> None:
    message = rows.message(run, source.id)
    rows.twilio_status(message, "delivered", sid="SM42")
    assert rows.apply() == 1
    assert (rows.fresh(message).status, message.provider_id) == (MessageStatus.DELIVERED, "SM42")
    [receipt] = rows.receipts()
    assert (receipt.outcome, receipt.status) == (ReceiptOutcome.APPLIED, MessageStatus.DELIVERED)
    assert rows.counts(TallyKind.MESSAGE) == {"delivered": 1}


@pytest.mark.parametrize("status", [MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.UNKNOWN])
def test_a_callback_that_overtakes_our_own_commit_settles_the_message(
    run: Run, source: DataSource, status: MessageStatus
) -> None:
    message = rows.message(run, source.id, status=status, sent_at=None)
    rows.twilio_status(message, "sent", sid="SM42")
    rows.apply()
    assert (rows.fresh(message).status, message.provider_id) == (MessageStatus.SENT, "SM42")


def test_a_late_callback_changes_nothing(run: Run, source: DataSource) -> None:
    message = rows.message(run, source.id, status=MessageStatus.DELIVERED)
    rows.twilio_status(message, "sent")
    rows.apply()
    assert rows.fresh(message).status is MessageStatus.DELIVERED
    assert rows.receipts()[0].outcome is ReceiptOutcome.NO_CHANGE


def test_a_repeated_callback_is_stored_once(run: Run, source: DataSource) -> None:
    message = rows.message(run, source.id)
    for _ in range(3):
        rows.twilio_status(message, "delivered")
    assert rows.apply() == 1
    rows.twilio_status(message, "delivered")
    assert rows.apply() == 0


def test_a_failed_callback_writes_a_failure_with_the_provider_s_code(run: Run, source: DataSource) -> None:
    message = rows.message(run, source.id)
    rows.twilio_status(message, "undelivered", ErrorCode="30006")
    rows.apply()
    [failure] = db.session.scalars(tenancy.rows(Failure)).all()
    assert failure.code == "30006"
    assert failure.data["patient_name"] == "EXAMPLE, ANN"
    assert rows.counts(TallyKind.MESSAGE) == {"undelivered": 1}


def test_error_21610_means_that_the_person_opted_out(run: Run, source: DataSource) -> None:
    message = rows.message(run, source.id)
    rows.twilio_status(message, "failed", ErrorCode="21610")
    rows.apply()
    assert suppressions.suppressed(Channel.SMS, [rows.PHONE]) == {rows.PHONE}


def test_a_status_that_nobody_knows_is_set_aside_and_blocks_nothing(run: Run, source: DataSource) -> None:
    message = rows.message(run, source.id)
    rows.twilio_status(message, "teleported")
    rows.twilio_status(message, "delivered")
    assert rows.apply() == 2
    assert [receipt.outcome for receipt in rows.receipts()] == [
        ReceiptOutcome.NOT_UNDERSTOOD,
        ReceiptOutcome.APPLIED,
    ]
    assert rows.fresh(message).status is MessageStatus.DELIVERED


def test_an_event_waits_a_little_for_its_message(run: Run, source: DataSource) -> None:
    message = rows.message(run, source.id)
    rows.twilio_status(message, "delivered")
    db.session.delete(message)
    db.session.commit()
    assert rows.apply() == 0
    rows.receipts()[0].received_at = now() - timedelta(minutes=2)
    db.session.commit()
    assert rows.apply() == 1
    assert rows.receipts()[0].outcome is ReceiptOutcome.NO_MESSAGE


def test_a_callback_cannot_touch_another_company_s_message(
    run: Run, source: DataSource, other_company: Company
) -> None:
    message = rows.message(run, source.id)
    with tenancy.company(other_company.id):
        rows.twilio_status(message, "delivered")
        rows.receipts()[0].received_at = now() - timedelta(minutes=2)
        db.session.commit()
        assert rows.apply() == 1
        assert rows.receipts()[0].outcome is ReceiptOutcome.NO_MESSAGE
    assert rows.fresh(message).status is MessageStatus.SENT


def test_the_last_final_status_finishes_the_run(run: Run, source: DataSource) -> None:
    rows.twilio_status(rows.message(run, source.id), "delivered")
    rows.apply()
    db.session.refresh(run)
    assert run.status is RunStatus.FINISHED


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("processed", MessageStatus.SENT),
        ("delivered", MessageStatus.DELIVERED),
        ("open", MessageStatus.READ),
        ("bounce", MessageStatus.UNDELIVERED),
        ("dropped", MessageStatus.FAILED),
        ("deferred", MessageStatus.SENDING),
        ("click", MessageStatus.SENDING),
    ],
)
def test_each_mail_event_has_its_status(run: Run, source: DataSource, word: str, status: MessageStatus) -> None:
    message = rows.mail(run, source.id, status=MessageStatus.SENDING)
    rows.sendgrid_event(message, word)
    rows.apply()
    assert rows.fresh(message).status is status


def test_a_mail_s_dates_are_the_provider_s(run: Run, source: DataSource) -> None:
    message = rows.mail(run, source.id)
    at = (now() - timedelta(hours=5)).replace(microsecond=0)
    rows.sendgrid_event(message, "delivered", timestamp=int(at.timestamp()))
    rows.apply()
    assert rows.fresh(message).delivered_at == at


def test_a_date_that_cannot_be_is_not_believed(run: Run, source: DataSource) -> None:
    message = rows.mail(run, source.id)
    rows.sendgrid_event(message, "delivered", timestamp=4_102_444_800)
    rows.apply()
    delivered_at = rows.fresh(message).delivered_at
    assert delivered_at is not None
    assert delivered_at < datetime(2100, 1, 1, tzinfo=UTC)


def test_a_picture_fetched_by_a_machine_is_not_reading(run: Run, source: DataSource) -> None:
    message = rows.mail(run, source.id)
    rows.sendgrid_event(message, "open", sg_machine_open=True)
    rows.apply()
    assert rows.fresh(message).status is MessageStatus.SENT


@pytest.mark.parametrize(
    ("word", "fields", "suppressed"),
    [
        ("spamreport", {}, True),
        ("unsubscribe", {}, True),
        ("group_unsubscribe", {}, True),
        ("bounce", {"type": "bounce"}, True),
        ("bounce", {"type": "blocked"}, False),
        ("dropped", {}, False),
        ("deferred", {}, False),
    ],
)
def test_complaints_and_hard_bounces_suppress_the_address(
    run: Run, source: DataSource, word: str, fields: dict[str, str], suppressed: bool
) -> None:
    message = rows.mail(run, source.id)
    rows.sendgrid_event(message, word, **fields)
    rows.apply()
    assert bool(suppressions.suppressed(Channel.EMAIL, [message.endpoint])) is suppressed


def test_a_bounce_keeps_its_reason(run: Run, source: DataSource) -> None:
    message = rows.mail(run, source.id)
    rows.sendgrid_event(message, "bounce", type="bounce", reason="550 5.1.1 no such user", status="5.1.1")
    rows.apply()
    [failure] = db.session.scalars(tenancy.rows(Failure)).all()
    assert failure.code == DeliverError.BOUNCE
    assert failure.facts["provider_says"] == "550 5.1.1 no such user"


LADDERS = st.sampled_from(
    [
        ["queued", "sending", "sent", "delivered", "read"],
        ["queued", "sending", "sent", "undelivered"],
        ["accepted", "queued", "failed"],
        ["scheduled", "canceled"],
    ]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_order_and_any_repeats_lead_to_the_same_end(run: Run, source: DataSource, data: st.DataObject) -> None:
    ladder = data.draw(LADDERS)
    shuffled = data.draw(st.permutations(ladder + data.draw(st.lists(st.sampled_from(ladder), max_size=4))))
    pauses = data.draw(st.sets(st.integers(0, len(shuffled))))
    ends = []
    for callbacks in (ladder, shuffled):
        before = rows.counts(TallyKind.MESSAGE)
        message = rows.message(run, source.id, status=MessageStatus.SENDING, sent_at=None)
        for position, status in enumerate(callbacks):
            rows.twilio_status(message, status, sid=f"SM{message.id}", ErrorCode="30003")
            if position in pauses:
                rows.apply()
        rows.apply()
        ends.append((_state(message), _gained(before, rows.counts(TallyKind.MESSAGE))))
    assert ends[0] == ends[1]


def _state(message: Message) -> tuple[object, ...]:
    rows.fresh(message)
    dates = (message.sent_at, message.delivered_at, message.read_at, message.ended_at)
    return message.status, message.error_code, [date is not None for date in dates]


def _gained(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {code: n - before.get(code, 0) for code, n in after.items() if n != before.get(code, 0)}
