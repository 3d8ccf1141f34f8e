"""Twilio's doors: what is signed is stored, what is not is counted and forgotten."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rq import Queue

from app.config import Settings
from app.extensions import redis
from app.jobs import JobQueue
from app.models import Company, Disposition, Message, MessageStatus, ReceiptKind, new_id
from tests.receipts import rows
from tests.webhooks.conftest import Call, Refused
from tests.webhooks.signing import Form, twilio_request, twilio_signature

STATUS_FORM = [
    ("MessageSid", "SM42"),
    ("SmsSid", "SM42"),
    ("AccountSid", "AC1"),
    ("MessageStatus", "delivered"),
    ("SmsStatus", "delivered"),
    ("To", rows.PHONE),
    ("From", rows.CLINIC),
    ("ApiVersion", "2010-04-01"),
]
INBOUND_FORM = [
    ("MessageSid", "SM43"),
    ("From", rows.PHONE),
    ("To", rows.CLINIC),
    ("Body", "C"),
    ("NumMedia", "0"),
    ("FromCity", ""),
]


def status_path(message: Message, more: str = "") -> str:
    return f"/messages/status/twilio?company={message.company_id}&message={message.id}{more}"


def incoming_path(company: Company) -> str:
    return f"/messages/incoming/twilio?company={company.id}"


def test_a_signed_status_is_stored_and_a_worker_is_told(post: Call, settings: Settings, message: Message) -> None:
    response = post(**twilio_request(settings, status_path(message), STATUS_FORM))
    assert (response.status_code, response.data) == (204, b"")
    [receipt] = rows.receipts()
    assert (receipt.provider, receipt.kind, receipt.event_key) == ("twilio", ReceiptKind.STATUS, "SM42:delivered")
    assert (receipt.message_id, receipt.provider_id) == (message.id, "SM42")
    assert receipt.payload == dict(STATUS_FORM)
    assert receipt.applied_at is None
    assert Queue(JobQueue.RECEIPTS, connection=redis()).count == 1
    rows.apply()
    assert rows.fresh(message).status is MessageStatus.DELIVERED


def test_a_signed_reply_is_stored_and_answered_with_silence(
    post: Call, settings: Settings, company: Company, message: Message
) -> None:
    response = post(**twilio_request(settings, incoming_path(company), INBOUND_FORM))
    assert (response.status_code, response.mimetype, response.data) == (200, "text/xml", b"<Response/>")
    rows.apply()
    assert rows.decided() == {2: Disposition.CONFIRMED}


def test_a_repeat_is_taken_but_not_stored_again(post: Call, settings: Settings, message: Message) -> None:
    for _ in range(3):
        assert post(**twilio_request(settings, status_path(message), STATUS_FORM)).status_code == 204
    assert len(rows.receipts()) == 1


@pytest.mark.parametrize(
    "form",
    [
        [*STATUS_FORM, ("ProfileName", "Jürgen Ångström 🎻")],
        [*STATUS_FORM, ("RawDlrDoneDate", "")],
        [*STATUS_FORM, ("MediaUrl", "b"), ("MediaUrl", "a"), ("MediaUrl", "b")],
        [*STATUS_FORM, ("lower", "1"), ("Upper", "2"), ("With space", "a+b & c=d")],
    ],
    ids=["utf-8", "empty value", "repeated name", "odd names"],
)
def test_every_form_that_twilio_signs_is_taken(post: Call, settings: Settings, message: Message, form: Form) -> None:
    assert post(**twilio_request(settings, status_path(message), form)).status_code == 204


def test_a_name_that_is_repeated_keeps_all_its_values(post: Call, settings: Settings, company: Company) -> None:
    form = [*INBOUND_FORM, ("MediaUrl", "b"), ("MediaUrl", "a")]
    post(**twilio_request(settings, incoming_path(company), form))
    assert rows.receipts()[0].payload["MediaUrl"] == ["b", "a"]


def nobody(request: dict[str, Any], _message: Message) -> None:
    del request["headers"]["X-Twilio-Signature"]


def somebody_else(request: dict[str, Any], message: Message) -> None:
    url = f"http://carillon.test{status_path(message)}"
    request["headers"]["X-Twilio-Signature"] = twilio_signature("another token", url, STATUS_FORM)


def another_address(request: dict[str, Any], message: Message) -> None:
    request["path"] = f"/messages/status/twilio?company={message.company_id}&message={new_id()}"


def another_company(request: dict[str, Any], message: Message) -> None:
    request["path"] = f"/messages/status/twilio?company={new_id()}&message={message.id}"


def another_body(request: dict[str, Any], _message: Message) -> None:
    request["data"] = request["data"].replace(b"delivered", b"read")


def json_body(request: dict[str, Any], _message: Message) -> None:
    request["content_type"] = "application/json"


@pytest.mark.parametrize("forge", [nobody, somebody_else, another_address, another_company, another_body, json_body])
def test_what_twilio_did_not_sign_is_refused_and_not_kept(
    post: Call, settings: Settings, message: Message, refused: Refused, forge: Any
) -> None:
    request = twilio_request(settings, status_path(message), STATUS_FORM)
    forge(request, message)
    response = post(**request)
    assert (response.status_code, response.mimetype) == (403, "text/plain")
    assert rows.receipts() == []
    assert refused("twilio", "unsigned") == 1


@hypothesis_settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0")))
def test_a_forged_header_is_refused_whatever_it_holds(
    post: Call, settings: Settings, message: Message, header: str
) -> None:
    request = twilio_request(settings, status_path(message), STATUS_FORM)
    request["headers"]["X-Twilio-Signature"] = header
    assert post(**request).status_code == 403


STATUS = "/messages/status/twilio"
INCOMING = "/messages/incoming/twilio"
MALFORMED: dict[str, tuple[str, Form]] = {
    "no ids": (STATUS, STATUS_FORM),
    "ids that are none": (f"{STATUS}?company=1&message=2", STATUS_FORM),
    "no message": (f"{STATUS}?company={{company}}", STATUS_FORM),
    "empty": (f"{STATUS}?company={{company}}&message={{company}}", []),
    "no status": (f"{STATUS}?company={{company}}&message={{company}}", [("MessageSid", "SM1")]),
    "no sid": (f"{STATUS}?company={{company}}&message={{company}}", [("MessageStatus", "sent")]),
    "endless sid": (
        f"{STATUS}?company={{company}}&message={{company}}",
        [("MessageSid", "S" * 5000), ("MessageStatus", "sent")],
    ),
    "reply without a company": (INCOMING, INBOUND_FORM),
    "reply from nobody": (f"{INCOMING}?company={{company}}", [("MessageSid", "SM1"), ("Body", "C")]),
    "reply without a sid": (f"{INCOMING}?company={{company}}", [("From", rows.PHONE), ("Body", "C")]),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_what_is_signed_but_malformed_is_refused_and_not_kept(
    post: Call, settings: Settings, company: Company, refused: Refused, case: str
) -> None:
    path, form = MALFORMED[case]
    response = post(**twilio_request(settings, path.format(company=company.id), form))
    assert response.status_code == 400
    assert rows.receipts() == []
    assert refused("twilio", "malformed") == 1


def test_a_company_that_is_not_there_is_refused(
    post: Call, settings: Settings, company: Company, refused: Refused
) -> None:
    path = f"/messages/status/twilio?company={new_id()}&message={new_id()}"
    assert post(**twilio_request(settings, path, STATUS_FORM)).status_code == 403
    assert refused("twilio", "unknown_company") == 1


def test_another_company_s_message_stays_as_it_is(
    post: Call, settings: Settings, message: Message, other_company: Company
) -> None:
    path = f"/messages/status/twilio?company={other_company.id}&message={message.id}"
    post(**twilio_request(settings, path, STATUS_FORM))
    rows.apply()
    assert rows.fresh(message).status is MessageStatus.SENT
    assert rows.receipts() == []


def test_a_body_larger_than_any_callback_is_not_read(
    post: Call, settings: Settings, message: Message, refused: Refused
) -> None:
    form = [*STATUS_FORM, ("Body", "x" * 200_000)]
    assert post(**twilio_request(settings, status_path(message), form)).status_code == 413
    assert refused("twilio", "too_large") == 1


def test_without_an_auth_token_nothing_is_believed(
    post: Call, settings: Settings, message: Message, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    unset = settings.model_copy(update={"twilio_auth_token": ""})
    monkeypatch.setitem(client.application.config, "SETTINGS", unset)
    assert post(**twilio_request(unset, status_path(message), STATUS_FORM)).status_code == 403


def test_a_get_is_not_a_callback(get: Call, company: Company) -> None:
    assert get(path=incoming_path(company)).status_code == 405
