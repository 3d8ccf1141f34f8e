"""Twilio's doors: status callbacks and inbound messages. Both are signed form posts."""

from typing import Any

from flask import Blueprint, Response, request

from app.receipts import twilio
from app.receipts.incoming import MalformedError
from app.webhooks import doors, refusals, signatures
from app.webhooks.refusals import Refusal, RefusedError

blueprint = Blueprint("twilio", __name__)
refusals.handle(blueprint, twilio.PROVIDER, most_bytes=128 * 1024)


@blueprint.post("/messages/status/twilio")
def status() -> Response:
    """204 when the status is in the inbox, now or from before."""
    form = _signed_form()
    company_id = doors.argument("company")
    message_id = doors.argument("message")
    try:
        event = twilio.status_event(form, message_id)
    except MalformedError:
        raise RefusedError(Refusal.MALFORMED) from None
    doors.take_in(twilio.PROVIDER, company_id, [event])
    return Response(status=204)


@blueprint.post("/messages/incoming/twilio")
def incoming() -> Response:
    """An empty TwiML answer when the message is in the inbox: we say nothing back of our own accord."""
    form = _signed_form()
    company_id = doors.argument("company")
    try:
        event = twilio.reply_event(form)
    except MalformedError:
        raise RefusedError(Refusal.MALFORMED) from None
    doors.take_in(twilio.PROVIDER, company_id, [event])
    return Response("<Response/>", mimetype="text/xml")


def _signed_form() -> dict[str, Any]:
    """The form's values, a list where a name is repeated; refuses what Twilio did not sign."""
    if not signatures.twilio_signed():
        raise RefusedError(Refusal.UNSIGNED)
    return {name: values[0] if len(values) == 1 else values for name, values in request.form.lists()}
