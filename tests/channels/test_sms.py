"""Text messages speak Twilio's contract, to the field."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response as SdkResponse
from twilio.rest import Client

from app.channels.base import CanBeAsked, CannotSendError, Outcome, Outgoing, Result, UnusableAnswerError
from app.channels.http import Answer, ProblemKind, Request, Response, WireProblem
from app.channels.sms import Sms
from app.clock import now
from app.models import MessageStatus
from tests.channels.conftest import COMPANY, MakeOutgoing

SMS = Sms()
CREATED = Response(201, body=b'{"sid": "SM1", "status": "queued", "error_code": null}')


def form_of(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode(), strict_parsing=True))


def only(message: Outgoing) -> Request:
    (request,) = SMS.requests([message])
    return request


def outcome(message: Outgoing, answer: Answer) -> Outcome:
    (found,) = SMS.outcomes(only(message), answer)
    assert found.message_id == message.message_id
    return found


def refusal(status: int, code: int, **headers: str) -> Response:
    body = f'{{"code": {code}, "message": "No.", "more_info": "", "status": {status}}}'
    return Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, body.encode())


class Recorder(TwilioHttpClient):
    """Keeps what the official SDK would have sent."""

    def request(self, method: str, url: str, **given: Any) -> SdkResponse:
        self.sent = {"method": method, "url": url, **given}
        return SdkResponse(201, '{"sid": "SM1"}')


def test_the_request_is_the_one_that_the_official_sdk_makes(sms_to_ann: MakeOutgoing) -> None:
    message = sms_to_ann()
    ours = only(message)
    form = form_of(ours)
    recorder = Recorder()
    Client("AC00000000000000000000000000000001", "token", http_client=recorder).messages.create(
        to=message.endpoint,
        from_=message.sender,
        body=message.body,
        status_callback=form["StatusCallback"],
        validity_period=int(form["ValidityPeriod"]),
    )

    theirs = recorder.sent
    assert (ours.method, ours.url) == (theirs["method"], theirs["url"])
    assert ours.credentials == theirs["auth"]
    assert form == {name: str(value) for name, value in theirs["data"].items()}
    assert "Content-Type: application/x-www-form-urlencoded" in ours.headers


def test_the_callback_carries_our_ids_and_asks_for_repeats(sms_to_ann: MakeOutgoing) -> None:
    message = sms_to_ann()

    callback = urlsplit(form_of(only(message))["StatusCallback"])

    assert callback.geturl().startswith("https://carillon.example/messages/status/twilio?")
    assert parse_qs(callback.query) == {"company": [str(COMPANY)], "message": [str(message.message_id)]}
    assert callback.fragment == "rc=5&rp=all"


def test_a_messaging_service_is_named_as_one(sms_to_ann: MakeOutgoing) -> None:
    form = form_of(only(sms_to_ann(sender="MG00000000000000000000000000000001")))
    assert form["MessagingServiceSid"] == "MG00000000000000000000000000000001"
    assert "From" not in form


@pytest.mark.parametrize(
    ("left", "seconds"),
    [(timedelta(hours=20), {36_000}), (timedelta(seconds=90), {89, 90}), (timedelta(seconds=-5), {1})],
)
def test_it_stays_valid_for_what_is_left_of_the_window(
    sms_to_ann: MakeOutgoing, left: timedelta, seconds: set[int]
) -> None:
    form = form_of(only(sms_to_ann(useful_until=now() + left)))
    assert int(form["ValidityPeriod"]) in seconds


def test_without_a_window_the_providers_own_validity_holds(sms_to_ann: MakeOutgoing) -> None:
    assert "ValidityPeriod" not in form_of(only(sms_to_ann(useful_until=None)))


def test_a_message_without_words_is_not_asked_for(sms_to_ann: MakeOutgoing) -> None:
    with pytest.raises(CannotSendError) as refused:
        only(sms_to_ann(body=" \n"))
    assert refused.value.code == "text_missing"


def test_an_accepted_message_keeps_its_sid(sms_to_ann: MakeOutgoing) -> None:
    found = outcome(sms_to_ann(), CREATED)
    assert (found.result, found.provider_id) == (Result.ACCEPTED, "SM1")


@pytest.mark.parametrize(
    ("answer", "result", "code"),
    [
        (refusal(429, 20429), Result.RETRY, "20429"),
        (Response(429, body=b"slow down"), Result.RETRY, "provider_busy"),
        (refusal(503, 20503), Result.RETRY, "20503"),
        (Response(503, body=b"<html>"), Result.RETRY, "provider_busy"),
        (Response(500, body=b'{"code": 20500}'), Result.IN_DOUBT, "no_answer"),
        (Response(502, body=b"<html>"), Result.IN_DOUBT, "no_answer"),
        (Response(201, body=b"<html>"), Result.IN_DOUBT, "no_answer"),
        (refusal(400, 21610), Result.OPTED_OUT, "21610"),
        (refusal(400, 21211), Result.REFUSED, "21211"),
        (refusal(400, 21617), Result.REFUSED, "21617"),
        (refusal(400, 29999), Result.REFUSED, "29999"),
        (refusal(429, 21611), Result.RETRY, "21611"),
        (refusal(400, 21611), Result.RETRY, "21611"),
        (refusal(401, 20003), Result.HOLD, "20003"),
        (refusal(400, 21606), Result.HOLD, "21606"),
        (Response(401, body=b""), Result.HOLD, "credentials_refused"),
        (Response(413, body=b"<html>"), Result.REFUSED, "refused"),
        (WireProblem(ProblemKind.NOT_SENT, "couldnt_connect"), Result.RETRY, "unreachable"),
        (WireProblem(ProblemKind.AMBIGUOUS, "operation_timedout"), Result.IN_DOUBT, "no_answer"),
    ],
)
def test_every_answer_has_one_meaning(sms_to_ann: MakeOutgoing, answer: Answer, result: Result, code: str) -> None:
    found = outcome(sms_to_ann(), answer)
    assert (found.result, found.code, found.provider_id) == (result, code, None)


def test_retry_after_is_passed_on(sms_to_ann: MakeOutgoing) -> None:
    assert outcome(sms_to_ann(), refusal(429, 20429, retry_after="7")).after == timedelta(seconds=7)
    assert outcome(sms_to_ann(), refusal(429, 20429, retry_after="Wed, 25 Nov")).after is None


def test_what_the_provider_says_can_be_stored(sms_to_ann: MakeOutgoing) -> None:
    answer = Response(400, body=b'{"code": 21211, "message": "bad\\u0000' + b"x" * 2000 + b'"}')
    says = outcome(sms_to_ann(), answer).facts["provider_says"]
    assert "\0" not in says
    assert len(says) == 500


def test_what_became_of_a_number_can_be_asked() -> None:
    assert isinstance(SMS, CanBeAsked)
    request = SMS.search("+12025550143", tag=1)
    listed = b"""{"messages": [
        {"sid": "SM2", "to": "+12025550143", "body": "Hello", "direction": "outbound-api", "status": "undelivered",
         "date_created": "Tue, 24 Nov 2026 12:00:01 +0000", "error_code": 30005},
        {"sid": "SM1", "to": "+12025550143", "body": "C", "direction": "inbound", "status": "received",
         "date_created": "Tue, 24 Nov 2026 12:00:00 +0000", "error_code": null}
    ]}"""

    sightings, complete = SMS.found(Response(200, body=listed))

    assert (request.method, request.credentials is not None) == ("GET", True)
    assert parse_qs(urlsplit(request.url).query) == {"To": ["+12025550143"], "PageSize": ["1000"]}
    assert complete
    (seen,) = sightings
    assert (seen.provider_id, seen.body, seen.status, seen.error_code) == (
        "SM2",
        "Hello",
        MessageStatus.UNDELIVERED,
        "30005",
    )
    assert seen.created_at.isoformat() == "2026-11-24T12:00:01+00:00"


@pytest.mark.parametrize("answer", [Response(429, body=b"{}"), Response(200, body=b"<html>")])
def test_an_answer_that_is_none_is_not_taken_for_nothing_found(answer: Response) -> None:
    with pytest.raises(UnusableAnswerError):
        SMS.found(answer)
    with pytest.raises(UnusableAnswerError):
        SMS.looked_up(answer)
