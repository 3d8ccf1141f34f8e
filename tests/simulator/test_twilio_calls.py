"""Calls: dialled, answered, listened to and hung up."""

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest.api.v2010.account.call import CallInstance
from twilio.twiml.voice_response import Gather, VoiceResponse

from tests.simulator.carrier import RunningCarrier
from tests.simulator.receiver import Received, Receiver

OURS = "+15005550100"
PERSON = "+12025550143"
ALL_EVENTS = ["initiated", "ringing", "answered", "completed"]


def reminder(action: str = "/digits?m=7", **options: object) -> str:
    response = VoiceResponse()
    gather = Gather(num_digits=1, timeout=5, action=action, **options)
    gather.say("This is Northside Clinics. Press 1 to confirm, 2 to cancel, 3 to reschedule, 9 to stop these calls.")
    response.append(gather)
    response.say("Goodbye.")
    return str(response)


def call(carrier: RunningCarrier, receiver: Receiver, **changes: object) -> CallInstance:
    return carrier.twilio.calls.create(
        **{"to": PERSON, "from_": OURS, "url": f"{receiver.base_url}/twiml?m=7", **changes}
    )


@pytest.fixture
def script(receiver: Receiver) -> None:
    """The application answers /twiml with the reminder and /digits with thanks."""

    def answer(one: Received) -> tuple[str, str]:
        if one.path == "/twiml":
            return "text/xml", reminder()
        return "text/xml", "<Response><Say>Thank you.</Say><Hangup/></Response>"

    receiver.answer = answer


@pytest.mark.usefixtures("script")
@pytest.mark.parametrize(("share", "digit"), [("confirm", "1"), ("cancel", "2"), ("reschedule", "3"), ("stop", "9")])
def test_a_person_presses_the_key_for_what_they_want(
    carrier: RunningCarrier, receiver: Receiver, share: str, digit: str
) -> None:
    carrier.people(**{share: 1.0})
    sid = call(carrier, receiver).sid
    pressed = receiver.wait_for(1, "/digits")[0]
    assert (pressed.form["Digits"], pressed.form["CallSid"], pressed.query) == (digit, sid, {"m": "7"})
    assert RequestValidator(carrier.config.twilio_auth_token).validate(
        receiver.base_url + pressed.target, pressed.form, pressed.headers["x-twilio-signature"]
    )
    carrier.eventually(lambda: carrier.twilio.calls(sid).fetch().status == "completed")
    assert carrier.line("7")["text"].endswith("Thank you.")


@pytest.mark.usefixtures("script")
def test_a_silent_person_hears_the_rest_and_nothing_is_posted(carrier: RunningCarrier, receiver: Receiver) -> None:
    sid = call(carrier, receiver).sid
    carrier.eventually(lambda: carrier.twilio.calls(sid).fetch().status == "completed")
    assert [one.path for one in receiver.received] == ["/twiml"]
    assert carrier.line("7")["text"].endswith("Goodbye.")


def test_an_empty_result_is_posted_when_asked_for(carrier: RunningCarrier, receiver: Receiver) -> None:
    call(carrier, receiver, url=None, twiml=reminder(f"{receiver.base_url}/digits", action_on_empty_result=True))
    assert receiver.wait_for(1, "/digits")[0].form["Digits"] == ""


@pytest.mark.usefixtures("script")
def test_events_are_told_in_sequence_when_asked_for(carrier: RunningCarrier, receiver: Receiver) -> None:
    call(carrier, receiver, status_callback=f"{receiver.base_url}/status", status_callback_event=ALL_EVENTS)
    told = sorted((one.form for one in receiver.wait_for(4, "/status")), key=lambda form: form["SequenceNumber"])
    assert [form["CallStatus"] for form in told] == ["initiated", "ringing", "in-progress", "completed"]
    assert all(form["CallbackSource"] == "call-progress-events" for form in told)
    assert int(told[-1]["CallDuration"]) >= 1


@pytest.mark.usefixtures("script")
def test_only_the_end_is_told_by_default(carrier: RunningCarrier, receiver: Receiver) -> None:
    sid = call(carrier, receiver, status_callback=f"{receiver.base_url}/status").sid
    carrier.eventually(lambda: carrier.twilio.calls(sid).fetch().status == "completed")
    assert [one.form["CallStatus"] for one in receiver.wait_for(1, "/status")] == ["completed"]


@pytest.mark.parametrize(
    ("to", "status"),
    [("+12025550022", "busy"), ("+12025550023", "no-answer"), ("+12025550005", "failed")],
)
def test_magic_numbers_do_not_pick_up(carrier: RunningCarrier, receiver: Receiver, to: str, status: str) -> None:
    sid = call(carrier, receiver, to=to).sid
    carrier.eventually(lambda: carrier.twilio.calls(sid).fetch().status == status)
    assert receiver.received == []


@pytest.mark.usefixtures("script")
def test_machine_detection_tells_who_answered(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.people(confirm=1.0)
    call(carrier, receiver, machine_detection="Enable")
    assert receiver.wait_for(1, "/twiml")[0].form["AnsweredBy"] == "human"
    machine = call(carrier, receiver, to="+12025550024", machine_detection="DetectMessageEnd").sid
    assert receiver.wait_for(2, "/twiml")[1].form["AnsweredBy"] == "machine_end_beep"
    carrier.eventually(lambda: carrier.twilio.calls(machine).fetch().status == "completed")
    assert len(receiver.wait_for(1, "/digits")) == 1


@pytest.mark.usefixtures("script")
def test_asynchronous_machine_detection_has_its_own_callback(carrier: RunningCarrier, receiver: Receiver) -> None:
    call(
        carrier,
        receiver,
        machine_detection="Enable",
        async_amd="true",
        async_amd_status_callback=f"{receiver.base_url}/amd",
    )
    assert receiver.wait_for(1, "/amd")[0].form["AnsweredBy"] == "human"
    assert "AnsweredBy" not in receiver.wait_for(1, "/twiml")[0].form


def test_a_call_whose_script_is_broken_still_ends(carrier: RunningCarrier, receiver: Receiver) -> None:
    receiver.answer = lambda _: ("text/xml", "<Response><Say>")
    sid = call(carrier, receiver).sid
    carrier.eventually(lambda: carrier.twilio.calls(sid).fetch().status == "completed")
    assert "application error" in carrier.line("7")["text"]


def test_a_script_that_never_ends_is_hung_up_on(carrier: RunningCarrier, receiver: Receiver) -> None:
    receiver.answer = lambda _: ("text/xml", "<Response><Redirect>/again</Redirect></Response>")
    sid = call(carrier, receiver).sid
    carrier.eventually(lambda: carrier.twilio.calls(sid).fetch().status == "completed")
    assert 5 < len(receiver.received) < 20


def test_a_call_can_be_canceled_while_it_is_queued(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.carrier.pace.speed = 0.01
    made = call(carrier, receiver)
    assert made.update(status="canceled").status == "canceled"
    with pytest.raises(TwilioRestException) as refusal:
        made.update(status="completed")
    assert refusal.value.code == 21220


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": "", "twiml": "<Response/>"}, 21201),
        ({"to": "202", "twiml": "<Response/>"}, 21211),
        ({"from_": "", "twiml": "<Response/>"}, 21213),
        ({"url": None}, 21205),
        ({"url": "ftp://example.com/x"}, 21205),
        ({"url": None, "twiml": "x" * 4001}, 21205),
    ],
)
def test_a_wrong_call_is_refused(
    carrier: RunningCarrier, receiver: Receiver, changes: dict[str, object], code: int
) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        call(carrier, receiver, **changes)
    assert refusal.value.code == code


def test_calls_are_listed_by_person(carrier: RunningCarrier, receiver: Receiver) -> None:
    sid = call(carrier, receiver).sid
    call(carrier, receiver, to="+12025550199")
    assert [one.sid for one in carrier.twilio.calls.list(to=PERSON)] == [sid]
