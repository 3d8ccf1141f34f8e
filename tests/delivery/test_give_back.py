"""What the provider does not have is queued again, by the claim that holds it and by no other."""

from datetime import date, timedelta

from app import tenancy
from app.clock import now
from app.delivery.give_back import GiveBack, Window, give_back
from app.extensions import db
from app.models import Message, MessageStatus, Tally, new_id
from tests.delivery.conftest import MakeMessage


def claimed(make_message: MakeMessage, **changes: object) -> Message:
    claim = {"status": MessageStatus.SENDING, "claim": new_id(), "claimed_at": now(), "lease_until": now()}
    return make_message(**claim, attempts=3, **changes)


def counts() -> dict[tuple[date, str], int]:
    db.session.expire_all()
    return {(tally.day, tally.code): tally.n for tally in db.session.scalars(tenancy.rows(Tally)) if tally.n}


def test_a_message_that_is_given_back_is_queued_for_later(make_message: MakeMessage) -> None:
    message = claimed(make_message)
    later = now() + timedelta(minutes=5)
    assert message.claim

    assert give_back([GiveBack(message.id, message.claim, later, error_code="20429")]) == {message.id}

    db.session.refresh(message)
    assert (message.status, message.not_before, message.error_code) == (MessageStatus.QUEUED, later, "20429")
    assert (message.claim, message.lease_until, message.claimed_at) == (None, None, None)
    assert message.attempts == 3
    assert counts() == {(message.day, "queued"): 1}


def test_an_attempt_that_was_not_made_does_not_count(make_message: MakeMessage) -> None:
    message = claimed(make_message)
    assert message.claim

    give_back([GiveBack(message.id, message.claim, now(), tried=False)])

    db.session.refresh(message)
    assert message.attempts == 2


def test_a_message_that_moves_to_another_day_is_counted_there(make_message: MakeMessage) -> None:
    message = claimed(make_message, day=date(2026, 11, 24))
    closes = now() + timedelta(days=1)
    key = new_id()
    assert message.claim

    give_back([GiveBack(message.id, message.claim, now(), window=Window(date(2026, 11, 25), closes, key))])

    db.session.refresh(message)
    assert (message.day, message.window_closes_at, message.dedupe_key) == (date(2026, 11, 25), closes, key)
    assert counts() == {(date(2026, 11, 25), "queued"): 1}


def test_another_claim_cannot_give_it_back(make_message: MakeMessage) -> None:
    message = claimed(make_message)

    assert give_back([GiveBack(message.id, new_id(), now())]) == frozenset()

    db.session.refresh(message)
    assert message.status is MessageStatus.SENDING


def test_what_was_sent_meanwhile_stays_sent(make_message: MakeMessage) -> None:
    message = claimed(make_message)
    held_by = message.claim
    message.status = MessageStatus.SENT
    db.session.commit()
    assert held_by

    assert give_back([GiveBack(message.id, held_by, now())]) == frozenset()
