"""`POST /v25.0/{page}/messages` for Messenger and Instagram, and `/{app}/subscriptions`.

A message can carry `metadata`; the books take it as the application's own message id.
"""

import time
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from simulator.addresses import channel_of
from simulator.books import WINDOW_SECONDS
from simulator.carrier import CARRIER, Carrier
from simulator.entries import Text
from simulator.ids import short_id
from simulator.meta import webhook
from simulator.meta.door import Refused, faulty, guarded, values_of

GONE_TAGS = frozenset(("ACCOUNT_UPDATE", "CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE"))
"""Refused since April 2026."""
HUMAN_AGENT_SECONDS = 7 * 24 * 3600
LONGEST_MESSENGER_TEXT = 2000
"""Characters."""
LONGEST_INSTAGRAM_TEXT = 1000
"""Bytes."""


async def send(request: web.Request) -> web.Response:
    """Sends a text to somebody who wrote first, within 24 hours of their last word."""
    carrier, wanted = request.app[CARRIER], await values_of(request)
    ours = request.match_info["page"]
    person, words, message = _checked(carrier, ours, wanted)
    text = Text(
        sid="m_" + short_id(),
        channel=channel_of(ours),
        to=person,
        sender=ours,
        status="sent",
        app_id=message.get("metadata"),
        body=words,
        direction="outbound-api",
        provider="meta",
        sent=time.time(),
    )
    carrier.books.add_text(text)
    _start(carrier, text)
    return web.json_response({"recipient_id": person, "message_id": text.sid})


async def subscribe(request: web.Request) -> web.Response:
    """Sets the app's webhook, if it answers the challenge."""
    carrier, wanted = request.app[CARRIER], await values_of(request)
    url = str(wanted.get("callback_url", ""))
    if urlsplit(url).scheme not in ("http", "https"):
        raise Refused(100)
    token = str(wanted.get("verify_token") or carrier.config.meta_verify_token)
    if not await webhook.answers_challenge(carrier, url, token):
        raise Refused(2200)
    carrier.books.meta_webhook = url
    return web.json_response({"success": True})


def _checked(carrier: Carrier, ours: str, wanted: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    recipient, message = wanted.get("recipient"), wanted.get("message")
    if not isinstance(recipient, dict) or not isinstance(message, dict):
        raise Refused(100)
    person, words = recipient.get("id"), message.get("text")
    if not isinstance(person, str) or not person.isdigit() or not isinstance(words, str) or not words:
        raise Refused(100)
    if channel_of(ours) == "instagram":
        too_long = len(words.encode()) > LONGEST_INSTAGRAM_TEXT
    else:
        too_long = len(words) > LONGEST_MESSENGER_TEXT
    if too_long or wanted.get("tag") in GONE_TAGS:
        raise Refused(100)
    if (code := carrier.faults.numbers.get(person)) is not None:
        raise Refused(code, 1545041 if code == 551 else None)
    _check_window(carrier, person, ours, wanted.get("tag"))
    return person, words, message


def _check_window(carrier: Carrier, person: str, ours: str, tag: str | None) -> None:
    last_word = carrier.books.last_words.get((person, ours))
    if last_word is None:
        raise Refused(100, 2018001)
    allowed = HUMAN_AGENT_SECONDS if tag == "HUMAN_AGENT" else WINDOW_SECONDS
    if time.time() - last_word > allowed:
        raise Refused(10, 2534022 if channel_of(ours) == "instagram" else 2018278)


def _start(carrier: Carrier, text: Text) -> None:
    if text.channel == "instagram":
        # Instagram tells an app of its own messages, and never of their delivery.
        echo = {"mid": text.sid, "text": text.body, "is_echo": True}
        event = {"sender": {"id": text.sender}, "recipient": {"id": text.to}, "message": echo}
        webhook.post(carrier, text.sender, event, carrier.fate())
    carrier.pace.later(0.3, 1.5, _deliver, carrier, text)


def _deliver(carrier: Carrier, text: Text) -> None:
    text.becomes("delivered")
    if text.channel == "messenger":
        _tell(carrier, text, {"delivery": {"mids": [text.sid], "watermark": _milliseconds(text)}})
    if carrier.shares.happens(carrier.shares.reads, carrier.config.seed, "reads", text.to, text.body):
        carrier.pace.later(1.0, 8.0, _read, carrier, text)
    for reader in carrier.text_readers:
        reader(text)


def _read(carrier: Carrier, text: Text) -> None:
    text.becomes("read")
    seen = {"mid": text.sid} if text.channel == "instagram" else {"watermark": _milliseconds(text)}
    _tell(carrier, text, {"read": seen})


def _tell(carrier: Carrier, text: Text, what: dict[str, Any]) -> None:
    event = {"sender": {"id": text.to}, "recipient": {"id": text.sender}, **what}
    webhook.post(carrier, text.sender, event, carrier.fate())


def _milliseconds(text: Text) -> int:
    """A watermark: everything up to then, so it lies at or after the message itself."""
    return int(text.updated * 1000)


VERSION = r"/v{version:\d+\.\d+}"
ROUTES = [
    web.post(VERSION + r"/{page:\d+}/messages", faulty(send)),
    web.post(VERSION + r"/{app:\d+}/subscriptions", guarded(subscribe)),
]
