"""Which message a reply answers, and when that is not to be known."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.models import Channel, Disposition, ReplyMatch, new_id
from app.receipts.matching import Match, SentMessage, find_answered

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TOMORROW = NOON + timedelta(days=1)
FILE = new_id()


def sent(row: int = 2, **changes: Any) -> SentMessage:
    values: dict[str, Any] = {
        "id": new_id(),
        "run_id": new_id(),
        "campaign_id": new_id(),
        "method": "sms",
        "channel": Channel.SMS,
        "day": date(2026, 11, 24),
        "sender_id": None,
        "endpoint": "+12025550143",
        "data_source_id": FILE,
        "row_number": row,
        "person": "Ann Example",
        "doctor": "Dr. Bell",
        "appointment_at": TOMORROW,
        "went_out_at": NOON - timedelta(hours=1),
    }
    return SentMessage(**(values | changes))


def answered(
    *newest_first: SentMessage, cancelled: tuple[SentMessage, ...] = (), senders: tuple[UUID, ...] = ()
) -> Match:
    decided = {message.record: Disposition.CANCELLED for message in cancelled}
    return find_answered(newest_first, decided, senders, NOON)


def test_the_only_message_is_answered() -> None:
    only = sent()
    assert answered(only) == Match(ReplyMatch.MATCHED, only, open=True)


def test_nothing_is_answered_where_nothing_was_sent() -> None:
    assert answered() == Match(ReplyMatch.NONE)


def test_of_several_messages_about_one_appointment_the_newest_is_answered() -> None:
    newest, older = sent(), sent()
    assert answered(newest, older) == Match(ReplyMatch.MATCHED, newest, open=True)


def test_two_open_appointments_are_ambiguous() -> None:
    hers, his = sent(2), sent(3, person="Bob Example")
    match = answered(hers, his)
    assert (match.how, match.message) == (ReplyMatch.AMBIGUOUS, None)
    assert match.candidates == (hers, his)


def test_two_appointments_of_one_person_are_ambiguous_too() -> None:
    assert answered(sent(2), sent(3, appointment_at=TOMORROW + timedelta(days=7))).how is ReplyMatch.AMBIGUOUS


@pytest.mark.parametrize(
    ("person", "doctor"), [("ANN EXAMPLE", "dr. bell"), (" Ann  Example", "Dr. Bell"), ("Ann Example", "Dr. Ｂｅｌｌ")]
)
def test_an_appointment_that_stands_in_two_files_is_one_however_its_names_are_spelled(person: str, doctor: str) -> None:
    today = sent(7, data_source_id=new_id(), person=person, doctor=doctor)
    yesterday = sent(2)
    assert answered(today, yesterday) == Match(ReplyMatch.MATCHED, today, open=True)


def test_an_appointment_that_has_passed_leaves_no_doubt() -> None:
    past, coming = sent(2, appointment_at=NOON), sent(3)
    assert answered(past, coming) == Match(ReplyMatch.MATCHED, coming, open=True)


def test_a_cancelled_appointment_leaves_no_doubt() -> None:
    gone, coming = sent(2), sent(3, doctor="Dr. Who")
    assert answered(gone, coming, cancelled=(gone,)).message == coming


def test_a_closed_appointment_is_answered_but_not_open() -> None:
    past = sent(appointment_at=NOON - timedelta(minutes=1))
    assert answered(past) == Match(ReplyMatch.MATCHED, past, open=False)
    gone = sent()
    assert answered(gone, cancelled=(gone,)) == Match(ReplyMatch.MATCHED, gone, open=False)


def test_an_appointment_cancelled_in_one_file_is_closed_in_the_other() -> None:
    again, first = sent(7, data_source_id=new_id()), sent(2)
    assert answered(again, first, cancelled=(first,)).open is False


def test_without_appointments_the_newest_record_is_answered() -> None:
    newest, older = sent(9, appointment_at=None), sent(2, appointment_at=None)
    assert answered(newest, older) == Match(ReplyMatch.MATCHED, newest, open=True)


def test_a_message_without_an_appointment_beside_one_with_is_ambiguous() -> None:
    assert answered(sent(9, appointment_at=None), sent(2)).how is ReplyMatch.AMBIGUOUS


def test_a_reply_to_one_sender_does_not_answer_another() -> None:
    clinic, lab = new_id(), new_id()
    from_clinic, from_lab = sent(2, sender_id=clinic), sent(3, sender_id=lab)
    assert answered(from_clinic, from_lab, senders=(lab,)).message == from_lab


def test_a_message_sent_after_the_reply_is_not_answered_by_it() -> None:
    later, earlier = sent(2, went_out_at=NOON + timedelta(minutes=1)), sent(3)
    assert answered(later, earlier).message == earlier
