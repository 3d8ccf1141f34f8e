"""A provider that never spoke of a message again is asked."""

from datetime import timedelta

import pytest

from app import tenancy
from app.clock import now
from app.delivery.engine import send_slice
from app.delivery.overdue import missing_receipts
from app.extensions import db
from app.models import Company, Failure, Message, MessageStatus, Run
from tests.delivery.conftest import MakeMessage, fresh
from tests.simulator.carrier import RunningCarrier

pytestmark = pytest.mark.usefixtures("number")


def ask(**ago: float) -> int:
    return missing_receipts(timedelta(**ago), now() + timedelta(seconds=10))


def sent_long_ago(carrier: RunningCarrier, message: Message, status: str) -> Message:
    """Sends it through a carrier that loses every callback, and waits until it is `status` there."""
    send_slice(now() + timedelta(seconds=5))
    carrier.eventually(lambda: carrier.line(str(message.id))["status"] == status)
    fresh(message).sent_at = now() - timedelta(hours=1)
    db.session.commit()
    return message


def test_a_delivery_that_nobody_told_us_of_is_learned_by_asking(
    carrier: RunningCarrier, make_message: MakeMessage
) -> None:
    message = sent_long_ago(carrier, make_message(), "delivered")

    assert ask(minutes=15) == 1

    assert fresh(message).status is MessageStatus.DELIVERED
    assert message.delivered_at is not None
    assert tenancy.get(Run, message.run_id, for_update=True).finished_at is not None


def test_a_failure_that_nobody_told_us_of_has_its_code(carrier: RunningCarrier, make_message: MakeMessage) -> None:
    message = sent_long_ago(carrier, make_message(endpoint="+12025550006"), "undelivered")

    ask(minutes=15)

    assert (fresh(message).status, message.error_code) == (MessageStatus.UNDELIVERED, "30006")
    assert [failure.code for failure in db.session.scalars(tenancy.rows(Failure))] == ["30006"]


def test_what_was_sent_just_now_is_not_asked_about(carrier: RunningCarrier, make_message: MakeMessage) -> None:
    message = sent_long_ago(carrier, make_message(), "delivered")
    assert ask(hours=2) == 0
    assert fresh(message).status is MessageStatus.SENT


def test_a_question_without_an_answer_is_not_repeated_at_once(
    carrier: RunningCarrier, make_message: MakeMessage
) -> None:
    message = sent_long_ago(carrier, make_message(), "delivered")
    carrier.faults(server_error=1.0)
    assert ask(minutes=15) == 0
    carrier.faults(server_error=0.0)

    assert ask(minutes=15) == 0

    fresh(message).lease_until = now() - timedelta(seconds=1)
    db.session.commit()
    assert ask(minutes=15) == 1


def test_another_companys_messages_are_not_asked_about(
    carrier: RunningCarrier, make_message: MakeMessage, other_company: Company
) -> None:
    message = sent_long_ago(carrier, make_message(), "delivered")
    with tenancy.company(other_company.id):
        assert ask(minutes=15) == 0
        db.session.commit()
    assert fresh(message).status is MessageStatus.SENT


def test_no_question_is_put_after_the_deadline(carrier: RunningCarrier, make_message: MakeMessage) -> None:
    sent_long_ago(carrier, make_message(), "delivered")
    assert missing_receipts(timedelta(minutes=15), now()) == 0
