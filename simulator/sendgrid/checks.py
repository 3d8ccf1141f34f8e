"""Checks of a mail/send request: every flaw, each with the path of its field."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any, TypeGuard

from simulator.sendgrid.door import Flaw

MOST_PERSONALIZATIONS = 1000
MOST_RECIPIENTS = 1000
MOST_CATEGORIES = 10
LARGEST_VALUES = 10_000
"""Bytes of custom args, or of substitutions, in one personalization."""
LATEST_SEND = 72 * 3600

FORBIDDEN_HEADERS = frozenset(
    (
        "x-sg-id",
        "x-sg-eid",
        "received",
        "dkim-signature",
        "content-type",
        "content-transfer-encoding",
        "to",
        "from",
        "subject",
        "reply-to",
        "cc",
        "bcc",
    )
)
RESERVED_ARGS = frozenset(
    (
        "email",
        "event",
        "timestamp",
        "sg_event_id",
        "sg_message_id",
        "smtp-id",
        "category",
        "reason",
        "status",
        "type",
        "url",
    )
)
"""Custom args with these names would overwrite the event's own fields."""

_ADDRESS = re.compile(r"[^\s@<>\",;]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,}")


def flaws(mail: dict[str, Any]) -> list[Flaw]:
    """Everything that is wrong with `mail`; empty when SendGrid would take it."""
    people = mail.get("personalizations")
    if not isinstance(people, list) or not people:
        return [
            Flaw(
                "personalizations", "The personalizations field is required and must have at least one personalization."
            )
        ]
    if len(people) > MOST_PERSONALIZATIONS:
        return [Flaw("personalizations", f"There can be at most {MOST_PERSONALIZATIONS} personalizations.")]
    return [*_sender(mail), *_people(people), *_subject(mail, people), *_content(mail), *_rest(mail)]


def _sender(mail: dict[str, Any]) -> Iterator[Flaw]:
    sender = mail.get("from")
    if not isinstance(sender, dict) or not _is_address(sender.get("email")):
        yield Flaw("from.email", "The from object must hold a valid email address.")


def _people(people: list[Any]) -> Iterator[Flaw]:
    seen: set[str] = set()
    recipients = 0
    for place, person in enumerate(people):
        path = f"personalizations.{place}"
        if not isinstance(person, dict) or not isinstance(person.get("to"), list) or not person["to"]:
            yield Flaw(f"{path}.to", "The to array is required and must have at least one recipient.")
            continue
        for kind in ("to", "cc", "bcc"):
            for index, recipient in enumerate(person.get(kind) or ()):
                recipients += 1
                address = recipient.get("email") if isinstance(recipient, dict) else None
                if not _is_address(address):
                    yield Flaw(f"{path}.{kind}.{index}.email", "Does not contain a valid address.")
                elif address.lower() in seen:
                    yield Flaw(f"{path}.{kind}", f"Each address must be unique in a request. {address} is repeated.")
                else:
                    seen.add(address.lower())
        yield from _values(person, path)
    if recipients > MOST_RECIPIENTS:
        yield Flaw("personalizations", f"There can be at most {MOST_RECIPIENTS} recipients.")


def _values(person: dict[str, Any], path: str) -> Iterator[Flaw]:
    for name in ("custom_args", "substitutions", "headers"):
        values = person.get(name, {})
        field = f"{path}.{name}" if path else name
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            yield Flaw(field, f"The {name} must be an object of strings.")
        elif name != "headers" and len(json.dumps(values)) > LARGEST_VALUES:
            yield Flaw(field, f"The {name} must be below {LARGEST_VALUES} bytes.")
        elif name == "headers" and (bad := FORBIDDEN_HEADERS & {header.lower() for header in values}):
            yield Flaw(field, f"These headers cannot be set: {', '.join(sorted(bad))}.")
        elif name == "custom_args" and (bad := RESERVED_ARGS & set(values)):
            yield Flaw(field, f"These names are reserved: {', '.join(sorted(bad))}.")


def _subject(mail: dict[str, Any], people: list[Any]) -> Iterator[Flaw]:
    everywhere = all(isinstance(person, dict) and person.get("subject") for person in people)
    if not mail.get("subject") and not everywhere and not mail.get("template_id"):
        yield Flaw(
            "subject", "The subject is required. You can get around this by a template or in each personalization."
        )


def _content(mail: dict[str, Any]) -> Iterator[Flaw]:
    content = mail.get("content")
    if not content:
        if not mail.get("template_id"):
            yield Flaw("content", "Unless a valid template_id is provided, the content parameter is required.")
        return
    if not isinstance(content, list) or not all(isinstance(part, dict) for part in content):
        yield Flaw("content", "The content must be an array of objects.")
        return
    for place, part in enumerate(content):
        if not isinstance(part.get("value"), str) or not part["value"]:
            yield Flaw(f"content.{place}.value", "The content value must be a string at least one character in length.")
    kinds = [part.get("type") for part in content]
    if "text/plain" in kinds[1:]:
        yield Flaw("content", "If present, text/plain must be first, followed by text/html.")


def _rest(mail: dict[str, Any]) -> Iterator[Flaw]:
    yield from _values({"custom_args": mail.get("custom_args", {}), "headers": mail.get("headers", {})}, "")
    if len(mail.get("categories") or ()) > MOST_CATEGORIES:
        yield Flaw("categories", f"There can be at most {MOST_CATEGORIES} categories.")
    send_at = mail.get("send_at")
    if send_at is not None and (not isinstance(send_at, int) or send_at - time.time() > LATEST_SEND):
        yield Flaw("send_at", "The send_at must be a Unix timestamp within the next 72 hours.")


def _is_address(address: object) -> TypeGuard[str]:
    return isinstance(address, str) and _ADDRESS.fullmatch(address) is not None
