"""Outcomes are written together, and one that cannot be written is its own trouble."""

import pytest

from app.channels.base import Outcome, Result
from app.delivery.claim import claim_block
from app.delivery.record import record
from app.models import Channel, MessageStatus, new_id
from tests.delivery.conftest import MakeMessage, fresh


def test_an_outcome_that_the_database_refuses_does_not_take_others_with_it(make_message: MakeMessage) -> None:
    good = [make_message(row_number=row) for row in range(2, 7)]
    bad = make_message(row_number=8)
    claim = new_id()
    held = {claimed.id: claimed for claimed in claim_block(Channel.SMS, claim, 10)}
    unwritable = Outcome(bad.id, Result.REFUSED, code="refused", facts={"provider_says": "\0"})

    record([*(Outcome(each.id, Result.ACCEPTED, "SM") for each in good), unwritable], held, claim)

    assert {fresh(each).status for each in good} == {MessageStatus.SENT}
    assert fresh(bad).status is MessageStatus.SENDING


@pytest.mark.parametrize("result", [Result.RETRY, Result.HOLD])
def test_what_can_be_tried_again_keeps_the_reason(make_message: MakeMessage, result: Result) -> None:
    message = make_message()
    claim = new_id()
    held = {claimed.id: claimed for claimed in claim_block(Channel.SMS, claim, 10)}

    record([Outcome(message.id, result, code="20429")], held, claim)

    assert (fresh(message).status, message.error_code, message.attempts) == (MessageStatus.QUEUED, "20429", 1)


def test_an_answer_that_comes_after_the_callback_changes_nothing(make_message: MakeMessage) -> None:
    message = make_message()
    claim = new_id()
    held = {claimed.id: claimed for claimed in claim_block(Channel.SMS, claim, 10)}
    record([Outcome(message.id, Result.ACCEPTED, "SM1")], held, claim)

    record([Outcome(message.id, Result.IN_DOUBT, code="no_answer")], held, claim)

    assert (fresh(message).status, message.provider_id) == (MessageStatus.SENT, "SM1")
