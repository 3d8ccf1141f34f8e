"""Meta's Send API and webhook, for Messenger and Instagram."""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
import requests

from tests.simulator.carrier import RunningCarrier
from tests.simulator.receiver import Receiver

PAGE = "100200300400"
ACCOUNT = "17841400000000001"
PERSON = "5550001112223"


def post(carrier: RunningCarrier, ours: str = PAGE, token: str | None = None, **changes: Any) -> requests.Response:
    return requests.post(
        f"{carrier.base_url}/v25.0/{ours}/messages",
        json={"messaging_type": "RESPONSE", "recipient": {"id": PERSON}, "message": {"text": "Hello"}, **changes},
        headers={"Authorization": f"Bearer {token or carrier.config.meta_page_token}"},
        timeout=5,
    )


def events(receiver: Receiver, count: int) -> list[dict[str, Any]]:
    return [json.loads(one.body) for one in receiver.wait_for(count, "/meta")]


@pytest.mark.parametrize(("ours", "kind"), [(PAGE, "page"), (ACCOUNT, "instagram")])
def test_what_a_person_writes_is_told_signed(carrier: RunningCarrier, receiver: Receiver, ours: str, kind: str) -> None:
    mid = carrier.write(PERSON, ours, "Grüße")
    one = receiver.wait_for(1, "/meta")[0]
    expected = hmac.new(carrier.config.meta_app_secret.encode(), one.body, hashlib.sha256).hexdigest()
    assert one.headers["x-hub-signature-256"] == f"sha256={expected}"
    assert b"\\u00fc" in one.body
    told = json.loads(one.body)
    assert (told["object"], told["entry"][0]["id"]) == (kind, ours)
    messaging = told["entry"][0]["messaging"][0]
    assert messaging["sender"] == {"id": PERSON}
    assert messaging["message"] == {"mid": mid, "text": "Grüße"}


def test_an_answer_to_somebody_who_wrote_is_sent_and_delivered(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.people(reads=1.0)
    carrier.write(PERSON, PAGE, "hi")
    answer = post(carrier, message={"text": "Hello", "metadata": "id-1"}).json()
    assert answer["recipient_id"] == PERSON
    told = [event["entry"][0]["messaging"][0] for event in events(receiver, 3)]
    delivery = next(event["delivery"] for event in told if "delivery" in event)
    assert delivery["mids"] == [answer["message_id"]]
    assert next(event["read"] for event in told if "read" in event)["watermark"] >= delivery["watermark"]
    assert carrier.line("id-1")["status"] == "read"


def test_instagram_echoes_our_own_words_and_tells_no_delivery(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.people(reads=1.0)
    carrier.write(PERSON, ACCOUNT, "hi")
    mid = post(carrier, ACCOUNT).json()["message_id"]
    told = [event["entry"][0]["messaging"][0] for event in events(receiver, 3)]
    assert [event["message"]["mid"] for event in told if event.get("message", {}).get("is_echo")] == [mid]
    assert [event["read"] for event in told if "read" in event] == [{"mid": mid}]
    assert not any("delivery" in event for event in told)


def test_a_message_to_somebody_who_never_wrote_is_refused(carrier: RunningCarrier) -> None:
    error = post(carrier).json()["error"]
    assert (error["code"], error["error_subcode"]) == (100, 2018001)
    assert set(error) == {"message", "type", "code", "error_subcode", "fbtrace_id"}


@pytest.mark.parametrize(("ours", "subcode"), [(PAGE, 2018278), (ACCOUNT, 2534022)])
def test_after_24_hours_only_a_human_agent_may_write(carrier: RunningCarrier, ours: str, subcode: int) -> None:
    carrier.write(PERSON, ours, "hi")
    carrier.carrier.books.last_words[PERSON, ours] = time.time() - 25 * 3600
    error = post(carrier, ours).json()["error"]
    assert (error["code"], error["error_subcode"]) == (10, subcode)
    assert post(carrier, ours, messaging_type="MESSAGE_TAG", tag="HUMAN_AGENT").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"tag": "ACCOUNT_UPDATE", "messaging_type": "MESSAGE_TAG"},
        {"recipient": {"id": "somebody"}},
        {"recipient": None},
        {"message": {}},
        {"message": {"text": "x" * 2001}},
    ],
)
def test_a_wrong_message_is_refused(carrier: RunningCarrier, changes: dict[str, Any]) -> None:
    carrier.write(PERSON, PAGE, "hi")
    answer = post(carrier, **changes)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


def test_instagram_counts_bytes(carrier: RunningCarrier) -> None:
    carrier.write(PERSON, ACCOUNT, "hi")
    assert post(carrier, ACCOUNT, message={"text": "ü" * 501}).json()["error"]["code"] == 100
    assert post(carrier, ACCOUNT, message={"text": "ü" * 500}).status_code == 200


def test_the_token_may_come_in_the_header_the_query_or_the_body(carrier: RunningCarrier) -> None:
    carrier.write(PERSON, PAGE, "hi")
    assert post(carrier, token="wrong").json()["error"]["code"] == 190
    url = f"{carrier.base_url}/v25.0/{PAGE}/messages"
    wanted = {"recipient": {"id": PERSON}, "message": {"text": "x"}}
    token = {"access_token": carrier.config.meta_page_token}
    assert requests.post(url, params=token, json=wanted, timeout=5).status_code == 200
    assert requests.post(url, json={**wanted, **token}, timeout=5).status_code == 200
    assert requests.post(url, json=wanted, timeout=5).json()["error"]["code"] == 190


def test_a_person_can_be_unavailable(carrier: RunningCarrier) -> None:
    carrier.write(PERSON, PAGE, "hi")
    carrier.faults(numbers={PERSON: 551})
    error = post(carrier).json()["error"]
    assert (error["code"], error["error_subcode"]) == (551, 1545041)


def subscribe(carrier: RunningCarrier, url: str) -> dict[str, Any]:
    return requests.post(
        f"{carrier.base_url}/v25.0/900900/subscriptions",
        json={"object": "page", "callback_url": url, "verify_token": "secret"},
        headers={"Authorization": f"Bearer {carrier.config.meta_page_token}"},
        timeout=5,
    ).json()


def test_a_webhook_is_set_only_when_it_echoes_the_challenge(carrier: RunningCarrier, receiver: Receiver) -> None:
    assert subscribe(carrier, f"{receiver.base_url}/new")["error"]["code"] == 2200
    receiver.answer = lambda one: ("text/plain", one.query.get("hub.challenge", ""))
    assert subscribe(carrier, f"{receiver.base_url}/new?x=1") == {"success": True}
    asked = receiver.received[-1]
    assert asked.query["hub.mode"] == "subscribe"
    assert asked.query["hub.verify_token"] == "secret"
    carrier.write(PERSON, PAGE, "hi")
    assert [one.method for one in receiver.wait_for(3, "/new")] == ["GET", "GET", "POST"]
