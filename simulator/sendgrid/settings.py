"""`/v3/user/webhooks/event/settings`: event webhooks, and the public key that signed ones are checked with."""

import base64
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from simulator.carrier import CARRIER, Carrier
from simulator.entries import EventWebhook
from simulator.sendgrid.door import Flaw, Refused, guarded, json_of
from simulator.sendgrid.events import FLAGS

SETTINGS = "/v3/user/webhooks/event/settings"
MOST_WEBHOOKS = 5


def add(carrier: Carrier, given: dict[str, Any], signed: bool = False) -> EventWebhook:
    """A new webhook. Raises `Refused` when the URL is none."""
    usual = {"enabled": True, "url": "", "friendly_name": "", **dict.fromkeys(FLAGS.values(), False)}
    webhook = EventWebhook(sid=str(uuid.uuid4()), settings=usual, signed=signed)
    _change(webhook, given)
    carrier.books.event_webhooks[webhook.sid] = webhook
    return webhook


def all_events(url: str) -> dict[str, Any]:
    """The settings of a webhook that wants everything."""
    return {"enabled": True, "url": url, **dict.fromkeys(FLAGS.values(), True)}


def public_key(key: ec.EllipticCurvePrivateKey) -> str:
    """Base64 of the DER SubjectPublicKeyInfo, without PEM armour, as SendGrid shows it."""
    return base64.b64encode(
        key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    ).decode()


async def create(request: web.Request) -> web.Response:
    """Makes a webhook, unsigned at first."""
    carrier, given = request.app[CARRIER], await json_of(request)
    if len(carrier.books.event_webhooks) >= MOST_WEBHOOKS:
        raise Refused(400, Flaw(None, "the plan allows no more event webhooks"))
    return web.json_response(_resource(carrier, add(carrier, given)), status=201)


async def index(request: web.Request) -> web.Response:
    """All webhooks."""
    carrier = request.app[CARRIER]
    webhooks = [_resource(carrier, webhook) for webhook in carrier.books.event_webhooks.values()]
    return web.json_response({"max_allowed": MOST_WEBHOOKS, "webhooks": webhooks})


async def fetch(request: web.Request) -> web.Response:
    """One webhook."""
    carrier = request.app[CARRIER]
    return web.json_response(_resource(carrier, _webhook(carrier, request)))


async def update(request: web.Request) -> web.Response:
    """Changes the URL, the name or the kinds of events."""
    carrier = request.app[CARRIER]
    webhook = _webhook(carrier, request)
    _change(webhook, await json_of(request))
    return web.json_response(_resource(carrier, webhook))


async def delete(request: web.Request) -> web.Response:
    """Takes a webhook away."""
    carrier = request.app[CARRIER]
    del carrier.books.event_webhooks[_webhook(carrier, request).sid]
    return web.Response(status=204)


async def fetch_key(request: web.Request) -> web.Response:
    """The public key; empty while the webhook is not signed."""
    carrier = request.app[CARRIER]
    return web.json_response(_key(carrier, _webhook(carrier, request)))


async def switch_signing(request: web.Request) -> web.Response:
    """`{"enabled": true}` has events signed from now on."""
    carrier = request.app[CARRIER]
    webhook = _webhook(carrier, request)
    enabled = (await json_of(request)).get("enabled")
    if not isinstance(enabled, bool):
        raise Refused(400, Flaw("enabled", "must be true or false"))
    webhook.signed = enabled
    return web.json_response(_key(carrier, webhook))


def _change(webhook: EventWebhook, given: dict[str, Any]) -> None:
    url = given.get("url", webhook.settings["url"])
    if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https"):
        raise Refused(400, Flaw("url", "must be a URL"))
    webhook.settings |= {name: value for name, value in given.items() if name in webhook.settings}
    webhook.updated = time.time()


def _webhook(carrier: Carrier, request: web.Request) -> EventWebhook:
    webhooks = carrier.books.event_webhooks
    # The paths without an id are older than having several webhooks, and mean the first.
    webhook = webhooks.get(request.match_info.get("id") or next(iter(webhooks), ""))
    if webhook is None:
        raise Refused(404, Flaw(None, "webhook not found"))
    return webhook


def _resource(carrier: Carrier, webhook: EventWebhook) -> dict[str, Any]:
    return {
        **webhook.settings,
        "id": webhook.sid,
        "created_date": _iso(webhook.created),
        "updated_date": _iso(webhook.updated),
        "public_key": _key(carrier, webhook)["public_key"],
    }


def _key(carrier: Carrier, webhook: EventWebhook) -> dict[str, str]:
    shown = public_key(carrier.config.sendgrid_signing_key) if webhook.signed else ""
    return {"id": webhook.sid, "public_key": shown}


def _iso(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


ROUTES = [
    web.post(SETTINGS, guarded(create)),
    web.get(SETTINGS, guarded(fetch)),
    web.patch(SETTINGS, guarded(update)),
    web.get(SETTINGS + "/all", guarded(index)),
    web.get(SETTINGS + "/signed", guarded(fetch_key)),
    web.patch(SETTINGS + "/signed", guarded(switch_signing)),
    web.get(SETTINGS + "/signed/{id}", guarded(fetch_key)),
    web.patch(SETTINGS + "/signed/{id}", guarded(switch_signing)),
    web.get(SETTINGS + "/{id}", guarded(fetch)),
    web.patch(SETTINGS + "/{id}", guarded(update)),
    web.delete(SETTINGS + "/{id}", guarded(delete)),
]
