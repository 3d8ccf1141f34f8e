"""Events: gathered for a moment, then posted together as one signed JSON array that ends in CRLF."""

import base64
import json
import time
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from simulator.callbacks import UNTIL_IT_WORKS, Callback
from simulator.carrier import Carrier
from simulator.entries import EventWebhook, Mail
from simulator.ids import short_id

LARGEST_BATCH = 1000
GATHERED_FOR = (0.2, 1.0)
"""Seconds at speed 1."""

FLAGS = {
    "processed": "processed",
    "dropped": "dropped",
    "delivered": "delivered",
    "deferred": "deferred",
    "bounce": "bounce",
    "open": "open",
    "click": "click",
    "spamreport": "spam_report",
    "unsubscribe": "unsubscribe",
    "group_unsubscribe": "group_unsubscribe",
    "group_resubscribe": "group_resubscribe",
}
"""The setting of a webhook that each kind of event obeys."""


def tell(carrier: Carrier, mail: Mail, kind: str, extra: dict[str, Any]) -> None:
    """Queues an event for every webhook that wants its kind. A None in `extra` takes a field out."""
    wanting = [
        webhook
        for webhook in carrier.books.event_webhooks.values()
        if webhook.settings["enabled"] and webhook.settings[FLAGS[kind]]
    ]
    if not wanting:
        return
    event = _event(mail, kind, extra)
    for webhook in wanting:
        for delay in carrier.fate():
            if delay:
                carrier.pace.later(delay, delay, _queue, carrier, webhook, event)
            else:
                _queue(carrier, webhook, event)


def sign(key: ec.EllipticCurvePrivateKey, timestamp: str, body: bytes) -> str:
    """The signature header: base64 of the DER signature over timestamp and raw body."""
    return base64.b64encode(key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()


def _event(mail: Mail, kind: str, extra: dict[str, Any]) -> dict[str, Any]:
    event = {
        **mail.custom_args,
        "email": mail.to,
        "timestamp": int(time.time()),
        "smtp-id": f"<{mail.letter.message_id}@local.carrier>",
        "event": kind,
        "sg_event_id": short_id(),
        "sg_message_id": mail.sid,
        **extra,
    }
    if mail.letter.categories:
        event["category"] = list(mail.letter.categories)
    return {name: value for name, value in event.items() if value is not None}


def _queue(carrier: Carrier, webhook: EventWebhook, event: dict[str, Any]) -> None:
    webhook.pending.append(event)
    if len(webhook.pending) >= LARGEST_BATCH:
        _flush(carrier, webhook)
    elif not webhook.flush_due:
        webhook.flush_due = True
        carrier.pace.later(*GATHERED_FOR, _flush, carrier, webhook)


def _flush(carrier: Carrier, webhook: EventWebhook) -> None:
    events, webhook.pending, webhook.flush_due = webhook.pending, [], False
    if not events:
        return
    body = ("[" + ",\r\n".join(map(json.dumps, events)) + "]\r\n").encode()
    headers = {"Content-Type": "application/json", "User-Agent": "SendGrid Event API"}
    if webhook.signed:
        timestamp = str(int(time.time()))
        headers |= {
            "X-Twilio-Email-Event-Webhook-Signature": sign(carrier.config.sendgrid_signing_key, timestamp, body),
            "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
        }
    carrier.callbacks.post(Callback(webhook.settings["url"], body, headers, UNTIL_IT_WORKS))
