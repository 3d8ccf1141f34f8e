from datetime import UTC, datetime, timedelta

from app.models import Disposition, Message, MessageStatus, Reply, ReplyMatch
from app.portal.timeline import timeline

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def minutes(n: int) -> datetime:
    return NINE + timedelta(minutes=n)


def test_a_message_is_told_in_the_order_in_which_things_happened() -> None:
    message = Message(
        status=MessageStatus.READ,
        created_at=minutes(0),
        claimed_at=minutes(5),
        sent_at=minutes(6),
        delivered_at=minutes(7),
        read_at=minutes(30),
        provider_id="SM1",
        attempts=1,
    )
    reply = Reply(body="C", match=ReplyMatch.MATCHED, disposition=Disposition.CONFIRMED, received_at=minutes(20))

    told = [(event.title, event.detail) for event in timeline(message, [reply])]

    assert told == [
        ("Queued", ""),
        ("Taken up for sending", ""),
        ("Accepted by the provider", "SM1"),
        ("Delivered", ""),
        ("Answered: confirms", "C"),
        ("Read", ""),
    ]


def test_the_end_of_a_message_says_which_end_it_was() -> None:
    message = Message(status=MessageStatus.EXPIRED, created_at=minutes(0), ended_at=minutes(9), attempts=0)

    assert [event.title for event in timeline(message, [])] == ["Queued", "Would have come too late"]


def test_a_second_attempt_is_counted() -> None:
    message = Message(status=MessageStatus.SENDING, created_at=minutes(0), claimed_at=minutes(3), attempts=2)

    assert timeline(message, [])[1].detail == "attempt 2"


def test_an_answer_to_several_messages_is_not_called_a_decision() -> None:
    message = Message(status=MessageStatus.SENT, created_at=minutes(0), attempts=0)
    reply = Reply(body="C", match=ReplyMatch.AMBIGUOUS, disposition=Disposition.CONFIRMED, received_at=minutes(1))

    assert timeline(message, [reply])[-1].title == "Answered: may answer several messages"
