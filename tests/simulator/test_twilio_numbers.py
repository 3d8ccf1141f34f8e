"""Numbers, Messaging Services, and what a person writes to them."""

from datetime import UTC, datetime, timedelta

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest.api.v2010.account.incoming_phone_number import IncomingPhoneNumberInstance
from twilio.rest.messaging.v1.service import ServiceInstance

from tests.simulator.carrier import RunningCarrier, running_carrier
from tests.simulator.receiver import Received, Receiver

OURS = "+15005550100"
PERSON = "+12025550143"


def buy(carrier: RunningCarrier, **settings: str) -> IncomingPhoneNumberInstance:
    return carrier.twilio.incoming_phone_numbers.create(**{"phone_number": OURS, **settings})


def test_a_number_is_bought_found_changed_and_given_back(carrier: RunningCarrier) -> None:
    number = buy(carrier, sms_url="http://127.0.0.1:1/sms", friendly_name="Front desk")
    assert (number.phone_number, number.sms_url) == (OURS, "http://127.0.0.1:1/sms")
    found = carrier.twilio.incoming_phone_numbers.list(phone_number=OURS)
    assert [one.friendly_name for one in found] == ["Front desk"]
    assert found[0].update(sms_url="http://127.0.0.1:2/sms").sms_url == "http://127.0.0.1:2/sms"
    assert found[0].delete()
    assert carrier.twilio.incoming_phone_numbers.list() == []


def test_a_number_is_sold_once(carrier: RunningCarrier) -> None:
    buy(carrier)
    with pytest.raises(TwilioRestException) as refusal:
        buy(carrier)
    assert refusal.value.code == 21422


def test_an_area_code_picks_a_free_number(carrier: RunningCarrier) -> None:
    first = carrier.twilio.incoming_phone_numbers.create(area_code="415")
    second = carrier.twilio.incoming_phone_numbers.create(area_code="415")
    assert first.phone_number.startswith("+1415")
    assert first.phone_number != second.phone_number


def test_only_bought_numbers_may_send_when_the_carrier_is_strict() -> None:
    with running_carrier(any_sender=False) as carrier:
        with pytest.raises(TwilioRestException) as refusal:
            carrier.twilio.messages.create(to=PERSON, from_=OURS, body="x")
        assert refusal.value.code == 21606
        buy(carrier)
        assert carrier.twilio.messages.create(to=PERSON, from_=OURS, body="x").status == "queued"


def test_what_a_person_writes_reaches_the_numbers_own_webhook_signed(
    carrier: RunningCarrier, receiver: Receiver
) -> None:
    buy(carrier, sms_url=f"{receiver.base_url}/desk?c=1")
    sid = carrier.write(PERSON, OURS, "C  ünïcode & more\nlines")
    one = receiver.wait_for(1, "/desk")[0]
    assert RequestValidator(carrier.config.twilio_auth_token).validate(
        f"{receiver.base_url}/desk?c=1", one.form, one.headers["x-twilio-signature"]
    )
    assert one.form["Body"] == "C  ünïcode & more\nlines"
    assert (one.form["From"], one.form["To"]) == (PERSON, OURS)
    assert one.form["MessageSid"] == one.form["SmsSid"] == one.form["SmsMessageSid"] == sid
    assert (one.form["SmsStatus"], one.form["NumMedia"], one.form["NumSegments"]) == ("received", "0", "1")
    assert carrier.twilio.messages(sid).fetch().direction == "inbound"


def test_numbers_that_nobody_bought_use_the_carriers_webhook(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.write(PERSON, "+15005550199", "hi")
    assert receiver.wait_for(1, "/sms")[0].form["To"] == "+15005550199"


def test_whatsapp_words_carry_the_profile(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.write(f"whatsapp:{PERSON}", f"whatsapp:{OURS}", "hi")
    form = receiver.wait_for(1, "/sms")[0].form
    assert (form["WaId"], form["MessageType"]) == (PERSON[1:], "text")
    assert form["ProfileName"]
    assert form["ExternalUserId"].startswith("whatsapp:")


@pytest.mark.parametrize("word", ["STOP", "stop", " Stop\n", "Unsubscribe", "CANCEL", "END", "QUIT"])
def test_an_opt_out_word_blocks_the_next_send_to_that_pair(carrier: RunningCarrier, word: str) -> None:
    carrier.write(PERSON, OURS, word)
    with pytest.raises(TwilioRestException) as refusal:
        carrier.twilio.messages.create(to=PERSON, from_=OURS, body="x")
    assert (refusal.value.status, refusal.value.code) == (400, 21610)
    assert carrier.twilio.messages.create(to=PERSON, from_="+15005550101", body="x").sid


@pytest.mark.parametrize("words", ["stop please", "X", "Yes", "please don't stop"])
def test_other_words_block_nothing(carrier: RunningCarrier, words: str) -> None:
    carrier.write(PERSON, OURS, words)
    assert carrier.twilio.messages.list(to=PERSON) == []
    assert carrier.twilio.messages.create(to=PERSON, from_=OURS, body="x").sid


def test_start_opens_the_way_again(carrier: RunningCarrier) -> None:
    carrier.write(PERSON, OURS, "STOP")
    carrier.write(PERSON, OURS, "START")
    assert carrier.twilio.messages.create(to=PERSON, from_=OURS, body="x").sid


def test_an_opt_out_is_answered_by_twilio_and_still_told(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.write(PERSON, OURS, "STOP")
    assert receiver.wait_for(1, "/sms")[0].form["Body"] == "STOP"
    directions = [text.direction for text in carrier.twilio.messages.list(to=PERSON)]
    assert directions == ["outbound-reply"]


def service_with_number(carrier: RunningCarrier, receiver: Receiver) -> ServiceInstance:
    number = buy(carrier, sms_url=f"{receiver.base_url}/own")
    service = carrier.twilio.messaging.v1.services.create(
        friendly_name="Reminders", inbound_request_url=f"{receiver.base_url}/pool"
    )
    with pytest.raises(TwilioRestException) as refusal:
        carrier.twilio.messages.create(to=PERSON, messaging_service_sid=service.sid, body="x")
    assert refusal.value.code == 21703
    carrier.twilio.messaging.v1.services(service.sid).phone_numbers.create(phone_number_sid=number.sid)
    return service


def test_a_service_accepts_first_and_picks_its_sender_later(carrier: RunningCarrier, receiver: Receiver) -> None:
    service = service_with_number(carrier, receiver)
    message = carrier.twilio.messages.create(
        to=PERSON,
        messaging_service_sid=service.sid,
        body="x",
        status_callback=f"{receiver.base_url}/status",
    )
    assert (message.status, message.from_, message.num_segments) == ("accepted", None, "0")
    told = receiver.wait_for(4, "/status")
    assert {one.form["MessageStatus"] for one in told} == {"queued", "sending", "sent", "delivered"}
    assert all(one.form["From"] == OURS and one.form["MessagingServiceSid"] == service.sid for one in told)


def test_a_service_takes_its_numbers_inbound_texts_and_opt_outs(carrier: RunningCarrier, receiver: Receiver) -> None:
    service = service_with_number(carrier, receiver)
    carrier.write(PERSON, OURS, "stop")
    form = receiver.wait_for(1, "/pool")[0].form
    assert (form["MessagingServiceSid"], form["OptOutType"]) == (service.sid, "STOP")
    for sender in ({"messaging_service_sid": service.sid}, {"from_": OURS}):
        with pytest.raises(TwilioRestException) as refusal:
            carrier.twilio.messages.create(to=PERSON, body="x", **sender)
        assert refusal.value.code == 21610


def test_a_schedule_needs_a_service_or_is_ignored(carrier: RunningCarrier, receiver: Receiver) -> None:
    service = service_with_number(carrier, receiver)
    at = datetime.now(UTC) + timedelta(hours=1)
    wanted = {"to": PERSON, "body": "x", "schedule_type": "fixed", "send_at": at}
    scheduled = carrier.twilio.messages.create(messaging_service_sid=service.sid, **wanted)
    at_once = carrier.twilio.messages.create(from_=OURS, **wanted)
    assert (scheduled.status, at_once.status) == ("scheduled", "queued")
    carrier.eventually(lambda: at_once.fetch().status == "delivered")
    assert scheduled.fetch().status == "scheduled"
    assert scheduled.update(status="canceled").status == "canceled"


def test_twiml_in_the_answer_is_sent_back_to_the_person(carrier: RunningCarrier, receiver: Receiver) -> None:
    def answer(_: Received) -> tuple[str, str]:
        return "text/xml", "<Response><Message>Thank you &amp; bye</Message></Response>"

    receiver.answer = answer
    carrier.write(PERSON, OURS, "hi")
    carrier.eventually(lambda: [text.body for text in carrier.twilio.messages.list(to=PERSON)] == ["Thank you & bye"])
