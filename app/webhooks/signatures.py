"""Is a callback the provider's own? Checked over the request as it came, before anything in it is believed.

A header can hold anything, so whatever a library raises over one means no.
"""

from datetime import timedelta
from functools import lru_cache

from flask import request
from sendgrid.helpers.eventwebhook import EventWebhook
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from app.clock import now
from app.extensions import settings

_TWILIO_SIGNATURE = "X-Twilio-Signature"
_SENDGRID_SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
_SENDGRID_TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"

_FRESH_FOR = timedelta(minutes=5)
_MOST_DIGITS = 12


def public_address() -> str:
    """The address of this request as the provider wrote it.

    Not `request.url`: Werkzeug rewrites the query there, and behind a proxy it has another scheme and host.
    """
    target: str = request.environ.get("RAW_URI", "")
    if not target.startswith("/"):
        # the absolute form, or a server that does not tell: WSGI hands the query over as it came, and our paths
        # need no escapes
        query = request.environ.get("QUERY_STRING", "")
        target = request.script_root + request.path + (f"?{query}" if query else "")
    return settings().public_base_url + target.encode("latin-1", "replace").decode("utf-8", "replace")


def twilio_signed() -> bool:
    """True when Twilio signed this form post with our auth token."""
    token = settings().twilio_auth_token
    signature = request.headers.get(_TWILIO_SIGNATURE, "")
    if not token or not signature:
        return False
    validator = RequestValidator(token)
    return bool(validator.validate(public_address(), request.form, signature))


def sendgrid_signed(body: bytes) -> bool:
    """True when SendGrid signed this body, to the byte, with the key whose public half we were given."""
    public_key = settings().sendgrid_event_public_key
    if not public_key:
        return False
    webhook = _event_webhook(public_key)
    signature = request.headers.get(_SENDGRID_SIGNATURE, "")
    timestamp = request.headers.get(_SENDGRID_TIMESTAMP, "")
    try:
        return bool(webhook.verify_signature(body.decode(), signature, timestamp))
    except ValueError:
        # not base64, not UTF-8
        return False


def sendgrid_fresh() -> bool:
    """True when the time that SendGrid signed is about now: a copied request is worthless after minutes."""
    timestamp = request.headers.get(_SENDGRID_TIMESTAMP, "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _MOST_DIGITS):
        return False
    return abs(int(timestamp) - now().timestamp()) <= _FRESH_FOR.total_seconds()


@lru_cache(maxsize=4)
def _event_webhook(public_key: str) -> EventWebhook:
    return EventWebhook(public_key)
