"""`POST /v3/mail/send`: one request, up to 1,000 people."""

import json
import time
from typing import Any

from aiohttp import web

from simulator.carrier import CARRIER, Carrier
from simulator.entries import Letter, Mail
from simulator.ids import short_id
from simulator.sendgrid import ladder
from simulator.sendgrid.checks import flaws
from simulator.sendgrid.door import Refused, faulty, json_of


async def send(request: web.Request) -> web.Response:
    """202 with one X-Message-Id for all; 400, or 200 in sandbox mode, and nobody gets anything."""
    carrier = request.app[CARRIER]
    wanted = await json_of(request)
    found = flaws(wanted)
    if found:
        raise Refused(400, *found)
    settings = wanted.get("mail_settings") or {}
    if (settings.get("sandbox_mode") or {}).get("enable"):
        return web.Response()
    message_id = accept(carrier, wanted)
    return web.Response(status=202, headers={"X-Message-Id": message_id})


def accept(carrier: Carrier, wanted: dict[str, Any]) -> str:
    """Enters a mail for every person and puts them on their way. Returns the request's message id."""
    letter = _letter(wanted)
    wait = max(wanted.get("send_at", 0) - time.time(), 0.0)
    for place, person in enumerate(wanted["personalizations"]):
        for copy, recipient in enumerate(_recipients(person)):
            mail = _mail(carrier, wanted, letter, person, recipient, place=f"{place}.{copy}")
            carrier.books.add_mail(mail)
            ladder.start(carrier, mail, wait)
    return letter.message_id


def _letter(wanted: dict[str, Any]) -> Letter:
    parts = {part["type"]: part["value"] for part in wanted.get("content") or ()}
    return Letter(
        message_id=short_id(),
        subject=wanted.get("subject") or "",
        text=parts.get("text/plain", ""),
        html=parts.get("text/html", ""),
        categories=tuple(wanted.get("categories") or ()),
    )


def _recipients(person: dict[str, Any]) -> list[dict[str, str]]:
    return [recipient for kind in ("to", "cc", "bcc") for recipient in person.get(kind) or ()]


def _mail(
    carrier: Carrier,
    wanted: dict[str, Any],
    letter: Letter,
    person: dict[str, Any],
    recipient: dict[str, str],
    *,
    place: str,
) -> Mail:
    # A new dict for every person: what one carries must never show up at the next.
    custom_args = {**wanted.get("custom_args", {}), **person.get("custom_args", {})}
    return Mail(
        sid=f"{letter.message_id}.recvd-{place}",
        channel="email",
        to=recipient["email"].lower(),
        name=recipient.get("name", ""),
        sender=wanted["from"]["email"],
        status="accepted",
        app_id=carrier.app_id_of(custom_args),
        letter=letter,
        own_subject=person.get("subject"),
        substitutions=_substitutions(wanted, person),
        custom_args=custom_args,
        headers={**wanted.get("headers", {}), **person.get("headers", {})},
        template=_template(wanted, person),
    )


def _substitutions(wanted: dict[str, Any], person: dict[str, Any]) -> dict[str, str]:
    """Substitution tags are for plain content and legacy templates; a dynamic template knows nothing of them."""
    if str(wanted.get("template_id", "")).startswith("d-"):
        return {}
    return dict(person.get("substitutions", {}))


def _template(wanted: dict[str, Any], person: dict[str, Any]) -> str:
    template_id = wanted.get("template_id")
    if not template_id:
        return ""
    return f"[{template_id}] {json.dumps(person.get('dynamic_template_data', {}), ensure_ascii=False)}"


ROUTES = [web.post("/v3/mail/send", faulty(send))]
