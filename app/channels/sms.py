"""Text messages over Twilio's Messages API (`POST /2010-04-01/Accounts/{sid}/Messages.json`), one request each."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode

from app.channels import accounts, addresses, twilio_codes
from app.channels.answers import Reading, by_status, no_answer, quoted
from app.channels.base import CannotSendError, Outcome, Outgoing, Result, Sighting, UnusableAnswerError
from app.channels.http import Answer, Request, Response, WireProblem
from app.channels.twilio_codes import Verdict
from app.channels.twilio_statuses import STATUSES
from app.clock import now
from app.delivery.errors import DeliverError
from app.models import Channel
from app.models.base import Json

_FORM = ("Content-Type: application/x-www-form-urlencoded",)
_LONGEST_VALIDITY = 36_000
_PAGE = 1000
"""The most that Twilio lists at a time."""
_JAM = timedelta(minutes=5)
_MEANING = {
    Verdict.RETRY: Result.RETRY,
    Verdict.RETRY_LATER: Result.RETRY,
    Verdict.PERMANENT: Result.REFUSED,
    Verdict.CHANGE_CONTENT: Result.REFUSED,
    Verdict.SUPPRESS: Result.OPTED_OUT,
    Verdict.STOP: Result.HOLD,
}


class Sms:
    """The channel of text messages."""

    channel = Channel.SMS

    def requests(self, batch: Sequence[Outgoing]) -> Iterator[Request]:
        """One form post a message."""
        account = accounts.twilio()
        url = f"{account.resources}/Messages.json"
        instant = now()
        for message in batch:
            form = urlencode(_form(message, instant)).encode()
            yield Request("POST", url, form, _FORM, account.credentials, (message.message_id,))

    def outcomes(self, request: Request, answer: Answer) -> list[Outcome]:
        """The one outcome of a request."""
        if isinstance(answer, WireProblem):
            return no_answer(answer).of(request.tag)
        if 200 <= answer.status < 300:
            return [_accepted(message_id, answer) for message_id in request.tag]
        return _refusal(answer).of(request.tag)

    def search(self, endpoint: str, tag: object) -> Request:
        """Asks for the messages to a number. Never by `DateSent`, which a message still queued does not have."""
        account = accounts.twilio()
        query = urlencode({"To": endpoint, "PageSize": _PAGE})
        url = f"{account.resources}/Messages.json?{query}"
        return Request("GET", url, credentials=account.credentials, tag=tag)

    def found(self, response: Response) -> tuple[list[Sighting], bool]:
        """What a search found of what we sent, newest first, and whether that is all there is."""
        listed = _document(response).get("messages")
        if not isinstance(listed, list):
            raise UnusableAnswerError("no list of messages")
        sent_by_us = [message for message in listed if str(message.get("direction")).startswith("outbound")]
        return [_sighting(message) for message in sent_by_us], len(listed) < _PAGE

    def look_up(self, provider_id: str, tag: object) -> Request:
        """Asks for one message by its SID."""
        account = accounts.twilio()
        url = f"{account.resources}/Messages/{quote(provider_id, safe='')}.json"
        return Request("GET", url, credentials=account.credentials, tag=tag)

    def looked_up(self, response: Response) -> Sighting:
        """The message that was asked for."""
        return _sighting(_document(response))


def _form(message: Outgoing, instant: datetime) -> dict[str, str]:
    if not message.body.strip():
        raise CannotSendError(DeliverError.TEXT_MISSING)
    sender = "MessagingServiceSid" if message.sender.startswith("MG") else "From"
    form = {
        "To": message.endpoint,
        sender: message.sender,
        "Body": message.body,
        "StatusCallback": addresses.twilio_status(message.company_id, message.message_id),
    }
    if message.useful_until is not None:
        # what is left of the time in which it may arrive, so that a full queue does not deliver it at night
        left = int((message.useful_until - instant).total_seconds())
        form["ValidityPeriod"] = str(max(1, min(left, _LONGEST_VALIDITY)))
    return form


def _accepted(message_id: Any, answer: Response) -> Outcome:
    sid = answer.document().get("sid")
    if not isinstance(sid, str) or not sid:
        facts: Json = {"http_status": answer.status}
        return Outcome(message_id, Result.IN_DOUBT, None, DeliverError.NO_ANSWER, facts)
    return Outcome(message_id, Result.ACCEPTED, quoted(sid))


def _refusal(answer: Response) -> Reading:
    document = answer.document()
    said = by_status(answer)
    code = str(document.get("code", ""))
    if said is not None and said.result is Result.IN_DOUBT:
        return said
    if not code.isdigit():
        facts: Json = {"http_status": answer.status, "provider_says": f"HTTP {answer.status}"}
        return said or Reading(Result.REFUSED, DeliverError.REFUSED, facts)
    verdict = twilio_codes.verdict(code)
    facts = {"http_status": answer.status, "provider_says": quoted(document.get("message", ""))}
    after = answer.retry_after() or (_JAM if verdict is Verdict.RETRY_LATER else None)
    return Reading(said.result if said else _MEANING[verdict], code, facts, after)


def _document(response: Response) -> Json:
    if response.status != 200:
        raise UnusableAnswerError(f"HTTP {response.status}")
    return response.document()


def _sighting(message: Json) -> Sighting:
    try:
        code = message["error_code"]
        return Sighting(
            provider_id=quoted(message["sid"]),
            body=str(message["body"] or ""),
            created_at=parsedate_to_datetime(message["date_created"]),
            status=STATUSES[message["status"]],
            error_code=None if code is None else str(code),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise UnusableAnswerError(f"not a message: {problem!r}") from problem
