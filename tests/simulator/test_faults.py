"""Every fault: what the caller sees, and what the books say really happened."""

import json
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from tests.simulator.carrier import RunningCarrier
from tests.simulator.receiver import Receiver

OURS = "+15005550100"
PERSON = "+12025550143"


def text(carrier: RunningCarrier, receiver: Receiver, timeout: float = 5.0, message_id: str = "1") -> requests.Response:
    account = carrier.config.twilio_account_sid
    return requests.post(
        f"{carrier.base_url}/2010-04-01/Accounts/{account}/Messages.json",
        auth=(account, carrier.config.twilio_auth_token),
        data={
            "To": PERSON,
            "From": OURS,
            "Body": "x",
            "StatusCallback": f"{receiver.base_url}/status?m={message_id}",
        },
        timeout=timeout,
    )


def mail(carrier: RunningCarrier) -> requests.Response:
    return requests.post(
        f"{carrier.base_url}/v3/mail/send",
        headers={"Authorization": f"Bearer {carrier.config.sendgrid_api_key}"},
        json={
            "personalizations": [{"to": [{"email": "a@example.org"}], "custom_args": {"m": "1"}}],
            "from": {"email": "c@example.com"},
            "subject": "s",
            "content": [{"type": "text/plain", "value": "t"}],
        },
        timeout=5,
    )


def chat(carrier: RunningCarrier) -> requests.Response:
    return requests.post(
        f"{carrier.base_url}/v25.0/1002003004/messages",
        headers={"Authorization": f"Bearer {carrier.config.meta_page_token}"},
        json={"recipient": {"id": "5550001112"}, "message": {"text": "x"}},
        timeout=5,
    )


def accepted(carrier: RunningCarrier) -> int:
    return len(carrier.books()["messages"])


def test_a_429_asks_to_wait_and_accepts_nothing(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.faults(too_many_requests=1.0, retry_after=7)
    answer = text(carrier, receiver)
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (429, 20429, "7")
    answer = mail(carrier)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (429, None)
    assert 5 <= int(answer.headers["X-RateLimit-Reset"]) - time.time() <= 8
    assert answer.headers["X-RateLimit-Remaining"] == "0"
    assert chat(carrier).json()["error"]["code"] == 613
    assert accepted(carrier) == 0
    assert carrier.books()["refused"]["429"] == 3


def test_a_server_error_can_accept_nothing(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.faults(server_error=1.0)
    assert (text(carrier, receiver).status_code, mail(carrier).status_code, chat(carrier).status_code) == (503,) * 3
    assert accepted(carrier) == 0


def test_a_server_error_can_hide_that_it_was_accepted(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.faults(server_error_after_accept=1.0)
    assert (text(carrier, receiver).status_code, mail(carrier).status_code) == (500, 500)
    assert accepted(carrier) == 1
    assert carrier.line("1")["accepted"] == 2


def test_a_connection_can_be_reset_before_anything_is_accepted(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.faults(reset=1.0)
    with pytest.raises(requests.ConnectionError):
        text(carrier, receiver)
    assert accepted(carrier) == 0


def test_a_reset_is_a_reset_and_no_orderly_end(carrier: RunningCarrier) -> None:
    carrier.faults(reset=1.0)
    address = urlsplit(carrier.base_url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(b"POST /v3/mail/send HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            connection.recv(100)


def test_a_connection_can_be_reset_after_it_was_accepted(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.faults(reset_after_accept=1.0)
    with pytest.raises(requests.ConnectionError):
        text(carrier, receiver)
    assert carrier.line("1")["accepted"] == 1
    assert {one.form["MessageStatus"] for one in receiver.wait_for(3, "/status")} >= {"delivered"}


def test_an_accepted_message_can_be_left_without_an_answer(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.faults(silence_after_accept=1.0)
    with pytest.raises(requests.ReadTimeout):
        text(carrier, receiver, timeout=0.3)
    assert carrier.line("1")["accepted"] == 1
    assert receiver.wait_for(3, "/status")
    account = carrier.config.twilio_account_sid
    assert [found.to for found in carrier.twilio.api.v2010.accounts(account).messages.list(to=PERSON)] == [PERSON]


def test_answers_can_be_slow(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.faults(latency_ms=150)
    begun = time.monotonic()
    assert text(carrier, receiver).status_code == 201
    assert time.monotonic() - begun >= 0.15


def test_a_rate_hits_about_its_share_of_requests(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.faults(too_many_requests=0.3)
    hit = sum(text(carrier, receiver, message_id=str(n)).status_code == 429 for n in range(200))
    assert 30 <= hit <= 90
    assert accepted(carrier) == 200 - hit


def test_faults_can_be_kept_to_one_provider(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.faults(server_error=1.0, providers=["sendgrid"])
    assert (text(carrier, receiver).status_code, mail(carrier).status_code) == (201, 503)


def test_settings_of_the_account_meet_no_faults(carrier: RunningCarrier) -> None:
    carrier.faults(server_error=1.0, reset=1.0)
    assert carrier.twilio.incoming_phone_numbers.create(phone_number=OURS).sid


def test_callbacks_can_be_lost(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.faults(callback_lost=1.0)
    text(carrier, receiver)
    mail(carrier)
    carrier.eventually(lambda: carrier.books()["callbacks"].get("lost") == 5)
    assert receiver.received == []
    assert carrier.books()["totals"]["sms"]["delivered"] == 1


def test_callbacks_can_come_twice(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.faults(callback_doubled=1.0)
    text(carrier, receiver)
    told = [one.form["MessageStatus"] for one in receiver.wait_for(6, "/status")]
    assert sorted(told) == ["delivered", "delivered", "sending", "sending", "sent", "sent"]


def test_events_can_come_twice_under_one_id(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.faults(callback_doubled=1.0)
    mail(carrier)
    carrier.eventually(lambda: sum(len(json.loads(one.body)) for one in receiver.received) == 4)
    ids = [event["sg_event_id"] for one in receiver.received for event in json.loads(one.body)]
    assert len(set(ids)) == 2


def test_a_persons_words_can_come_twice_but_are_never_lost(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.faults(callback_doubled=1.0, callback_lost=1.0)
    sid = carrier.write(PERSON, OURS, "C")
    assert [one.form["MessageSid"] for one in receiver.wait_for(2, "/sms")] == [sid, sid]


def test_callbacks_can_come_out_of_order(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.faults(callback_reordered=0.5)
    for n in range(20):
        text(carrier, receiver, message_id=str(n))
    told = receiver.wait_for(60, "/status")
    ranks = {"sending": 0, "sent": 1, "delivered": 2}
    orders = [[ranks[one.form["MessageStatus"]] for one in told if one.query["m"] == str(n)] for n in range(20)]
    assert all(sorted(order) == [0, 1, 2] for order in orders)
    assert any(order != [0, 1, 2] for order in orders)


@pytest.mark.parametrize("code", [21610, 21614, 21211])
def test_a_number_can_be_refused_with_a_code(carrier: RunningCarrier, code: int) -> None:
    carrier.faults(numbers={PERSON: code})
    with pytest.raises(TwilioRestException) as refusal:
        carrier.twilio.messages.create(to=PERSON, from_=OURS, body="x")
    assert refusal.value.code == code
    assert carrier.twilio.messages.create(to="+12025550199", from_=OURS, body="x").sid


@pytest.mark.parametrize(("code", "end"), [(30003, "undelivered"), (30001, "failed"), (63018, "failed")])
def test_a_number_can_fail_later_with_a_code(carrier: RunningCarrier, code: int, end: str) -> None:
    carrier.faults(numbers={PERSON: code})
    message = carrier.twilio.messages.create(to=PERSON, from_=OURS, body="x")
    carrier.eventually(lambda: message.fetch().status == end)
    assert message.fetch().error_code == code


@pytest.mark.parametrize("ending", ["0003", "0004", "0005", "0006", "0007", "0008"])
def test_magic_endings_come_back_undelivered(carrier: RunningCarrier, ending: str) -> None:
    message = carrier.twilio.messages.create(to=f"+1202555{ending}", from_=OURS, body="x")
    carrier.eventually(lambda: message.fetch().status == "undelivered")
    assert message.fetch().error_code == 30_000 + int(ending)


@pytest.mark.parametrize(("ending", "code"), [("0010", 21610), ("0011", 21211), ("0012", 21408), ("0014", 21614)])
def test_magic_endings_are_refused(carrier: RunningCarrier, ending: str, code: int) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        carrier.twilio.messages.create(to=f"+1202555{ending}", from_=OURS, body="x")
    assert refusal.value.code == code


def test_magic_endings_can_be_switched_off(carrier: RunningCarrier) -> None:
    carrier.faults(endings={})
    message = carrier.twilio.messages.create(to="+12025550006", from_=OURS, body="x")
    carrier.eventually(lambda: message.fetch().status == "delivered")


def test_faults_are_read_changed_and_ended(carrier: RunningCarrier) -> None:
    url = f"{carrier.base_url}/_carrier/faults"
    assert carrier.faults(server_error=0.5)["server_error"] == 0.5
    assert carrier.faults(latency_ms=3)["server_error"] == 0.5
    assert requests.get(url, timeout=5).json()["latency_ms"] == 3
    assert requests.delete(url, timeout=5).json()["server_error"] == 0.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"server_error": 1.5},
        {"server_error": "often"},
        {"latency_ms": -1},
        {"nonsense": 1},
        {"numbers": {"+1": "x"}},
        {"providers": ["nobody"]},
    ],
)
def test_a_wrong_fault_is_refused_and_changes_nothing(carrier: RunningCarrier, wrong: dict[str, Any]) -> None:
    before = requests.get(f"{carrier.base_url}/_carrier/faults", timeout=5).json()
    answer = requests.post(f"{carrier.base_url}/_carrier/faults", json=wrong, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert requests.get(f"{carrier.base_url}/_carrier/faults", timeout=5).json() == before
