"""The books: what a chaos test reads to prove that nothing was lost and nothing sent twice."""

import requests
from twilio.rest.api.v2010.account.message import MessageInstance

from tests.simulator.carrier import RunningCarrier
from tests.simulator.receiver import Receiver

OURS = "+15005550100"
PERSON = "+12025550143"


def text(carrier: RunningCarrier, message_id: str, to: str = PERSON) -> MessageInstance:
    return carrier.twilio.messages.create(
        to=to, from_=OURS, body="Hello", status_callback=f"http://127.0.0.1:9/status?m={message_id}&x=1#rc=0"
    )


def mail(carrier: RunningCarrier, *message_ids: str) -> None:
    people = [
        {"to": [{"email": f"{message_id}@example.org"}], "custom_args": {"message_id": message_id}}
        for message_id in message_ids
    ]
    carrier.sendgrid.client.mail.send.post(
        request_body={
            "personalizations": people,
            "from": {"email": "c@example.com"},
            "subject": "s",
            "content": [{"type": "text/plain", "value": "t"}],
        }
    )


def test_a_line_says_who_what_when_and_how_often(carrier: RunningCarrier) -> None:
    sid = text(carrier, "id-1").sid
    line = carrier.line("id-1")
    assert (line["to"], line["from"], line["text"], line["channel"]) == (PERSON, OURS, "Hello", "sms")
    assert (line["accepted"], line["sids"]) == (1, [sid])
    assert line["accepted_at"][0].endswith("+00:00")


def test_the_same_id_accepted_twice_is_doubled(carrier: RunningCarrier) -> None:
    for message_id in ("id-1", "id-1", "id-2"):
        text(carrier, message_id)
    books = carrier.books()
    assert books["doubled"] == ["id-1"]
    assert {line["id"]: line["accepted"] for line in books["messages"]} == {"id-1": 2, "id-2": 1}


def test_sending_again_what_did_not_reach_anybody_is_not_doubling(carrier: RunningCarrier) -> None:
    carrier.faults(numbers={PERSON: 30003})
    text(carrier, "id-1")
    carrier.eventually(lambda: carrier.line("id-1")["status"] == "undelivered")
    carrier.faults(numbers={})
    text(carrier, "id-1")
    carrier.eventually(lambda: carrier.line("id-1")["status"] == "delivered")
    assert (carrier.line("id-1")["accepted"], carrier.line("id-1")["reached"]) == (2, 1)
    assert carrier.books()["doubled"] == []


def test_mails_are_known_by_their_custom_args(carrier: RunningCarrier) -> None:
    mail(carrier, "id-1", "id-2")
    assert (carrier.line("id-2")["to"], carrier.line("id-2")["channel"]) == ("id-2@example.org", "email")
    mail(carrier, "id-2")
    assert carrier.books()["doubled"] == ["id-2"]


def test_calls_are_known_by_their_callback(carrier: RunningCarrier) -> None:
    carrier.twilio.calls.create(
        to=PERSON, from_=OURS, twiml="<Response/>", status_callback="http://127.0.0.1:9/status?m=id-9"
    )
    assert carrier.line("id-9")["channel"] == "voice"


def test_what_carries_no_id_has_a_line_of_its_own(carrier: RunningCarrier) -> None:
    for _ in range(2):
        carrier.twilio.messages.create(to=PERSON, from_=OURS, body="x")
    lines = carrier.books()["messages"]
    assert [(line["id"], line["accepted"]) for line in lines] == [(None, 1), (None, 1)]
    assert carrier.books()["doubled"] == []


def test_totals_count_by_channel_and_status(carrier: RunningCarrier) -> None:
    text(carrier, "1")
    text(carrier, "2", "+12025550006")
    mail(carrier, "3")
    carrier.eventually(lambda: carrier.books()["totals"].get("email", {}).get("delivered"))
    carrier.eventually(lambda: carrier.books()["totals"]["sms"].get("delivered"))
    carrier.eventually(lambda: carrier.books()["totals"]["sms"].get("undelivered"))
    assert carrier.books()["totals"] == {
        "sms": {"accepted": 2, "delivered": 1, "undelivered": 1},
        "email": {"accepted": 1, "delivered": 1},
    }


def test_the_lines_can_be_left_out(carrier: RunningCarrier) -> None:
    answer = requests.get(f"{carrier.base_url}/_carrier/books?messages=no", timeout=5).json()
    assert "messages" not in answer
    assert answer["waiting"] == 0


def test_a_reset_forgets_messages_opt_outs_faults_and_what_was_still_to_come(
    carrier: RunningCarrier, receiver: Receiver
) -> None:
    number = carrier.twilio.incoming_phone_numbers.create(phone_number=OURS, sms_url=f"{receiver.base_url}/desk")
    carrier.people(confirm=1.0)
    carrier.faults(callback_reordered=1.0, latency_ms=1)
    carrier.write("+12025550199", OURS, "STOP")
    receiver.wait_for(1, "/desk")
    carrier.twilio.messages.create(
        to=PERSON, from_=OURS, body="Reply C to confirm", status_callback=f"{receiver.base_url}/status"
    )
    carrier.reset()
    books = carrier.books()
    assert (books["messages"], books["totals"], books["refused"], books["waiting"]) == ([], {}, {}, 0)
    assert requests.get(f"{carrier.base_url}/_carrier/faults", timeout=5).json()["latency_ms"] == 0
    assert carrier.twilio.messages.create(to="+12025550199", from_=OURS, body="x").sid
    assert [one.sid for one in carrier.twilio.incoming_phone_numbers.list()] == [number.sid]
    carrier.eventually(lambda: carrier.books()["totals"]["sms"].get("delivered"))
    assert len(receiver.received) == 1


def test_the_pace_can_be_changed(carrier: RunningCarrier) -> None:
    url = f"{carrier.base_url}/_carrier/speed"
    assert requests.post(url, json={"speed": 50}, timeout=5).json() == {"speed": 50.0}
    assert requests.post(url, json={"speed": 0}, timeout=5).status_code == 400


def test_an_inbound_text_needs_all_its_parts(carrier: RunningCarrier) -> None:
    url = f"{carrier.base_url}/_carrier/inbound"
    assert requests.post(url, json={"from": PERSON, "to": OURS}, timeout=5).status_code == 400
    assert requests.post(url, data="[]", timeout=5).status_code == 400
