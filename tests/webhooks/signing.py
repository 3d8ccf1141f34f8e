"""Requests signed as the providers sign them, by their documents and not by their libraries."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from app.clock import now
from app.config import Settings
from app.local_credentials import sendgrid_signing_key

Form = Sequence[tuple[str, str]]


def twilio_signature(token: str, url: str, form: Form) -> str:
    """Base64 of HMAC-SHA1 over the address and the sorted parameters, each value of a repeated name once."""
    said = url + "".join(name + value for name, value in sorted(set(form)))
    return base64.b64encode(hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()).decode()


def twilio_request(settings: Settings, path: str, form: Form, base: str | None = None) -> dict[str, Any]:
    """Arguments of a client's `post`: Twilio was given the address `base` + `path`, the public one by default."""
    url = (base or settings.public_base_url) + path
    return {
        "path": path,
        "data": urlencode(form).encode(),
        "content_type": "application/x-www-form-urlencoded",
        "headers": {"X-Twilio-Signature": twilio_signature(settings.twilio_auth_token, url, form)},
    }


def sendgrid_request(
    settings: Settings, events: Any, path: str = "/messages/events/sendgrid", at: float | None = None
) -> dict[str, Any]:
    """Arguments of a client's `post`: a batch as SendGrid writes it, CRLF at its end, signed `at` a time."""
    body = events if isinstance(events, bytes) else json.dumps(events).encode() + b"\r\n"
    timestamp = str(int(now().timestamp() if at is None else at))
    key = sendgrid_signing_key(settings.secret_key)
    signature = key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return {
        "path": path,
        "data": body,
        "content_type": "application/json",
        "headers": {
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
        },
    }
