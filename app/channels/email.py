"""E-mail over SendGrid's v3 API (`POST /v3/mail/send`): one request for up to a thousand people.

Each person has a personalization of their own, so nobody sees another's address. The texts are finished when they come
here; they travel as substitutions, because a request has one content for all. SendGrid takes or refuses a request as a
whole, gives one id for all of it, and finds our message ids in each event's custom arguments.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.channels import accounts
from app.channels.answers import Reading, by_status, no_answer, quoted
from app.channels.base import CannotSendError, Outcome, Outgoing, Result
from app.channels.http import Answer, Request, Response, WireProblem
from app.delivery.errors import DeliverError
from app.models import Channel
from app.models.base import Json

_MOST_PEOPLE = 1000
_LARGEST_SUBSTITUTIONS = 10_000
"""Bytes in one personalization, counted as escaped JSON, which is the most that they can be taken for."""
_TEXT, _HTML = "-carillon.text-", "-carillon.html-"
_PERSON = re.compile(r"personalizations[.\[](\d+)")


class _Kind(NamedTuple):
    """What the mails of one request have in common."""

    sender: str
    sender_name: str
    with_html: bool
    alone: bool
    """The mail is too long for substitutions, or was refused together with others before."""
    twin: int
    """How many mails to the same address go before it: an address may stand in a request once."""


class Email:
    """The channel of e-mail."""

    channel = Channel.EMAIL

    def requests(self, batch: Sequence[Outgoing]) -> Iterator[Request]:
        """Mails of one sender and shape together, twins of an address apart, long ones alone."""
        account = accounts.sendgrid()
        headers = ("Content-Type: application/json", f"Authorization: Bearer {account.key}")
        for kind, mails in _sorted(batch).items():
            most = 1 if kind.alone else _MOST_PEOPLE
            for start in range(0, len(mails), most):
                together = mails[start : start + most]
                tag = tuple(mail.message_id for mail in together)
                body = json.dumps(_document(kind, together), ensure_ascii=False).encode()
                yield Request("POST", f"{account.api}/mail/send", body, headers, tag=tag)

    def outcomes(self, request: Request, answer: Answer) -> list[Outcome]:
        """One outcome for each mail of a request."""
        if isinstance(answer, WireProblem):
            return no_answer(answer).of(request.tag)
        if 200 <= answer.status < 300:
            provider_id = quoted(answer.headers.get("x-message-id", "")) or None
            return [Outcome(message_id, Result.ACCEPTED, provider_id) for message_id in request.tag]
        if said := by_status(answer):
            return said.of(request.tag)
        return _refused(request, answer)


def _sorted(batch: Sequence[Outgoing]) -> dict[_Kind, list[Outgoing]]:
    """The mails by kind, in the order of the batch."""
    kinds: defaultdict[_Kind, list[Outgoing]] = defaultdict(list)
    twins: Counter[tuple[_Kind, str]] = Counter()
    for mail in batch:
        _check(mail)
        alone = mail.last_error == DeliverError.REFUSED_TOGETHER or not _substitutable(mail)
        kind = _Kind(mail.sender, mail.sender_name, bool(mail.html), alone, twin=0)
        kinds[kind._replace(twin=twins[kind, mail.endpoint])].append(mail)
        twins[kind, mail.endpoint] += 1
    return kinds


def _check(mail: Outgoing) -> None:
    # SendGrid would refuse the whole request for one of these
    if not (mail.subject or "").strip():
        raise CannotSendError(DeliverError.SUBJECT_MISSING)
    if not mail.body.strip():
        raise CannotSendError(DeliverError.TEXT_MISSING)


def _substitutable(mail: Outgoing) -> bool:
    texts = (mail.body, mail.html or "")
    fits = len(json.dumps(_substitutions(mail))) <= _LARGEST_SUBSTITUTIONS
    return fits and not any(tag in text for tag in (_TEXT, _HTML) for text in texts)


def _substitutions(mail: Outgoing) -> dict[str, str]:
    return {_TEXT: mail.body, _HTML: mail.html} if mail.html else {_TEXT: mail.body}


def _document(kind: _Kind, mails: Sequence[Outgoing]) -> Json:
    texts = _substitutions(mails[0]) if kind.alone else {_TEXT: _TEXT, _HTML: _HTML}
    content = [{"type": "text/plain", "value": texts[_TEXT]}]
    if kind.with_html:
        content.append({"type": "text/html", "value": texts[_HTML]})
    return {
        "personalizations": [_personalization(mail, substituted=not kind.alone) for mail in mails],
        "from": {"email": kind.sender, "name": kind.sender_name} if kind.sender_name else {"email": kind.sender},
        "content": content,
    }


def _personalization(mail: Outgoing, substituted: bool) -> Json:
    found: Json = {
        "to": [{"email": mail.endpoint}],
        # a line break in a subject would start another header
        "subject": " ".join((mail.subject or "").split()),
        "custom_args": {"company_id": str(mail.company_id), "message_id": str(mail.message_id)},
    }
    if substituted:
        found["substitutions"] = _substitutions(mail)
    return found


def _refused(request: Request, answer: Response) -> list[Outcome]:
    """A refusal is of the whole request. The mails that it names are refused; the others are tried again, alone."""
    named, said = _flaws(answer)
    alone = len(request.tag) == 1
    again = Reading(Result.RETRY, DeliverError.REFUSED_TOGETHER, {"http_status": answer.status})
    outcomes: list[Outcome] = []
    for place, message_id in enumerate(request.tag):
        if alone or place in named:
            facts: Json = {"http_status": answer.status, "provider_says": named.get(place, said)}
            outcomes += Reading(Result.REFUSED, DeliverError.REFUSED, facts).of([message_id])
        else:
            outcomes += again.of([message_id])
    return outcomes


def _flaws(answer: Response) -> tuple[dict[int, str], str]:
    """What is wrong with which personalization, by its place; and what is said at all."""
    errors = answer.document().get("errors")
    named: dict[int, str] = {}
    said = f"HTTP {answer.status}"
    for error in errors if isinstance(errors, list) else ():
        if isinstance(error, dict):
            said = quoted(error.get("message", said))
            if found := _PERSON.search(str(error.get("field", ""))):
                named.setdefault(int(found[1]), said)
    return named, said
