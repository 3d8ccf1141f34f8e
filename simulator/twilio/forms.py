"""Checks of what a request to create a message asks for. The first thing wrong raises `Refused` with Twilio's code."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from simulator.addresses import channel_of, is_reachable, is_sender
from simulator.books import Books
from simulator.carrier import Carrier
from simulator.entries import MessagingService
from simulator.twilio.errors import Refused

LONGEST_BODY = 1600
LONGEST_VALIDITY = 36_000
SOONEST_SEND, LATEST_SEND = 300, 35 * 24 * 3600


@dataclass(frozen=True)
class Wanted:
    """A message that Twilio would take."""

    to: str
    sender: str
    """Empty when a Messaging Service is to pick it."""
    service: MessagingService | None
    body: str
    template: bool
    media: tuple[str, ...]
    status_callback: str
    validity: int
    send_at: float | None


def read_message(carrier: Carrier, form: dict[str, list[str]]) -> Wanted:
    """What the form asks for. Raises `Refused`."""

    def one(name: str) -> str:
        return form.get(name, [""])[0]

    to, sender = one("To"), one("From")
    service = _service(carrier.books, one("MessagingServiceSid"))
    _check_addresses(carrier, to, sender, service)
    media = tuple(form.get("MediaUrl", ()))
    body = one("Body")
    if not (body or media or one("ContentSid")):
        raise Refused(21602)
    if len(body) > LONGEST_BODY:
        raise Refused(21617)
    _check_url(one("StatusCallback"))
    send_at = _send_at(one("ScheduleType"), one("SendAt"))
    return Wanted(
        to=to,
        sender=sender,
        service=service,
        body=body or _template_words(one("ContentSid"), one("ContentVariables")),
        template=bool(one("ContentSid")),
        media=media,
        status_callback=one("StatusCallback") or (service.settings["status_callback"] or "" if service else ""),
        validity=_validity(one("ValidityPeriod")),
        # Twilio's trap: a schedule without a Messaging Service is ignored and the message goes out at once.
        send_at=send_at if service else None,
    )


def _service(books: Books, sid: str) -> MessagingService | None:
    if not sid:
        return None
    if sid not in books.services:
        raise Refused(21705)
    return books.services[sid]


def _check_addresses(carrier: Carrier, to: str, sender: str, service: MessagingService | None) -> None:
    if not to:
        raise Refused(21604)
    if not is_reachable(to):
        raise Refused(21211)
    if not sender and not service:
        raise Refused(21603)
    if sender:
        _check_sender(carrier, to, sender)
    elif service and not service.numbers:
        raise Refused(21703)
    code = carrier.faults.code_for(to)
    if code is not None and code < 30_000:
        raise Refused(code)
    scope = service.sid if service else carrier.books.opt_out_scope(sender)
    if (to, scope) in carrier.books.opted_out:
        raise Refused(21610)


def _check_sender(carrier: Carrier, to: str, sender: str) -> None:
    if not is_sender(sender):
        raise Refused(21212)
    if channel_of(sender) != channel_of(to):
        raise Refused(21910)
    if sender == to:
        raise Refused(21266)
    if not carrier.config.any_sender and channel_of(sender) == "sms" and not carrier.books.number(sender):
        raise Refused(21606)


def _check_url(url: str) -> None:
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise Refused(21609)


def _validity(value: str) -> int:
    if not value:
        return LONGEST_VALIDITY
    if not value.isdecimal() or not 1 <= int(value) <= LONGEST_VALIDITY:
        raise Refused(90014)
    return int(value)


def _send_at(schedule: str, value: str) -> float | None:
    if schedule != "fixed":
        return None
    if not value:
        raise Refused(35111)
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        raise Refused(35114) from None
    instant = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    if not SOONEST_SEND <= instant - time.time() <= LATEST_SEND:
        raise Refused(35114)
    return instant


def _template_words(content_sid: str, variables: str) -> str:
    if not content_sid:
        return ""
    try:
        values = json.loads(variables or "{}")
    except ValueError:
        raise Refused(21656) from None
    if not isinstance(values, dict):
        raise Refused(21656)
    return " ".join([f"[{content_sid}]", *(str(value) for value in values.values())])
