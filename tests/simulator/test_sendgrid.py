"""SendGrid's mail/send and event webhook, driven by its own SDK."""

import json
import time
from typing import Any

import pytest
import requests
from python_http_client.client import Response
from python_http_client.exceptions import BadRequestsError, NotFoundError, UnauthorizedError
from sendgrid import SendGridAPIClient
from sendgrid.helpers.eventwebhook import EventWebhook
from sendgrid.helpers.mail import CustomArg, Mail, Personalization, Substitution, To

from tests.simulator.carrier import RunningCarrier
from tests.simulator.receiver import Received, Receiver


def request_for(*people: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "personalizations": list(people),
        "from": {"email": "clinic@example.com"},
        "subject": "Your appointment",
        "content": [
            {"type": "text/plain", "value": "Hello -name-"},
            {"type": "text/html", "value": "<p>Hello -name-</p>"},
        ],
        **changes,
    }


def person(address: str, **more: Any) -> dict[str, Any]:
    return {"to": [{"email": address}], **more}


def send(carrier: RunningCarrier, *people: dict[str, Any], **changes: Any) -> Response:
    return carrier.sendgrid.client.mail.send.post(request_body=request_for(*people, **changes))


def events_of(received: list[Received]) -> list[dict[str, Any]]:
    return [event for one in received for event in json.loads(one.body)]


def wait_for_events(carrier: RunningCarrier, receiver: Receiver, count: int) -> list[dict[str, Any]]:
    carrier.eventually(lambda: len(events_of(list(receiver.received))) >= count)
    return events_of(receiver.received)


def test_a_mail_built_with_the_sdk_is_accepted_and_filled_in(carrier: RunningCarrier) -> None:
    mail = Mail(from_email="clinic@example.com", subject="Hi -name-", plain_text_content="Dear -name-")
    for name in ("Ann", "Bob"):
        each = Personalization()
        each.add_to(To(f"{name.lower()}@example.org", name))
        each.add_substitution(Substitution("-name-", name))
        each.add_custom_arg(CustomArg("m", f"id-{name}"))
        mail.add_personalization(each)
    answer = carrier.sendgrid.send(mail)
    assert answer.status_code == 202
    assert len(answer.headers["X-Message-Id"]) == 22
    boxes = carrier.carrier.books.mailboxes
    assert [(mail.subject, mail.text) for mail in boxes["bob@example.org"]] == [("Hi Bob", "Dear Bob")]
    assert carrier.line("id-Ann")["to"] == "ann@example.org"


def test_events_come_signed_in_an_array_that_ends_in_crlf(carrier: RunningCarrier, receiver: Receiver) -> None:
    send(carrier, person("ann@example.org"))
    for one in receiver.wait_for(1, "/events"):
        signature = one.headers["x-twilio-email-event-webhook-signature"]
        timestamp = one.headers["x-twilio-email-event-webhook-timestamp"]
        webhook = EventWebhook(carrier.event_public_key)
        assert webhook.verify_signature(one.body.decode(), signature, timestamp)
        assert not webhook.verify_signature(one.body.decode().strip(), signature, timestamp)
        assert one.body.endswith(b"]\r\n")
        assert isinstance(json.loads(one.body), list)


def test_custom_args_come_back_flattened_and_never_at_somebody_else(
    carrier: RunningCarrier, receiver: Receiver
) -> None:
    send(
        carrier,
        person("ann@example.org", custom_args={"m": "1", "only_ann": "yes"}),
        person("bob@example.org", custom_args={"m": "2"}),
        custom_args={"company": "c", "m": "root"},
    )
    for event in wait_for_events(carrier, receiver, 4):
        is_ann = event["email"] == "ann@example.org"
        assert event["m"] == ("1" if is_ann else "2")
        assert event["company"] == "c"
        assert ("only_ann" in event) == is_ann


def test_a_mail_is_processed_then_delivered_under_the_requests_id(carrier: RunningCarrier, receiver: Receiver) -> None:
    message_id = send(carrier, person("ann@example.org"), categories=["reminder"]).headers["X-Message-Id"]
    events = wait_for_events(carrier, receiver, 2)
    assert [event["event"] for event in events] == ["processed", "delivered"]
    assert {event["sg_message_id"].split(".")[0] for event in events} == {message_id}
    assert len({event["sg_event_id"] for event in events}) == 2
    assert all(abs(event["timestamp"] - time.time()) < 60 and event["smtp-id"] for event in events)
    assert events[1]["response"]
    assert events[1]["category"] == ["reminder"]


def test_a_thousand_people_in_one_request_get_their_own_mail(carrier: RunningCarrier, receiver: Receiver) -> None:
    people = [person(f"p{n}@example.org", custom_args={"m": str(n)}) for n in range(1000)]
    assert send(carrier, *people).status_code == 202
    events = wait_for_events(carrier, receiver, 2000)
    assert {(event["m"], event["email"]) for event in events} == {(str(n), f"p{n}@example.org") for n in range(1000)}


@pytest.mark.parametrize(
    ("domain", "kinds"),
    [
        ("bounce.example.org", ["processed", "bounce"]),
        ("blocked.example.org", ["processed", "bounce"]),
        ("dropped.example.org", ["dropped"]),
        ("deferred.example.org", ["processed", "deferred", "deferred", "delivered"]),
        ("spam.example.org", ["processed", "delivered", "spamreport"]),
        ("unsubscribe.example.org", ["processed", "delivered", "unsubscribe"]),
        ("late-bounce.example.org", ["processed", "delivered", "bounce"]),
    ],
)
def test_the_domain_decides_what_becomes_of_a_mail(
    carrier: RunningCarrier, receiver: Receiver, domain: str, kinds: list[str]
) -> None:
    send(carrier, person(f"ann@{domain}", custom_args={"m": "1"}))
    events = wait_for_events(carrier, receiver, len(kinds))
    assert sorted(event["event"] for event in events) == sorted(kinds)
    last = next(event for event in events if event["event"] == kinds[-1])
    assert last["m"] == "1"
    if last["event"] == "bounce":
        assert last["type"] == ("blocked" if domain.startswith("blocked") else "bounce")
        assert last["reason"]
        assert ("sg_message_id" in last) == (not domain.startswith("late"))


def test_a_bounced_address_is_dropped_next_time(carrier: RunningCarrier, receiver: Receiver) -> None:
    send(carrier, person("ann@bounce.example.org"))
    wait_for_events(carrier, receiver, 2)
    send(carrier, person("ann@bounce.example.org"))
    dropped = wait_for_events(carrier, receiver, 3)[-1]
    assert (dropped["event"], dropped["reason"]) == ("dropped", "Bounced Address")


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (request_for(), "personalizations"),
        (request_for(*[person(f"p{n}@example.org") for n in range(1001)]), "personalizations"),
        (request_for(person("ann@example.org"), person("nobody")), "personalizations.1.to.0.email"),
        (request_for({"to": []}), "personalizations.0.to"),
        (request_for(person("ann@example.org"), person("ANN@example.org")), "personalizations.1.to"),
        (request_for(person("a@example.org", custom_args={"m": 7})), "personalizations.0.custom_args"),
        (request_for(person("a@example.org", custom_args={"email": "x"})), "personalizations.0.custom_args"),
        (request_for(person("a@example.org", custom_args={"m": "x" * 10_001})), "personalizations.0.custom_args"),
        (request_for(person("a@example.org", substitutions={"-n-": None})), "personalizations.0.substitutions"),
        (request_for(person("a@example.org", headers={"Subject": "x"})), "personalizations.0.headers"),
        (request_for(person("a@example.org"), **{"from": {"email": "nobody"}}), "from.email"),
        (request_for(person("a@example.org"), subject=""), "subject"),
        (request_for(person("a@example.org"), content=[]), "content"),
        (request_for(person("a@example.org"), content=[{"type": "text/plain", "value": ""}]), "content.0.value"),
        (request_for(person("a@example.org"), custom_args={"m": 1}), "custom_args"),
        (request_for(person("a@example.org"), send_at=4_000_000_000), "send_at"),
        (request_for(person("a@example.org"), categories=["x"] * 11), "categories"),
    ],
)
def test_a_wrong_request_is_refused_whole_with_the_path_of_the_field(
    carrier: RunningCarrier, wanted: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadRequestsError) as refusal:
        carrier.sendgrid.client.mail.send.post(request_body=wanted)
    errors = json.loads(refusal.value.body)["errors"]
    assert field in [error["field"] for error in errors]
    assert all(set(error) == {"field", "message", "help"} for error in errors)
    assert carrier.books()["messages"] == []


def test_a_wrong_key_is_refused(carrier: RunningCarrier) -> None:
    stranger = SendGridAPIClient("SG.wrong", host=carrier.base_url)
    with pytest.raises(UnauthorizedError):
        stranger.client.mail.send.post(request_body=request_for(person("a@example.org")))


def test_sandbox_mode_checks_and_sends_nothing(carrier: RunningCarrier) -> None:
    answer = send(carrier, person("a@example.org"), mail_settings={"sandbox_mode": {"enable": True}})
    assert answer.status_code == 200
    assert carrier.books()["messages"] == []


def test_a_dynamic_template_gets_its_data_and_no_substitutions(carrier: RunningCarrier) -> None:
    wanted = request_for(person("a@example.org", dynamic_template_data={"name": "Ann"}), template_id="d-1")
    del wanted["content"], wanted["subject"]
    assert carrier.sendgrid.client.mail.send.post(request_body=wanted).status_code == 202
    assert "Ann" in carrier.carrier.books.mailboxes["a@example.org"][0].text


def test_a_mail_can_wait_for_its_time(carrier: RunningCarrier) -> None:
    send(carrier, person("a@example.org", custom_args={"m": "later"}), send_at=int(time.time()) + 3600)
    time.sleep(0.2)
    assert carrier.line("later")["status"] == "accepted"


def test_an_event_webhook_is_made_signed_changed_and_removed(carrier: RunningCarrier, receiver: Receiver) -> None:
    settings = carrier.sendgrid.client.user.webhooks.event.settings
    made = json.loads(settings.post(request_body={"url": f"{receiver.base_url}/second", "delivered": True}).body)
    assert (made["enabled"], made["delivered"], made["open"], made["public_key"]) == (True, True, False, "")
    key = json.loads(settings.signed._(made["id"]).patch(request_body={"enabled": True}).body)["public_key"]
    assert json.loads(settings.signed._(made["id"]).get().body)["public_key"] == key == carrier.event_public_key
    send(carrier, person("a@example.org"))
    one = receiver.wait_for(1, "/second")[0]
    assert [event["event"] for event in json.loads(one.body)] == ["delivered"]
    assert "x-twilio-email-event-webhook-signature" in one.headers
    assert json.loads(settings._(made["id"]).patch(request_body={"enabled": False}).body)["enabled"] is False
    assert len(json.loads(settings.all.get().body)["webhooks"]) == 2
    assert settings._(made["id"]).delete().status_code == 204
    with pytest.raises(NotFoundError):
        settings._(made["id"]).get()


def test_events_are_tried_again_until_they_are_taken(carrier: RunningCarrier, receiver: Receiver) -> None:
    receiver.statuses.extend([500, 429, 404])
    send(carrier, person("a@example.org"))
    carrier.eventually(lambda: len(receiver.received) >= 4)
    assert len({one.body for one in receiver.received[:4]}) < 4


def test_a_body_that_is_no_json_object_is_a_bad_request(carrier: RunningCarrier) -> None:
    for body in (b"", b"[]", b"{"):
        answer = requests.post(
            f"{carrier.base_url}/v3/mail/send",
            data=body,
            headers={
                "Authorization": f"Bearer {carrier.config.sendgrid_api_key}",
                "Content-Type": "application/json",
            },
            timeout=5,
        )
        assert answer.status_code == 400
