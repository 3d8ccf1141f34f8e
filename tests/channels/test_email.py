"""E-mail goes out in bulk, and yet each mail is one person's alone."""

import json
from typing import Any

import pytest

from app.channels.base import CannotSendError, Outgoing, Result
from app.channels.email import Email
from app.channels.http import ProblemKind, Request, Response, WireProblem
from tests.channels.conftest import COMPANY, MakeOutgoing

EMAIL = Email()


def sent(mails: list[Outgoing]) -> list[tuple[Request, dict[str, Any]]]:
    return [(request, json.loads(request.body)) for request in EMAIL.requests(mails)]


def test_the_request_holds_what_sendgrid_asks_for_and_nothing_else(mail_to_ann: MakeOutgoing) -> None:
    mail = mail_to_ann()

    ((request, document),) = sent([mail])

    assert (request.method, request.url) == ("POST", "https://api.sendgrid.com/v3/mail/send")
    assert request.headers == ("Content-Type: application/json", "Authorization: Bearer SG.key")
    assert request.tag == (mail.message_id,)
    assert document == {
        "personalizations": [
            {
                "to": [{"email": "ann@example.com"}],
                "subject": "Your visit",
                "custom_args": {"company_id": str(COMPANY), "message_id": str(mail.message_id)},
                "substitutions": {
                    "-carillon.text-": "See you at 10",
                    "-carillon.html-": "<p>See you at 10</p>",
                },
            }
        ],
        "from": {"email": "desk@clinic.example", "name": "Northside Clinics"},
        "content": [
            {"type": "text/plain", "value": "-carillon.text-"},
            {"type": "text/html", "value": "-carillon.html-"},
        ],
    }


def test_a_thousand_people_travel_together_and_none_sees_another(mail_to_ann: MakeOutgoing) -> None:
    mails = [mail_to_ann(endpoint=f"p{n}@example.com", body=f"Hello {n}") for n in range(1001)]

    requests = sent(mails)

    assert [len(request.tag) for request, _ in requests] == [1000, 1]
    people = requests[0][1]["personalizations"]
    assert all(len(person["to"]) == 1 and "cc" not in person and "bcc" not in person for person in people)
    assert people[7]["substitutions"]["-carillon.text-"] == "Hello 7"
    assert [person["custom_args"]["message_id"] for person in people] == [str(id_) for id_ in requests[0][0].tag]


def test_twins_of_an_address_travel_apart(mail_to_ann: MakeOutgoing) -> None:
    mails = [mail_to_ann(), mail_to_ann(endpoint="bob@example.com"), mail_to_ann(), mail_to_ann()]

    requests = sent(mails)

    assert [len(request.tag) for request, _ in requests] == [2, 1, 1]
    for _, document in requests:
        addresses = [person["to"][0]["email"] for person in document["personalizations"]]
        assert len(addresses) == len(set(addresses))


def test_mails_of_different_senders_or_shapes_travel_apart(mail_to_ann: MakeOutgoing) -> None:
    mails = [
        mail_to_ann(endpoint="a@example.com"),
        mail_to_ann(endpoint="b@example.com", html=None),
        mail_to_ann(endpoint="c@example.com", sender="lab@clinic.example", sender_name=""),
    ]

    plain, lab = sent(mails)[1][1], sent(mails)[2][1]

    assert plain["content"] == [{"type": "text/plain", "value": "-carillon.text-"}]
    assert lab["from"] == {"email": "lab@clinic.example"}


@pytest.mark.parametrize("html", ["<p>" + "x" * 9_990, "<p>" + "é" * 1_700, "<p>-carillon.text-</p>"])
def test_a_mail_that_cannot_be_substituted_travels_alone_as_it_is(mail_to_ann: MakeOutgoing, html: str) -> None:
    long, short = mail_to_ann(html=html), mail_to_ann(endpoint="bob@example.com")

    (_, alone), (_, other) = sent([long, short])

    assert "substitutions" not in alone["personalizations"][0]
    assert alone["content"][1]["value"] == html
    assert len(other["personalizations"]) == 1


def test_a_subject_is_one_line(mail_to_ann: MakeOutgoing) -> None:
    ((_, document),) = sent([mail_to_ann(subject="Your visit\r\nBcc: all@example.com")])
    assert document["personalizations"][0]["subject"] == "Your visit Bcc: all@example.com"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"subject": None}, "subject_missing"), ({"subject": " "}, "subject_missing"), ({"body": ""}, "text_missing")],
)
def test_a_mail_that_would_spoil_the_request_is_named(
    mail_to_ann: MakeOutgoing, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(CannotSendError) as refused:
        sent([mail_to_ann(endpoint="bob@example.com"), mail_to_ann(**changes)])
    assert refused.value.code == code


def test_all_of_an_accepted_request_share_its_id(mail_to_ann: MakeOutgoing) -> None:
    request = next(EMAIL.requests([mail_to_ann(), mail_to_ann(endpoint="bob@example.com")]))

    outcomes = EMAIL.outcomes(request, Response(202, {"x-message-id": "abc"}))

    assert [(each.message_id, each.result, each.provider_id) for each in outcomes] == [
        (id_, Result.ACCEPTED, "abc") for id_ in request.tag
    ]


def test_a_refusal_spares_those_that_it_does_not_name(mail_to_ann: MakeOutgoing) -> None:
    request = next(EMAIL.requests([mail_to_ann(endpoint=f"p{n}@example.com") for n in range(3)]))
    body = b'{"errors": [{"message": "Not an address.", "field": "personalizations.1.to.0.email", "help": null}]}'

    first, second, third = EMAIL.outcomes(request, Response(400, body=body))

    assert (second.result, second.code) == (Result.REFUSED, "refused")
    assert second.facts["provider_says"] == "Not an address."
    for innocent in (first, third):
        assert (innocent.result, innocent.code) == (Result.RETRY, "refused_together")


def test_after_a_refusal_that_names_nobody_each_is_tried_alone(mail_to_ann: MakeOutgoing) -> None:
    mails = [mail_to_ann(endpoint=f"p{n}@example.com", last_error="refused_together") for n in range(3)]
    requests = list(EMAIL.requests(mails))
    assert [len(request.tag) for request in requests] == [1, 1, 1]

    (refused,) = EMAIL.outcomes(requests[0], Response(413, body=b"<html>too large</html>"))

    assert (refused.result, refused.facts["provider_says"]) == (Result.REFUSED, "HTTP 413")


@pytest.mark.parametrize(
    ("answer", "result", "code"),
    [
        (Response(429, {"retry-after": "3"}, b'{"errors": []}'), Result.RETRY, "provider_busy"),
        (Response(503, body=b""), Result.RETRY, "provider_busy"),
        (Response(500, body=b""), Result.IN_DOUBT, "no_answer"),
        (Response(401, body=b"{}"), Result.HOLD, "credentials_refused"),
        (WireProblem(ProblemKind.NOT_SENT, "couldnt_connect"), Result.RETRY, "unreachable"),
        (WireProblem(ProblemKind.AMBIGUOUS, "got_nothing"), Result.IN_DOUBT, "no_answer"),
    ],
)
def test_an_answer_means_the_same_for_all_of_a_request(
    mail_to_ann: MakeOutgoing, answer: Response | WireProblem, result: Result, code: str
) -> None:
    request = next(EMAIL.requests([mail_to_ann(), mail_to_ann(endpoint="bob@example.com")]))
    outcomes = EMAIL.outcomes(request, answer)
    assert [(each.message_id, each.result, each.code) for each in outcomes] == [
        (id_, result, code) for id_ in request.tag
    ]
