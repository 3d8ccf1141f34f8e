"""Status callbacks: signed as Twilio signs, retried as Twilio retries."""

import socket

import pytest
from twilio.request_validator import RequestValidator
from twilio.rest.api.v2010.account.message import MessageInstance

from simulator.twilio.signing import KINDS, retry_rule, sign
from tests.simulator.carrier import RunningCarrier
from tests.simulator.receiver import Received, Receiver

OURS = "+15005550100"
PERSON = "+12025550143"


def send(carrier: RunningCarrier, url: str, **changes: object) -> MessageInstance:
    return carrier.twilio.messages.create(
        **{"to": PERSON, "from_": OURS, "body": "Hello", "status_callback": url, **changes}
    )


def is_signed(carrier: RunningCarrier, receiver: Receiver, one: Received) -> bool:
    validator = RequestValidator(carrier.config.twilio_auth_token)
    return validator.validate(receiver.base_url + one.target, one.form, one.headers["x-twilio-signature"])


def test_every_step_but_the_first_is_told(carrier: RunningCarrier, receiver: Receiver) -> None:
    sid = send(carrier, f"{receiver.base_url}/status?m=abc").sid
    told = [one.form for one in receiver.wait_for(3, "/status")]
    assert {form["MessageStatus"] for form in told} == {"sending", "sent", "delivered"}
    assert all(form["MessageSid"] == form["SmsSid"] == sid for form in told)
    assert all(form["To"] == PERSON and form["From"] == OURS for form in told)
    assert all(form["AccountSid"] == carrier.config.twilio_account_sid for form in told)
    assert all("ErrorCode" not in form for form in told)


@pytest.mark.parametrize("query", ["m=1", "n=J%C3%BCrgen", "n=a%3Ab&x=1%202", "n=a%2Bb", ""])
def test_callbacks_satisfy_twilios_own_validator(carrier: RunningCarrier, receiver: Receiver, query: str) -> None:
    send(carrier, f"{receiver.base_url}/status?{query}".rstrip("?"))
    for one in receiver.wait_for(3, "/status"):
        assert is_signed(carrier, receiver, one)


def test_a_changed_parameter_breaks_the_signature(carrier: RunningCarrier, receiver: Receiver) -> None:
    send(carrier, f"{receiver.base_url}/status")
    one = receiver.wait_for(1, "/status")[0]
    forged = {**one.form, "MessageStatus": "failed"}
    validator = RequestValidator(carrier.config.twilio_auth_token)
    assert not validator.validate(receiver.base_url + one.target, forged, one.headers["x-twilio-signature"])


def test_a_signature_is_the_one_that_twilio_documents() -> None:
    url = "https://example.com/myapp"
    parameters = {"CallSid": "CA123", "Caller": "+14158675310", "Digits": "1234", "To": "+18005551212"}
    assert sign("12345", url, parameters) == RequestValidator("12345").compute_signature(url, parameters)


def test_the_fragment_is_neither_sent_nor_signed(carrier: RunningCarrier, receiver: Receiver) -> None:
    send(carrier, f"{receiver.base_url}/status?m=1#rc=5&rp=all")
    one = receiver.wait_for(1, "/status")[0]
    assert one.target == "/status?m=1"
    assert is_signed(carrier, receiver, one)


def test_an_error_of_ours_is_not_retried_unless_the_fragment_says_so(
    carrier: RunningCarrier, receiver: Receiver
) -> None:
    receiver.statuses.extend([503] * 3)
    send(carrier, f"{receiver.base_url}/status")
    carrier.eventually(lambda: carrier.books()["callbacks"].get("given_up") == 3)
    assert len(receiver.received) == 3


def test_retries_carry_one_token_and_stop_when_one_is_taken(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.faults(numbers={PERSON: 30001})
    receiver.statuses.extend([500, 503])
    send(carrier, f"{receiver.base_url}/status#rc=4&rp=5xx")
    tries = receiver.wait_for(3, "/status")
    carrier.eventually(lambda: carrier.books()["waiting"] == 0)
    assert len(receiver.received) == 3
    assert len({one.headers["i-twilio-idempotency-token"] for one in tries}) == 1
    assert carrier.books()["callbacks"]["retried"] == 2


def test_every_callback_has_a_token_of_its_own(carrier: RunningCarrier, receiver: Receiver) -> None:
    send(carrier, f"{receiver.base_url}/status")
    told = receiver.wait_for(3, "/status")
    assert len({one.headers["i-twilio-idempotency-token"] for one in told}) == 3


def test_retries_end_after_the_count_in_the_fragment(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.faults(numbers={PERSON: 30001})
    receiver.statuses.extend([500] * 10)
    send(carrier, f"{receiver.base_url}/status#rc=2&rp=all")
    carrier.eventually(lambda: carrier.books()["callbacks"].get("given_up") == 1)
    assert len(receiver.received) == 3


def test_a_failed_connection_is_tried_once_more(carrier: RunningCarrier) -> None:
    carrier.faults(numbers={PERSON: 30001})
    send(carrier, "http://127.0.0.1:9/status")
    carrier.eventually(lambda: carrier.books()["callbacks"].get("given_up") == 1)
    assert carrier.books()["callbacks"]["ct"] == 2


def test_overrides_are_read_from_the_fragment_and_wrong_ones_ignored() -> None:
    usual = retry_rule("")
    assert (usual.retries, usual.on, usual.connect_timeout, usual.read_timeout) == (1, {"ct"}, 5.0, 15.0)
    set_all = retry_rule("rc=5&rp=all&ct=2000&rt=3000")
    assert (set_all.retries, set_all.on, set_all.connect_timeout, set_all.read_timeout) == (5, KINDS, 2.0, 3.0)
    assert retry_rule("rp=4xx,5xx,rt").on == {"4xx", "5xx", "rt"}
    wrong = retry_rule("rc=50&ct=1&rt=99999&rp=never")
    assert (wrong.retries, wrong.connect_timeout, wrong.read_timeout, wrong.on) == (1, 5.0, 15.0, frozenset())


def test_an_undelivered_message_tells_its_code(carrier: RunningCarrier, receiver: Receiver) -> None:
    send(carrier, f"{receiver.base_url}/status", to="+12025550006")
    last = next(one.form for one in receiver.wait_for(3, "/status") if one.form["MessageStatus"] == "undelivered")
    assert last["ErrorCode"] == "30006"
    assert last["ErrorMessage"]
    assert len(last["RawDlrDoneDate"]) == 10


def test_whatsapp_callbacks_name_the_channel(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.people(reads=1.0)
    carrier.write(f"whatsapp:{PERSON}", f"whatsapp:{OURS}", "hi")
    send(carrier, f"{receiver.base_url}/status", to=f"whatsapp:{PERSON}", from_=f"whatsapp:{OURS}")
    read = receiver.wait_for(4, "/status")[-1].form
    assert read["ChannelPrefix"] == "whatsapp"
    assert read["ChannelToAddress"] == PERSON
    assert {one.form["EventType"] for one in receiver.wait_for(4, "/status")} >= {"DELIVERED", "READ"}


def test_the_api_answers_while_the_application_hangs(carrier: RunningCarrier) -> None:
    """A socket that takes connections and says nothing: what an application looks like that is stuck."""
    with socket.socket() as stuck:
        stuck.bind(("127.0.0.1", 0))
        stuck.listen(100)
        url = f"http://127.0.0.1:{stuck.getsockname()[1]}/status"
        for _ in range(60):
            assert send(carrier, url).status == "queued"
        carrier.eventually(lambda: carrier.books()["waiting"] >= 60)
