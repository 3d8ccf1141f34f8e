"""SendGrid's door: signed batches of events, each for the company that it names."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app import tenancy
from app.clock import now
from app.config import Settings
from app.models import Company, Message, MessageStatus, ReceiptKind, new_id
from tests.receipts import rows
from tests.webhooks.conftest import Call, Refused
from tests.webhooks.signing import sendgrid_request


def event(of: Message, word: str = "delivered", **fields: Any) -> dict[str, Any]:
    return {
        "email": of.endpoint,
        "timestamp": int(now().timestamp()),
        "smtp-id": "<abc@geopod>",
        "event": word,
        "sg_event_id": f"{word}-{new_id()}",
        "sg_message_id": "req42.filterdrecv-p3-abc",
        "response": "250 2.0.0 OK für Sie",
        "company_id": str(of.company_id),
        "message_id": str(of.id),
    } | fields


def test_a_signed_batch_is_stored_and_applied(post: Call, settings: Settings, mail: Message) -> None:
    batch = [event(mail, word) for word in ("processed", "delivered", "open")]
    response = post(**sendgrid_request(settings, batch))
    assert (response.status_code, response.data) == (204, b"")
    stored = rows.receipts()
    assert [receipt.event_key for receipt in stored] == [each["sg_event_id"] for each in batch]
    assert {(each.provider, each.kind, each.message_id, each.provider_id) for each in stored} == {
        ("sendgrid", ReceiptKind.STATUS, mail.id, "req42")
    }
    assert stored[0].payload == batch[0]
    rows.apply()
    assert rows.fresh(mail).status is MessageStatus.READ


def test_a_batch_that_comes_again_is_not_stored_again(post: Call, settings: Settings, mail: Message) -> None:
    batch = [event(mail), event(mail, "open")]
    for _ in range(2):
        assert post(**sendgrid_request(settings, [*batch, batch[0]])).status_code == 204
    assert len(rows.receipts()) == 2


def test_a_thousand_events_are_one_batch(post: Call, settings: Settings, mail: Message) -> None:
    assert post(**sendgrid_request(settings, [event(mail) for _ in range(1_000)])).status_code == 204
    assert len(rows.receipts()) == 1_000


def test_each_event_goes_to_the_company_that_it_names(
    post: Call, settings: Settings, mail: Message, other_company: Company
) -> None:
    theirs = event(mail, company_id=str(other_company.id))
    assert post(**sendgrid_request(settings, [event(mail), theirs])).status_code == 204
    assert len(rows.receipts()) == 1
    with tenancy.company(other_company.id):
        assert [receipt.event_key for receipt in rows.receipts()] == [theirs["sg_event_id"]]


def test_the_address_may_name_the_company_too(post: Call, settings: Settings, mail: Message) -> None:
    path = f"/messages/events/sendgrid?company={mail.company_id}"
    assert post(**sendgrid_request(settings, [event(mail)], path)).status_code == 204
    assert len(rows.receipts()) == 1


def test_an_event_for_another_company_than_the_address_is_refused(
    post: Call, settings: Settings, mail: Message, other_company: Company, refused: Refused
) -> None:
    path = f"/messages/events/sendgrid?company={other_company.id}"
    assert post(**sendgrid_request(settings, [event(mail)], path)).status_code == 403
    assert rows.receipts() == []
    assert refused("sendgrid", "other_company") == 1


def test_a_company_that_is_not_there_does_not_hold_up_the_others(
    post: Call, settings: Settings, mail: Message, refused: Refused
) -> None:
    unknown = event(mail, company_id=str(new_id()))
    assert post(**sendgrid_request(settings, [unknown, event(mail)])).status_code == 204
    assert len(rows.receipts()) == 1
    assert refused("sendgrid", "unknown_company") == 1
    assert post(**sendgrid_request(settings, [unknown])).status_code == 403


def test_an_event_about_somebody_else_s_mail_is_passed_over(
    post: Call, settings: Settings, mail: Message, refused: Refused
) -> None:
    foreign = event(mail)
    del foreign["company_id"], foreign["message_id"]
    assert post(**sendgrid_request(settings, [foreign])).status_code == 204
    assert rows.receipts() == []
    assert refused("sendgrid", "not_ours") == 1


def nobody(request: dict[str, Any]) -> None:
    del request["headers"]["X-Twilio-Email-Event-Webhook-Signature"]


def no_time(request: dict[str, Any]) -> None:
    del request["headers"]["X-Twilio-Email-Event-Webhook-Timestamp"]


def another_time(request: dict[str, Any]) -> None:
    request["headers"]["X-Twilio-Email-Event-Webhook-Timestamp"] = "1"


def another_body(request: dict[str, Any]) -> None:
    request["data"] = request["data"].replace(b"delivered", b"bounce")


def trimmed_body(request: dict[str, Any]) -> None:
    request["data"] = request["data"].rstrip()


def dumped_again(request: dict[str, Any]) -> None:
    request["data"] = json.dumps(json.loads(request["data"]), ensure_ascii=False).encode() + b"\r\n"


def bottomless(request: dict[str, Any]) -> None:
    request["data"] = b"[" * 100_000


def not_text(request: dict[str, Any]) -> None:
    request["data"] = b"\xff\xfe"


@pytest.mark.parametrize(
    "forge", [nobody, no_time, another_time, another_body, trimmed_body, dumped_again, bottomless, not_text]
)
def test_what_sendgrid_did_not_sign_to_the_byte_is_refused_and_not_kept(
    post: Call, settings: Settings, mail: Message, refused: Refused, forge: Any
) -> None:
    request = sendgrid_request(settings, [event(mail)])
    forge(request)
    assert post(**request).status_code == 403
    assert rows.receipts() == []
    assert refused("sendgrid", "unsigned") == 1


@hypothesis_settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(*[st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"))] * 2)
def test_forged_headers_are_refused_whatever_they_hold(
    post: Call, settings: Settings, mail: Message, signature: str, timestamp: str
) -> None:
    request = sendgrid_request(settings, [event(mail)])
    request["headers"]["X-Twilio-Email-Event-Webhook-Signature"] = signature
    assert post(**request).status_code == 403
    request["headers"]["X-Twilio-Email-Event-Webhook-Timestamp"] = timestamp
    assert post(**request).status_code == 403


@pytest.mark.parametrize("seconds", [-3600, -301, 301])
def test_a_batch_signed_at_another_time_is_stale(
    post: Call, settings: Settings, mail: Message, refused: Refused, seconds: int
) -> None:
    request = sendgrid_request(settings, [event(mail)], at=now().timestamp() + seconds)
    assert post(**request).status_code == 403
    assert rows.receipts() == []
    assert refused("sendgrid", "stale") == 1


def test_a_clock_may_be_minutes_off(post: Call, settings: Settings, mail: Message) -> None:
    request = sendgrid_request(settings, [event(mail)], at=now().timestamp() - 240)
    assert post(**request).status_code == 204


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"null", b"not json", b"[1]", b'[{"event": "open"}]', b"[" * 100_000, b'["\\ud800"]', b"[[]]"],
)
def test_what_is_signed_but_malformed_is_refused_and_not_kept(
    post: Call, settings: Settings, company: Company, refused: Refused, body: bytes
) -> None:
    assert post(**sendgrid_request(settings, body)).status_code == 400
    assert rows.receipts() == []
    assert refused("sendgrid", "malformed") == 1


@pytest.mark.parametrize(
    "fields",
    [{"message_id": "42"}, {"company_id": None}, {"company_id": 7}, {"sg_event_id": ["a"]}, {"sg_event_id": "x" * 999}],
)
def test_one_malformed_event_does_not_hold_up_the_others(
    post: Call, settings: Settings, mail: Message, refused: Refused, fields: dict[str, Any]
) -> None:
    assert post(**sendgrid_request(settings, [event(mail, **fields), event(mail)])).status_code == 204
    assert len(rows.receipts()) == 1
    assert refused("sendgrid", "malformed") == 1


def test_an_empty_batch_is_nothing_to_complain_about(post: Call, settings: Settings, company: Company) -> None:
    assert post(**sendgrid_request(settings, [])).status_code == 204


def test_a_batch_larger_than_any_is_not_read(post: Call, settings: Settings, mail: Message, refused: Refused) -> None:
    request = sendgrid_request(settings, [event(mail, padding="x" * 9_000_000)])
    assert post(**request).status_code == 413
    assert refused("sendgrid", "too_large") == 1


def test_without_a_public_key_nothing_is_believed(
    post: Call, settings: Settings, mail: Message, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    unset = settings.model_copy(update={"sendgrid_event_public_key": ""})
    monkeypatch.setitem(client.application.config, "SETTINGS", unset)
    assert post(**sendgrid_request(settings, [event(mail)])).status_code == 403
