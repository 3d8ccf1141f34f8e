"""The Messages API, driven by Twilio's own SDK."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance, MessagePage

from tests.simulator.carrier import LocalHttpClient, RunningCarrier

OURS = "+15005550100"
PERSON = "+12025550143"


def send(carrier: RunningCarrier, **changes: object) -> MessageInstance:
    return carrier.twilio.messages.create(**{"to": PERSON, "from_": OURS, "body": "Hello", **changes})


def test_a_message_is_accepted_as_queued_and_not_yet_sent(carrier: RunningCarrier) -> None:
    message = send(carrier)
    assert message.sid.startswith("SM")
    assert len(message.sid) == 34
    assert (message.status, message.date_sent, message.error_code) == ("queued", None, None)
    assert (message.to, message.from_, message.body, message.num_segments) == (PERSON, OURS, "Hello", "1")


def test_a_message_climbs_the_ladder_to_delivered(carrier: RunningCarrier) -> None:
    sid = send(carrier).sid
    carrier.eventually(lambda: carrier.twilio.messages(sid).fetch().status == "delivered")
    assert carrier.twilio.messages(sid).fetch().date_sent is not None
    history = [status for _, status in carrier.books()["messages"][0]["history"]]
    assert history == ["queued", "sending", "sent", "delivered"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": ""}, 21604),
        ({"to": "5550143"}, 21211),
        ({"to": "+1202555014x"}, 21211),
        ({"from_": None}, 21603),
        ({"from_": "nobody!"}, 21212),
        ({"to": OURS}, 21266),
        ({"body": None}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"status_callback": "not a url"}, 21609),
        ({"validity_period": 0}, 90014),
        ({"validity_period": 36001}, 90014),
        ({"from_": None, "messaging_service_sid": "MG" + "0" * 32}, 21705),
        ({"from_": f"whatsapp:{OURS}"}, 21910),
        ({"body": None, "content_sid": "HX" + "0" * 32, "content_variables": "{"}, 21656),
        ({"schedule_type": "fixed"}, 35111),
        ({"schedule_type": "fixed", "send_at": datetime(2020, 1, 1, tzinfo=UTC)}, 35114),
    ],
)
def test_a_wrong_request_is_refused_with_twilios_code(
    carrier: RunningCarrier, changes: dict[str, object], code: int
) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        send(carrier, **changes)
    assert (refusal.value.status, refusal.value.code) == (400, code)
    assert carrier.books()["messages"] == []


def test_a_refusal_has_the_shape_of_twilios_errors(carrier: RunningCarrier) -> None:
    account = carrier.config.twilio_account_sid
    answer = requests.post(
        f"{carrier.base_url}/2010-04-01/Accounts/{account}/Messages.json",
        auth=(account, carrier.config.twilio_auth_token),
        data={"To": PERSON},
        timeout=5,
    )
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message", "more_info", "status"}


def test_a_json_body_is_no_form_and_asks_for_nothing(carrier: RunningCarrier) -> None:
    account = carrier.config.twilio_account_sid
    answer = requests.post(
        f"{carrier.base_url}/2010-04-01/Accounts/{account}/Messages.json",
        auth=(account, carrier.config.twilio_auth_token),
        json={"To": PERSON, "From": OURS, "Body": "x"},
        timeout=5,
    )
    assert answer.json()["code"] == 21604


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_wrong_token_is_refused(carrier: RunningCarrier, token: str) -> None:
    stranger = Client(carrier.config.twilio_account_sid, token or "none", http_client=LocalHttpClient(carrier.base_url))
    with pytest.raises(TwilioRestException) as refusal:
        stranger.messages.create(to=PERSON, from_=OURS, body="x")
    assert (refusal.value.status, refusal.value.code) == (401, 20003)


def test_another_account_is_not_found(carrier: RunningCarrier) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        carrier.twilio.api.v2010.accounts("AC" + "9" * 32).messages.create(to=PERSON, from_=OURS, body="x")
    assert refusal.value.code == 20404


def test_the_account_can_be_fetched_to_check_credentials(carrier: RunningCarrier) -> None:
    assert carrier.twilio.api.v2010.accounts(carrier.config.twilio_account_sid).fetch().status == "active"


def test_long_and_unicode_bodies_are_counted_in_segments(carrier: RunningCarrier) -> None:
    assert send(carrier, body="a" * 161).num_segments == "2"
    assert send(carrier, body="Grüße 👋" * 10).num_segments == "2"


def test_a_list_is_newest_first_and_filtered_by_person(carrier: RunningCarrier) -> None:
    for number in range(3):
        send(carrier, body=f"text {number}")
    send(carrier, to="+12025550199")
    assert [text.body for text in carrier.twilio.messages.list(to=PERSON)] == ["text 2", "text 1", "text 0"]
    assert len(carrier.twilio.messages.list(from_=OURS)) == 4
    assert carrier.twilio.messages.list(to="+12025550000") == []


def test_a_list_is_paged(carrier: RunningCarrier) -> None:
    for number in range(7):
        send(carrier, body=str(number))
    pages = [[text.body for text in page] for page in _pages(carrier)]
    assert pages == [["6", "5", "4"], ["3", "2", "1"], ["0"]]
    assert len(carrier.twilio.messages.list(page_size=2)) == 7


def _pages(carrier: RunningCarrier) -> Iterator[MessagePage]:
    page = carrier.twilio.messages.page(to=PERSON, page_size=3)
    while page:
        yield page
        page = page.next_page()


def test_a_filter_by_date_sent_does_not_see_what_is_still_queued(carrier: RunningCarrier) -> None:
    carrier.faults(queue_seconds=30_000)
    send(carrier)
    today = datetime.now(UTC)
    assert carrier.twilio.messages.list(date_sent_after=today - timedelta(days=1)) == []
    carrier.faults(queue_seconds=0)
    sid = send(carrier).sid
    carrier.eventually(lambda: carrier.twilio.messages(sid).fetch().date_sent)
    assert [text.sid for text in carrier.twilio.messages.list(date_sent_after=today - timedelta(days=1))] == [sid]
    assert carrier.twilio.messages.list(date_sent_before=today - timedelta(days=1)) == []
    assert [text.sid for text in carrier.twilio.messages.list(date_sent=today.date())] == [sid]


def test_a_queued_message_can_be_canceled_and_a_delivered_one_cannot(carrier: RunningCarrier) -> None:
    carrier.faults(queue_seconds=30_000)
    queued = send(carrier)
    assert queued.update(status="canceled").status == "canceled"
    carrier.faults(queue_seconds=0)
    delivered = send(carrier)
    carrier.eventually(lambda: delivered.fetch().status == "delivered")
    with pytest.raises(TwilioRestException) as refusal:
        delivered.update(status="canceled")
    assert refusal.value.code == 30409
    assert queued.fetch().status == "canceled"


def test_a_canceled_message_never_goes_out(carrier: RunningCarrier) -> None:
    carrier.faults(queue_seconds=20)
    message = send(carrier)
    message.update(status="canceled")
    time.sleep(0.5)
    history = [status for _, status in carrier.books()["messages"][0]["history"]]
    assert history == ["queued", "canceled"]


def test_a_body_can_be_redacted(carrier: RunningCarrier) -> None:
    message = send(carrier)
    assert message.update(body="").body == ""
    assert message.fetch().body == ""


def test_a_validity_that_the_queue_outlasts_ends_as_failed_30036(carrier: RunningCarrier) -> None:
    carrier.faults(queue_seconds=60)
    message = send(carrier, validity_period=10)
    carrier.eventually(lambda: message.fetch().status == "failed")
    assert message.fetch().error_code == 30036
    assert message.fetch().date_sent is None


def test_an_unknown_message_is_not_found(carrier: RunningCarrier) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        carrier.twilio.messages("SM" + "0" * 32).fetch()
    assert (refusal.value.status, refusal.value.code) == (404, 20404)


def test_free_whatsapp_text_needs_a_word_from_the_person_in_the_last_24_hours(carrier: RunningCarrier) -> None:
    pair = {"to": f"whatsapp:{PERSON}", "from_": f"whatsapp:{OURS}"}
    late = send(carrier, **pair)
    carrier.eventually(lambda: late.fetch().status == "failed")
    assert late.fetch().error_code == 63016
    carrier.write(f"whatsapp:{PERSON}", f"whatsapp:{OURS}", "hello?")
    in_time = send(carrier, **pair)
    carrier.eventually(lambda: in_time.fetch().status == "delivered")


def test_a_whatsapp_template_may_be_sent_at_any_time_and_is_read(carrier: RunningCarrier) -> None:
    carrier.people(reads=1.0)
    message = carrier.twilio.messages.create(
        to=f"whatsapp:{PERSON}",
        from_=f"whatsapp:{OURS}",
        content_sid="HX" + "a" * 32,
        content_variables=json.dumps({"1": "Ann", "2": "Friday"}),
    )
    carrier.eventually(lambda: message.fetch().status == "read")
    assert "Friday" in message.fetch().body


def test_a_messenger_address_is_taken(carrier: RunningCarrier) -> None:
    carrier.write("messenger:555001", "messenger:777001", "hi")
    message = send(carrier, to="messenger:555001", from_="messenger:777001")
    carrier.eventually(lambda: message.fetch().status == "delivered")
