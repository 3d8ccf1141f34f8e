"""A message moves forward by rank, once, whatever order the words about it come in."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app import tenancy
from app.delivery.transitions import Change, advance
from app.extensions import db
from app.models import Company, Failure, FailureStage, Message, MessageStatus, TallyKind, new_id
from tests.delivery.conftest import MakeMessage, fresh, tallied

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def state(message: Message) -> dict[str, Any]:
    db.session.refresh(message)
    kept = ("status", "provider_id", "error_code", "sent_at", "delivered_at", "read_at", "ended_at", "claim")
    return {name: getattr(message, name) for name in (*kept, "lease_until")}


def failures() -> Sequence[Failure]:
    return db.session.scalars(tenancy.rows(Failure)).all()


def test_a_message_moves_forward_and_its_count_moves_with_it(make_message: MakeMessage) -> None:
    message = make_message(status=MessageStatus.SENDING, claim=new_id(), lease_until=at(1))

    moved = advance([Change(message.id, MessageStatus.SENT, at(0), provider_id="SM1")])

    assert moved.moved == {message.id}
    now = state(message)
    assert (now["status"], now["provider_id"], now["sent_at"]) == (MessageStatus.SENT, "SM1", at(0))
    assert (now["claim"], now["lease_until"]) == (None, None)
    assert tallied() == {(TallyKind.MESSAGE, "sent"): 1}


def test_a_late_word_of_lower_rank_moves_nothing_but_its_date_is_kept(make_message: MakeMessage) -> None:
    message = make_message(status=MessageStatus.SENDING)
    advance([Change(message.id, MessageStatus.DELIVERED, at(5))])

    late = advance([Change(message.id, MessageStatus.SENT, at(1), provider_id="SM1")])

    assert (late.moved, late.unchanged) == (frozenset(), {message.id})
    now = state(message)
    assert (now["status"], now["sent_at"], now["delivered_at"]) == (MessageStatus.DELIVERED, at(1), at(5))
    assert now["provider_id"] == "SM1"
    assert tallied() == {(TallyKind.MESSAGE, "delivered"): 1}


def test_a_repeat_writes_nothing(make_message: MakeMessage) -> None:
    message = make_message(status=MessageStatus.SENDING)
    change = Change(message.id, MessageStatus.UNDELIVERED, at(2), error_code="30006")
    advance([change])
    db.session.commit()
    before = db.session.scalar(db.text("SELECT xmin::text FROM messages"))
    db.session.commit()

    assert advance([change, change]).unchanged == {message.id}

    db.session.commit()
    assert db.session.scalar(db.text("SELECT xmin::text FROM messages")) == before
    assert len(failures()) == 1


def test_a_failure_keeps_the_record_as_it_was(make_message: MakeMessage) -> None:
    message = make_message(status=MessageStatus.SENDING)

    advance([Change(message.id, MessageStatus.FAILED, at(1), error_code="21610", facts={"provider_says": "no"})])

    (failure,) = failures()
    assert (failure.stage, failure.code, failure.facts) == (
        FailureStage.DELIVER,
        "21610",
        {"provider_says": "no"},
    )
    assert failure.message_id == message.id
    assert (failure.person, failure.endpoint, failure.day) == (message.person, message.endpoint, message.day)
    assert failure.data == {
        "patient_name": "EXAMPLE, ANN",
        "cell_phone": "(202) 555-0143",
        "e_mail": "ann@example.com",
        "provider": "Dr. Bell",
        "appt_date": "",
        "appt_time": "",
    }
    assert tallied() == {(TallyKind.MESSAGE, "failed"): 1, (TallyKind.FAILURE, "21610"): 1}


def test_an_end_without_a_code_is_filed_under_its_status(make_message: MakeMessage) -> None:
    message = make_message(status=MessageStatus.QUEUED)

    advance([Change(message.id, MessageStatus.EXPIRED, at(1))])

    assert [failure.code for failure in failures()] == ["expired"]
    assert state(message)["ended_at"] == at(1)


def test_of_several_words_in_one_call_the_highest_rank_wins(make_message: MakeMessage) -> None:
    message = make_message(status=MessageStatus.QUEUED)

    advance(
        [
            Change(message.id, MessageStatus.SENT, at(1), provider_id="SM1"),
            Change(message.id, MessageStatus.READ, at(3)),
            Change(message.id, MessageStatus.DELIVERED, at(2)),
        ]
    )

    now = state(message)
    assert (now["status"], now["sent_at"], now["delivered_at"], now["read_at"]) == (
        MessageStatus.READ,
        at(1),
        at(2),
        at(3),
    )
    assert now["provider_id"] == "SM1"


def test_what_is_unknown_stays_claimed_until_it_is_settled(make_message: MakeMessage) -> None:
    claim = new_id()
    message = make_message(status=MessageStatus.SENDING, claim=claim, lease_until=at(1))

    advance([Change(message.id, MessageStatus.UNKNOWN, at(0), error_code="no_answer")], claim=claim)

    now = state(message)
    assert (now["claim"], now["lease_until"]) == (claim, at(1))
    assert advance([Change(message.id, MessageStatus.SENT, at(0))], claim=claim).moved == {message.id}
    assert state(message)["error_code"] is None


def test_a_claim_that_was_lost_records_nothing(make_message: MakeMessage) -> None:
    message = make_message(status=MessageStatus.SENDING, claim=new_id(), lease_until=at(1))

    late = advance([Change(message.id, MessageStatus.FAILED, at(0))], claim=new_id())

    assert late.unchanged == {message.id}
    assert state(message)["status"] is MessageStatus.SENDING
    assert not failures()


def test_another_companys_message_is_out_of_reach(make_message: MakeMessage, other_company: Company) -> None:
    message = make_message(status=MessageStatus.SENDING)

    with tenancy.company(other_company.id):
        assert advance([Change(message.id, MessageStatus.SENT, at(0))]).unchanged == {message.id}
        db.session.commit()

    assert state(message)["status"] is MessageStatus.SENDING


LADDERS = (
    (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ),
    (MessageStatus.SENT, MessageStatus.UNDELIVERED),
    (MessageStatus.UNKNOWN, MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.FAILED),
    (MessageStatus.SENT, MessageStatus.EXPIRED),
)


@st.composite
def tellings(draw: st.DrawFn) -> tuple[list[tuple[MessageStatus, int]], list[list[tuple[MessageStatus, int]]]]:
    """A ladder as it happened, and the same words shuffled, repeated and cut into several calls."""
    ladder = [(status, minute) for minute, status in enumerate(draw(st.sampled_from(LADDERS)))]
    words = draw(st.permutations(ladder + draw(st.lists(st.sampled_from(ladder), max_size=4))))
    calls = []
    while words:
        size = draw(st.integers(1, len(words)))
        calls.append(words[:size])
        words = words[size:]
    return ladder, calls


@given(tellings())
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_with_any_repeats_ends_in_the_same_state(
    make_message: MakeMessage,
    telling: tuple[list[tuple[MessageStatus, int]], list[list[tuple[MessageStatus, int]]]],
) -> None:
    ladder, calls = telling
    orderly, shuffled = (
        make_message(status=MessageStatus.SENDING, claim=new_id(), lease_until=at(9), row_number=row) for row in (2, 3)
    )

    def tell(message: Message, words: Sequence[tuple[MessageStatus, int]]) -> None:
        codes = {MessageStatus.FAILED: "30003", MessageStatus.UNDELIVERED: "30005"}
        advance([Change(message.id, status, at(minute), "SM1", codes.get(status)) for status, minute in words])
        db.session.commit()

    for word in ladder:
        tell(orderly, [word])
    for call in calls:
        tell(shuffled, call)

    assert state(shuffled) == state(orderly)
    failed = [sum(each.message_id == message.id for each in failures()) for message in (orderly, shuffled)]
    assert failed[0] == failed[1]
    really = Counter(message.status.value for message in db.session.scalars(tenancy.rows(Message)))
    assert {code: n for (kind, code), n in tallied().items() if kind is TallyKind.MESSAGE} == really


@pytest.mark.parametrize(
    ("was", "becomes", "provider_id", "keeps_its_key"),
    [
        (MessageStatus.STAGED, MessageStatus.CANCELLED, None, False),
        (MessageStatus.QUEUED, MessageStatus.EXPIRED, None, False),
        (MessageStatus.SENDING, MessageStatus.FAILED, None, False),
        (MessageStatus.SENDING, MessageStatus.FAILED, "SM1", True),
        (MessageStatus.SENDING, MessageStatus.SENT, "SM1", True),
        (MessageStatus.SENT, MessageStatus.UNDELIVERED, None, True),
        (MessageStatus.UNKNOWN, MessageStatus.FAILED, None, True),
    ],
)
def test_what_never_left_may_be_said_by_another_message(
    make_message: MakeMessage, was: MessageStatus, becomes: MessageStatus, provider_id: str | None, keeps_its_key: bool
) -> None:
    message = make_message(status=was, dedupe_key=new_id())

    advance([Change(message.id, becomes, at(1), provider_id, "30003")])
    db.session.commit()

    assert (fresh(message).dedupe_key is not None) is keeps_its_key


def test_writers_at_once_neither_deadlock_nor_count_twice(
    app: Flask, company: Company, make_message: MakeMessage
) -> None:
    ids = [make_message(status=MessageStatus.SENDING, row_number=row).id for row in range(2, 42)]
    db.session.commit()
    problems: list[Exception] = []

    def tell(status: MessageStatus, order: Sequence[Any]) -> None:
        with app.app_context(), tenancy.company(company.id):
            try:
                for _ in range(5):
                    advance([Change(id_, status, at(1)) for id_ in order])
                    db.session.commit()
            except Exception as problem:  # a deadlock is the finding
                problems.append(problem)

    tellers = [
        Thread(target=tell, args=(MessageStatus.SENT, ids)),
        Thread(target=tell, args=(MessageStatus.DELIVERED, ids[::-1])),
        Thread(target=tell, args=(MessageStatus.DELIVERED, ids)),
    ]
    for teller in tellers:
        teller.start()
    for teller in tellers:
        teller.join()

    assert not problems
    assert tallied() == {(TallyKind.MESSAGE, "delivered"): 40}
