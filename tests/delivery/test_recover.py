"""After a crash nothing is lost and nothing is sent twice: what was in flight is settled by asking."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
import requests
from flask import Flask

from app import tenancy
from app.channels.base import Outgoing
from app.channels.registry import DRIVERS
from app.clock import now
from app.delivery.claim import claim_block, note_request
from app.delivery.engine import send_slice
from app.delivery.give_back import GiveBack, give_back
from app.delivery.recover import _take, settle_in_flight
from app.delivery.undecided import DecidedError, give_up, send_again, unknown_for_a_person
from app.extensions import db
from app.models import Channel, Company, Failure, Message, MessageStatus, Sender, new_id
from tests.delivery.conftest import MakeMessage, fresh
from tests.simulator.carrier import RunningCarrier

pytestmark = pytest.mark.usefixtures("number", "mailbox")


def send() -> bool:
    return send_slice(now() + timedelta(seconds=5))


def settle() -> int:
    return settle_in_flight(100, now() + timedelta(seconds=10))


def accepted(carrier: RunningCarrier) -> Counter[str]:
    return Counter({line["id"]: line["accepted"] for line in carrier.books()["messages"]})


def after_lease(message: Message, minutes: float = 3) -> None:
    """As if the claim had been made some minutes ago and its lease had run out."""
    db.session.refresh(message)
    message.claimed_at = now() - timedelta(minutes=minutes)
    message.lease_until = now() - timedelta(minutes=minutes - 1)
    db.session.commit()


def claim_and_die(carrier: RunningCarrier, number: Sender, message: Message, *, after_sending: bool) -> None:
    """What a sender leaves that is killed between its claim and its record."""
    claim_block(message.channel, new_id(), 100)
    if not after_sending:
        return
    outgoing = Outgoing(
        message_id=message.id,
        company_id=message.company_id,
        sender=number.address,
        sender_name="",
        endpoint=message.endpoint,
        subject=None,
        body=message.body,
        html=None,
        useful_until=None,
    )
    (request,) = DRIVERS[Channel.SMS].requests([outgoing])
    assert request.credentials is not None
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    requests.post(request.url, request.body, headers=headers, auth=tuple(request.credentials), timeout=5)


def test_what_was_sent_before_the_crash_is_found_and_not_sent_again(
    carrier: RunningCarrier, number: Sender, make_message: MakeMessage
) -> None:
    message = make_message()
    claim_and_die(carrier, number, message, after_sending=True)
    db.session.refresh(message)
    message.lease_until = now()
    db.session.commit()

    assert settle() == 1
    send()

    line = carrier.line(str(message.id))
    settled = fresh(message)
    assert settled.status in {MessageStatus.SENT, MessageStatus.DELIVERED}
    assert [settled.provider_id] == line["sids"]
    assert settled.sent_at is not None
    assert accepted(carrier) == Counter({str(message.id): 1})


def test_what_was_not_sent_before_the_crash_is_sent_once(
    carrier: RunningCarrier, number: Sender, make_message: MakeMessage
) -> None:
    message = make_message()
    claim_and_die(carrier, number, message, after_sending=False)
    after_lease(message)

    assert settle() == 1
    assert (fresh(message).status, message.error_code) == (MessageStatus.QUEUED, "interrupted")
    send()

    assert fresh(message).status is MessageStatus.SENT
    assert accepted(carrier) == Counter({str(message.id): 1})


def test_a_message_that_is_not_found_yet_may_still_be_on_its_way(
    carrier: RunningCarrier, number: Sender, make_message: MakeMessage
) -> None:
    message = make_message()
    claim_and_die(carrier, number, message, after_sending=False)
    db.session.refresh(message)
    message.lease_until = now()
    db.session.commit()

    assert settle() == 0

    waiting = fresh(message)
    assert (waiting.status, waiting.error_code) == (MessageStatus.UNKNOWN, "interrupted")
    assert waiting.lease_until is not None
    assert waiting.lease_until > now()


@pytest.mark.parametrize("fault", ["silence_after_accept", "server_error_after_accept", "reset_after_accept"])
def test_an_answer_that_was_lost_is_found(carrier: RunningCarrier, make_message: MakeMessage, fault: str) -> None:
    message = make_message()
    carrier.faults(**{fault: 1.0})
    send()
    carrier.faults(**{fault: 0.0})
    db.session.refresh(message)
    message.lease_until = now()
    db.session.commit()

    assert settle() == 1

    assert fresh(message).status in {MessageStatus.SENT, MessageStatus.DELIVERED}
    assert accepted(carrier) == Counter({str(message.id): 1})


def test_a_provider_that_does_not_answer_is_asked_again_later(
    carrier: RunningCarrier, number: Sender, make_message: MakeMessage
) -> None:
    message = make_message()
    claim_and_die(carrier, number, message, after_sending=False)
    after_lease(message)
    carrier.faults(server_error=1.0)

    assert settle() == 0
    assert fresh(message).status is MessageStatus.UNKNOWN

    carrier.faults(server_error=0.0)
    after_lease(message)
    assert settle() == 1


def test_two_lost_messages_in_the_same_words_are_two_messages(
    carrier: RunningCarrier, number: Sender, make_message: MakeMessage
) -> None:
    sent, unsent = make_message(), make_message(row_number=3)
    claim_and_die(carrier, number, sent, after_sending=True)
    for message in (sent, unsent):
        after_lease(message, minutes=3)
        # the carrier's own clock says that it was accepted just now
        message.claimed_at = now() - timedelta(minutes=2)
    db.session.commit()

    assert settle() == 2
    send()

    assert {fresh(sent).status, fresh(unsent).status} <= {MessageStatus.SENT, MessageStatus.DELIVERED}
    assert len({sent.provider_id, unsent.provider_id}) == 2
    assert sum(accepted(carrier).values()) == 2


def test_two_that_settle_the_same_message_queue_it_once(
    carrier: RunningCarrier, number: Sender, make_message: MakeMessage
) -> None:
    message = make_message()
    claim_and_die(carrier, number, message, after_sending=False)
    after_lease(message)
    (slow,) = _take(10)
    after_lease(message)

    assert settle() == 1
    claim_block(Channel.SMS, new_id(), 10)

    assert give_back([GiveBack(slow.id, slow.claim, now())]) == frozenset()
    assert fresh(message).status is MessageStatus.SENDING


def test_a_lease_that_holds_is_left_alone(make_message: MakeMessage) -> None:
    message = make_message()
    claim_block(Channel.SMS, new_id(), 10)

    assert settle() == 0
    assert fresh(message).status is MessageStatus.SENDING


def test_another_companys_messages_are_left_alone(
    make_message: MakeMessage, other_company: Company, carrier: RunningCarrier
) -> None:
    message = make_message()
    claim_block(Channel.SMS, new_id(), 10)
    after_lease(message)

    with tenancy.company(other_company.id):
        assert settle() == 0
        db.session.commit()
    assert fresh(message).status is MessageStatus.SENDING


@pytest.fixture
def doubtful_mail(make_mail: MakeMessage) -> Message:
    """A mail of which nobody knows whether it was sent."""
    mail = make_mail()
    claim = new_id()
    claim_block(Channel.EMAIL, claim, 10)
    note_request([mail.id], claim)
    after_lease(mail, minutes=2)
    assert settle() == 0
    return fresh(mail)


def test_a_mail_that_was_claimed_and_not_asked_for_is_sent_again(
    carrier: RunningCarrier, make_mail: MakeMessage
) -> None:
    mail = make_mail()
    claim_block(Channel.EMAIL, new_id(), 10)
    after_lease(mail, minutes=2)

    assert settle() == 1
    assert (fresh(mail).status, mail.attempts) == (MessageStatus.QUEUED, 0)

    send()
    assert fresh(mail).requested_at is not None
    assert accepted(carrier) == Counter({str(mail.id): 1})


def test_a_mail_in_doubt_waits_for_its_events_and_then_for_a_person(doubtful_mail: Message) -> None:
    assert doubtful_mail.status is MessageStatus.UNKNOWN
    assert doubtful_mail.claimed_at is not None
    assert doubtful_mail.lease_until == doubtful_mail.claimed_at + timedelta(seconds=900)
    assert unknown_for_a_person() == []

    after_lease(doubtful_mail, minutes=16)
    assert settle() == 0

    assert fresh(doubtful_mail).lease_until is None
    assert [message.id for message in unknown_for_a_person()] == [doubtful_mail.id]
    assert settle() == 0


def test_a_person_can_have_it_sent_again(carrier: RunningCarrier, doubtful_mail: Message) -> None:
    after_lease(doubtful_mail, minutes=16)
    settle()

    send_again(doubtful_mail.id)
    send()

    assert fresh(doubtful_mail).status is MessageStatus.SENT
    assert accepted(carrier) == Counter({str(doubtful_mail.id): 1})
    with pytest.raises(DecidedError):
        send_again(doubtful_mail.id)


def test_a_person_can_give_it_up(doubtful_mail: Message) -> None:
    after_lease(doubtful_mail, minutes=16)
    settle()

    give_up(doubtful_mail.id)

    assert fresh(doubtful_mail).status is MessageStatus.FAILED
    assert [failure.code for failure in db.session.scalars(tenancy.rows(Failure))] == ["given_up"]
    with pytest.raises(DecidedError):
        give_up(doubtful_mail.id)


def test_what_is_not_a_persons_yet_cannot_be_decided(doubtful_mail: Message) -> None:
    with pytest.raises(DecidedError):
        send_again(doubtful_mail.id)
    with pytest.raises(tenancy.NotFoundError):
        give_up(new_id())


SENDER_PROCESS = """
import os, sys
from datetime import timedelta
from uuid import UUID
from app import create_app, tenancy
from app.clock import now
from app.delivery.engine import send_slice
with create_app().app_context(), tenancy.company(UUID(sys.argv[1])):
    print("begun", flush=True)
    send_slice(now() + timedelta(seconds=30))
"""


def test_a_sender_that_is_killed_loses_nothing_and_doubles_nothing(
    app: Flask, company: Company, carrier: RunningCarrier, make_message: MakeMessage
) -> None:
    messages = [make_message(row_number=row, endpoint=f"+1202555{row:04}") for row in range(1100, 1160)]
    carrier.faults(latency_ms=60)
    settings = app.config["SETTINGS"]
    names = ("database_url", "redis_url", "secret_key", "twilio_api_base", "twilio_account_sid", "twilio_auth_token")
    environment = {name.upper(): str(getattr(settings, name)) for name in names}
    sender = subprocess.Popen(
        [sys.executable, "-c", SENDER_PROCESS, str(company.id)],
        env={**os.environ, **environment, "SEND_CONCURRENCY": "4", "SEND_BLOCK": "40"},
        stdout=subprocess.PIPE,
    )
    carrier.eventually(lambda: sum(accepted(carrier).values()) > 10, seconds=20)
    os.kill(sender.pid, signal.SIGKILL)
    sender.communicate()

    carrier.faults(latency_ms=0)
    in_flight = [message for message in messages if fresh(message).status is MessageStatus.SENDING]
    assert in_flight, "the kill came too late to prove anything"
    for message in in_flight:
        after_lease(message)
    settle()
    send()

    done = {MessageStatus.SENT, MessageStatus.DELIVERED}
    assert {fresh(message).status for message in messages} <= done
    assert accepted(carrier) == Counter({str(message.id): 1 for message in messages})
