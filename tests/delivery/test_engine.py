"""A slice of sending: what is due reaches the provider once, and what the provider says is written down."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from threading import Thread

import pytest
from flask import Flask

from app import suppressions, tenancy
from app.channels.registry import DRIVERS
from app.clock import now
from app.delivery.engine import send_slice
from app.extensions import db
from app.models import Channel, Company, Failure, Message, MessageStatus, Sender, TallyKind
from tests import factories
from tests.delivery.conftest import MakeMessage, Tune, fresh, tallied
from tests.delivery.rude_server import HANG, answer, rude_server
from tests.simulator.carrier import RunningCarrier

pytestmark = pytest.mark.usefixtures("number", "mailbox")


def send(seconds: float = 5) -> bool:
    return send_slice(now() + timedelta(seconds=seconds))


def failure_of(message: Message) -> Failure:
    return db.session.scalars(tenancy.rows(Failure).where(Failure.message_id == message.id)).one()


def due_now(messages: Sequence[Message]) -> None:
    """Ends the wait for another attempt."""
    for message in messages:
        db.session.refresh(message)
        message.not_before = now()
    db.session.commit()


def accepted(carrier: RunningCarrier) -> Counter[str]:
    """How often the carrier accepted each of our messages."""
    return Counter({line["id"]: line["accepted"] for line in carrier.books()["messages"]})


def test_a_text_that_is_due_is_sent_and_has_its_sid(
    carrier: RunningCarrier, number: Sender, make_message: MakeMessage
) -> None:
    message = make_message(window_closes_at=now() + timedelta(hours=1))

    assert send() is False

    line = carrier.line(str(message.id))
    assert (line["to"], line["from"], line["text"]) == (message.endpoint, number.address, message.body)
    sent = fresh(message)
    assert (sent.status, [sent.provider_id], sent.attempts) == (MessageStatus.SENT, line["sids"], 1)
    assert sent.sent_at is not None
    assert (sent.claim, sent.lease_until) == (None, None)
    assert tallied() == {(TallyKind.MESSAGE, "sent"): 1}


def test_mails_travel_together_and_each_is_one_persons(
    carrier: RunningCarrier, company: Company, mailbox: Sender, make_mail: MakeMessage
) -> None:
    mails = [make_mail(row_number=row, endpoint=f"p{row}@example.com", body=f"Hello {row}") for row in range(2, 12)]

    send()

    assert {fresh(mail).status for mail in mails} == {MessageStatus.SENT}
    assert len({mail.provider_id for mail in mails}) == 1
    got = {mail.app_id: (mail.to, mail.sender, mail.subject, mail.text) for mail in carrier.carrier.books.mails}
    assert got == {str(mail.id): (mail.endpoint, mailbox.address, "Your visit", mail.body) for mail in mails}


def test_what_is_not_due_waits(carrier: RunningCarrier, make_message: MakeMessage) -> None:
    early = make_message(not_before=now() + timedelta(minutes=5))
    staged = make_message(status=MessageStatus.STAGED, row_number=3)

    assert send() is False

    assert accepted(carrier) == Counter()
    assert (fresh(early).status, fresh(staged).status) == (MessageStatus.QUEUED, MessageStatus.STAGED)


def test_another_company_is_left_alone(
    carrier: RunningCarrier, other_company: Company, make_message: MakeMessage
) -> None:
    message = make_message()

    with tenancy.company(other_company.id):
        assert send() is False

    assert accepted(carrier) == Counter()
    assert fresh(message).status is MessageStatus.QUEUED


@pytest.mark.parametrize("fault", ["too_many_requests", "server_error"])
def test_what_was_not_accepted_waits_as_long_as_the_provider_asks(
    carrier: RunningCarrier, make_message: MakeMessage, fault: str
) -> None:
    message = make_message()
    carrier.faults(**{fault: 1.0}, retry_after=30)

    send()

    waiting = fresh(message)
    assert (waiting.status, waiting.attempts, waiting.claim) == (MessageStatus.QUEUED, 1, None)
    assert waiting.error_code in {"20429", "20503", "provider_busy"}
    wait = waiting.not_before - now()
    if fault == "too_many_requests":
        assert timedelta(seconds=25) < wait < timedelta(seconds=40)
    else:
        assert timedelta() < wait < timedelta(seconds=2)

    carrier.faults(too_many_requests=0.0, server_error=0.0)
    due_now([message])
    send()
    assert fresh(message).status is MessageStatus.SENT
    assert accepted(carrier) == Counter({str(message.id): 1})


def test_attempts_end_with_the_last_reason(carrier: RunningCarrier, make_message: MakeMessage) -> None:
    message = make_message(attempts=23)
    carrier.faults(server_error=1.0)

    send()

    failed = fresh(message)
    assert (failed.status, failed.attempts) == (MessageStatus.FAILED, 24)
    failure = failure_of(failed)
    assert (failure.code, failure.facts["attempts"]) == (failed.error_code, 24)


def test_a_message_that_no_attempt_ever_came_back_from_is_ended(
    carrier: RunningCarrier, make_message: MakeMessage
) -> None:
    message = make_message(attempts=24, error_code=None)

    send()

    assert fresh(message).status is MessageStatus.FAILED
    assert failure_of(message).code == "attempts_used_up"
    assert accepted(carrier) == Counter()


def test_no_connection_is_not_an_attempt_in_doubt(tune: Tune, make_message: MakeMessage) -> None:
    tune(twilio_api_base="http://127.0.0.1:9")
    message = make_message()

    send()

    assert (fresh(message).status, message.error_code) == (MessageStatus.QUEUED, "unreachable")


@pytest.mark.parametrize("fault", ["silence_after_accept", "server_error_after_accept", "reset_after_accept", "reset"])
def test_what_may_have_been_accepted_is_unknown_and_not_sent_again(
    carrier: RunningCarrier, make_message: MakeMessage, fault: str
) -> None:
    message = make_message()
    carrier.faults(**{fault: 1.0})

    send(1)
    carrier.faults(**{fault: 0.0})
    send(1)

    doubtful = fresh(message)
    assert (doubtful.status, doubtful.error_code) == (MessageStatus.UNKNOWN, "no_answer")
    assert doubtful.claim is not None
    assert sum(accepted(carrier).values()) == (0 if fault == "reset" else 1)


def test_a_person_who_opted_out_is_suppressed(carrier: RunningCarrier, make_message: MakeMessage) -> None:
    message = make_message(endpoint="+12025550010")

    send()

    assert (fresh(message).status, message.error_code) == (MessageStatus.FAILED, "21610")
    assert failure_of(message).code == "21610"
    assert suppressions.suppressed(Channel.SMS, {message.endpoint}) == {message.endpoint}


def test_a_number_that_is_none_fails_and_says_why(carrier: RunningCarrier, make_message: MakeMessage) -> None:
    message = make_message(endpoint="+12025550011")

    send()

    failure = failure_of(fresh(message))
    assert (message.status, failure.code) == (MessageStatus.FAILED, "21211")
    assert failure.facts["http_status"] == 400
    assert failure.facts["provider_says"]


def test_the_companys_own_trouble_holds_messages_back(
    carrier: RunningCarrier, tune: Tune, make_message: MakeMessage
) -> None:
    tune(twilio_auth_token="wrong")
    message = make_message()

    send()

    held = fresh(message)
    assert (held.status, held.error_code) == (MessageStatus.QUEUED, "20003")
    assert held.not_before - now() > timedelta(minutes=4)


def test_a_mail_that_the_provider_refuses_does_not_take_others_with_it(
    carrier: RunningCarrier, make_mail: MakeMessage
) -> None:
    good = [make_mail(row_number=row, endpoint=f"p{row}@example.com") for row in range(2, 6)]
    bad = make_mail(row_number=7, endpoint="not an address")

    send()
    due_now(good)
    send()

    assert (fresh(bad).status, failure_of(bad).code) == (MessageStatus.FAILED, "refused")
    assert {fresh(mail).status for mail in good} == {MessageStatus.SENT}
    assert accepted(carrier) == Counter({str(mail.id): 1 for mail in good})


def test_a_poison_message_fails_alone(carrier: RunningCarrier, make_mail: MakeMessage) -> None:
    good = [make_mail(row_number=row, endpoint=f"p{row}@example.com") for row in range(2, 9)]
    poison = make_mail(row_number=10, endpoint="bob@example.com", subject=None)

    send()

    assert failure_of(fresh(poison)).code == "subject_missing"
    assert {fresh(mail).status for mail in good} == {MessageStatus.SENT}


def test_a_defect_of_a_channel_fails_the_message_and_not_the_block(
    carrier: RunningCarrier, make_message: MakeMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine, poison = make_message(), make_message(row_number=3, body="poison")
    driver = DRIVERS[Channel.SMS]
    requests = type(driver).requests

    def defective(self, batch):  # type: ignore[no-untyped-def]
        if any(message.body == "poison" for message in batch):
            raise ZeroDivisionError
        return requests(self, batch)

    monkeypatch.setattr(type(driver), "requests", defective)
    send()

    assert fresh(fine).status is MessageStatus.SENT
    assert failure_of(fresh(poison)).code == "request_impossible"


def test_an_answer_that_breaks_the_reader_leaves_the_message_in_doubt(
    carrier: RunningCarrier, make_message: MakeMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = make_message()
    monkeypatch.setattr(type(DRIVERS[Channel.SMS]), "outcomes", lambda *_: 1 / 0)

    send(1)

    assert fresh(message).status is MessageStatus.UNKNOWN


def test_senders_at_once_never_send_the_same_message(
    app: Flask, carrier: RunningCarrier, company: Company, make_message: MakeMessage, tune: Tune
) -> None:
    tune(send_block=7, send_concurrency=3)
    messages = [make_message(row_number=row, endpoint=f"+1202555{row:04}") for row in range(1100, 1220)]

    def work() -> None:
        with app.app_context(), tenancy.company(company.id):
            send(20)

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert accepted(carrier) == Counter({str(message.id): 1 for message in messages})
    assert tallied() == {(TallyKind.MESSAGE, "sent"): 120}


def test_what_the_deadline_catches_unsent_is_given_back(tune: Tune, make_message: MakeMessage) -> None:
    messages = [make_message(row_number=row) for row in range(2, 8)]
    with rude_server(lambda _: HANG) as server:
        tune(twilio_api_base=server.url, send_concurrency=2, send_timeout_seconds=1.0)
        assert send(0.5) is True

    states = Counter((fresh(message).status, message.attempts, message.claim is None) for message in messages)
    assert states == Counter({(MessageStatus.UNKNOWN, 1, False): 2, (MessageStatus.QUEUED, 0, True): 4})
    assert len(server.asked) == 2


def test_nothing_is_started_that_its_lease_does_not_cover(tune: Tune, make_message: MakeMessage) -> None:
    messages = [make_message(row_number=row) for row in range(2, 6)]
    with rude_server(lambda _: HANG) as server:
        tune(twilio_api_base=server.url, send_concurrency=1, send_timeout_seconds=1.0, lease_seconds=4)
        send(1.5)

    # the first took a second to time out; then no lease of its block covered another second's wait
    assert Counter(fresh(message).status for message in messages)[MessageStatus.UNKNOWN] <= 2
    assert len(server.asked) <= 2


def test_a_run_ends_with_its_last_message(carrier: RunningCarrier, make_message: MakeMessage) -> None:
    message = make_message(endpoint="+12025550011")

    send()

    run = fresh(message).run_id
    assert tenancy.get(factories.Run, run, for_update=True).finished_at is not None


def test_no_transaction_is_open_while_the_provider_is_waited_for(
    app: Flask, tune: Tune, make_message: MakeMessage
) -> None:
    make_message()
    idle: list[int] = []

    def look(_: object) -> bytes:
        with app.app_context(), db.engine.connect() as connection:
            open_ones = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
            )
            idle.append(connection.scalar(db.text(open_ones)) or 0)
        return answer("201 Created", '{"sid": "SM1"}')

    with rude_server(look) as server:
        tune(twilio_api_base=server.url, send_timeout_seconds=5.0)
        send()

    assert idle == [0]
