"""People: what they understand, and what they do."""

from collections import Counter
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest.api.v2010.account.message import MessageInstance

from simulator.people.shares import Intent, Shares
from simulator.people.texting import what_to_say
from simulator.people.understanding import FormFinder, anchors, links, options
from tests.simulator.carrier import RunningCarrier, running_carrier
from tests.simulator.receiver import Received, Receiver

OURS = "+15005550100"
PERSON = "+12025550143"
ASKING = "Ann, you have an appointment on Friday. Reply C to confirm, X to cancel, R to reschedule."


def text(carrier: RunningCarrier, body: str = ASKING, to: str = PERSON) -> MessageInstance:
    return carrier.twilio.messages.create(to=to, from_=OURS, body=body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (ASKING, {Intent.CONFIRM: "C", Intent.CANCEL: "X", Intent.RESCHEDULE: "R"}),
        ("Reply 1 to confirm or 2 to cancel", {Intent.CONFIRM: "1", Intent.CANCEL: "2"}),
        ('Reply "YES" to confirm. Reply STOP to unsubscribe.', {Intent.CONFIRM: "YES", Intent.STOP: "STOP"}),
        ("To confirm, press 1. To cancel, press 2.", {Intent.CONFIRM: "1", Intent.CANCEL: "2"}),
        ("See you on Friday", {}),
    ],
)
def test_a_person_finds_the_word_for_each_option(body: str, expected: dict[Intent, str]) -> None:
    assert options(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "To confirm: https://c.example/a/xSTOPendx. To cancel: https://c.example/a/y",
            {Intent.CONFIRM: "https://c.example/a/xSTOPendx", Intent.CANCEL: "https://c.example/a/y"},
        ),
        ("https://c.example/reschedule/abc", {Intent.RESCHEDULE: "https://c.example/reschedule/abc"}),
        (
            "Ask for another time: https://c.example/a/z\n\nNo more reminders: https://c.example/a/s",
            {Intent.RESCHEDULE: "https://c.example/a/z", Intent.STOP: "https://c.example/a/s"},
        ),
        ("Read https://c.example/news", {}),
    ],
)
def test_a_person_finds_the_link_for_each_option(body: str, expected: dict[Intent, str]) -> None:
    assert links(body) == expected


def test_the_links_of_an_html_part_are_named_by_their_words() -> None:
    html = '<p><a class="b" href="https://c.example/a?x=1&amp;y=2"><b>Confirm</b></a> or <a href="https://c.example/b">cancel</a>'
    assert links(anchors(html)) == {
        Intent.CONFIRM: "https://c.example/a?x=1&y=2",
        Intent.CANCEL: "https://c.example/b",
    }


def test_the_first_button_of_a_form_is_pressed() -> None:
    finder = FormFinder()
    finder.feed(
        "<form action='/search'><input name=q value=1></form>"
        "<form method='POST' action='/a/1'><input type=hidden name=csrf_token value='t&amp;1'>"
        "<input type=checkbox name=sure><button name=choice value=yes>Yes</button>"
        "<button name=choice value=no>No</button></form><input name=late value=1>"
    )
    assert finder.action == "/a/1"
    assert finder.values == {"csrf_token": "t&1", "choice": "yes"}


def test_people_spell_in_several_ways() -> None:
    said = {what_to_say(Intent.CONFIRM, ASKING, draw / 100) for draw in range(100)}
    assert {"C", "c", " C "} <= said
    assert {word.strip(" .\n").upper() for word in said} == {"C"}


def test_people_use_the_words_of_the_message() -> None:
    assert what_to_say(Intent.CANCEL, "Reply 1 to confirm, 2 to cancel", 0.0) == "2"
    assert what_to_say(Intent.CANCEL, "Please reply", 0.0) == "X"


def test_shares_hold_over_many_people() -> None:
    shares = Shares(confirm=0.5, cancel=0.1, reschedule=0.1, stop=0.05, unclear=0.05)
    done = Counter(shares.intent(1, f"+1202555{number:04d}") for number in range(4000))
    assert abs(done[Intent.CONFIRM] / 4000 - 0.5) < 0.04
    assert abs(done[Intent.STOP] / 4000 - 0.05) < 0.02
    assert abs(done[Intent.SILENCE] / 4000 - 0.2) < 0.04


def test_the_same_seed_gives_the_same_people_and_another_gives_others() -> None:
    def people(seed: int) -> list[Intent]:
        return [Shares().intent(seed, str(number)) for number in range(100)]

    assert people(1) == people(1)
    assert people(1) != people(2)


@pytest.mark.parametrize("wrong", [{"confirm": 1.1}, {"confirm": 0.6, "cancel": 0.6}, {"opens": -1}, {"busy": "x"}])
def test_impossible_shares_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"share|number"):
        Shares(**{"confirm": 0.0, **wrong})


@pytest.mark.parametrize(("share", "word"), [("confirm", "C"), ("cancel", "X"), ("reschedule", "R"), ("stop", "STOP")])
def test_an_asked_person_replies(carrier: RunningCarrier, receiver: Receiver, share: str, word: str) -> None:
    carrier.people(**{share: 1.0})
    text(carrier)
    form = receiver.wait_for(1, "/sms")[0].form
    assert (form["From"], form["To"]) == (PERSON, OURS)
    said = form["Body"].strip(" .\n").upper()
    assert said == word or (word == "STOP" and said == "UNSUBSCRIBE")
    assert carrier.books()["replies"] == {share: 1}


def test_after_stop_the_next_send_is_refused(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.people(stop=1.0)
    text(carrier)
    receiver.wait_for(1, "/sms")
    with pytest.raises(TwilioRestException) as refusal:
        text(carrier)
    assert refusal.value.code == 21610


def test_a_text_that_asks_nothing_gets_no_reply(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.people(confirm=1.0)
    message = text(carrier, "See you on Friday")
    carrier.eventually(lambda: message.fetch().status == "delivered")
    assert carrier.books()["replies"] == {}


def test_nobody_replies_to_what_they_did_not_get(carrier: RunningCarrier) -> None:
    carrier.people(confirm=1.0)
    message = text(carrier, to="+12025550006")
    carrier.eventually(lambda: message.fetch().status == "undelivered")
    assert carrier.books()["replies"] == {}


def test_twilios_own_words_about_stopping_are_not_answered(carrier: RunningCarrier) -> None:
    carrier.people(confirm=1.0)
    carrier.write(PERSON, OURS, "STOP")
    carrier.eventually(lambda: carrier.twilio.messages.list(to=PERSON)[0].status == "delivered")
    assert carrier.books()["replies"] == {}


def test_people_on_messenger_reply_too(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.people(confirm=1.0)
    carrier.write("5550001112", "1002003004", "hi")
    requests.post(
        f"{carrier.base_url}/v25.0/1002003004/messages",
        headers={"Authorization": f"Bearer {carrier.config.meta_page_token}"},
        json={"recipient": {"id": "5550001112"}, "message": {"text": ASKING}},
        timeout=5,
    )
    carrier.eventually(lambda: carrier.books()["replies"] == {"confirm": 1})
    assert b'"C' in receiver.wait_for(3, "/meta")[-1].body.upper()


def mail_with_links(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.sendgrid.client.mail.send.post(
        request_body={
            "personalizations": [{"to": [{"email": "ann@example.org"}]}],
            "from": {"email": "clinic@example.com"},
            "subject": "s",
            "content": [
                {
                    "type": "text/plain",
                    "value": f"To confirm: {receiver.base_url}/a/1\nTo cancel: {receiver.base_url}/a/2",
                }
            ],
        }
    )


def test_a_reader_of_mail_may_follow_the_link_and_press_the_button(carrier: RunningCarrier, receiver: Receiver) -> None:
    def answer(one: Received) -> tuple[str, str]:
        if one.method == "GET":
            return (
                "text/html",
                "<form method=post action='/a/1/yes'><input type=hidden name=t value=v><button>Yes</button></form>",
            )
        return "text/html", "<p>Thank you</p>"

    receiver.answer = answer
    carrier.people(confirm=1.0, follows_links=1.0)
    mail_with_links(carrier, receiver)
    pressed = receiver.wait_for(1, "/a/1/yes")[0]
    assert (pressed.method, pressed.form) == ("POST", {"t": "v"})
    assert [one.method for one in receiver.wait_for(1, "/a/1")] == ["GET"]
    kinds = [
        event for one in receiver.received if one.path == "/events" for event in one.body.decode().split('"event": ')
    ]
    assert any(kind.startswith('"click"') for kind in kinds)


def test_links_are_left_alone_by_default(carrier: RunningCarrier, receiver: Receiver) -> None:
    carrier.people(confirm=1.0, opens=1.0)
    mail_with_links(carrier, receiver)
    carrier.eventually(lambda: any(b'"open"' in one.body for one in receiver.received))
    assert {one.path for one in receiver.received} == {"/events"}


def test_shares_are_read_and_changed_through_the_admin_api(carrier: RunningCarrier) -> None:
    assert carrier.people(confirm=0.25)["confirm"] == 0.25
    assert requests.get(f"{carrier.base_url}/_carrier/people", timeout=5).json()["confirm"] == 0.25
    answer = requests.post(f"{carrier.base_url}/_carrier/people", json={"confirm": 2}, timeout=5)
    assert answer.status_code == 400


def test_people_answer_alike_in_two_carriers_of_one_seed(receiver: Receiver) -> None:
    def answers() -> dict[str, int]:
        with running_carrier(sms_url=f"{receiver.base_url}/sms", shares=Shares()) as carrier:
            for number in range(40):
                text(carrier, to=f"+120255501{number:02d}")
            carrier.eventually(lambda: sum(carrier.books()["replies"].values()) == 40)
            replies: dict[str, int] = carrier.books()["replies"]
            return replies

    assert answers() == answers()
