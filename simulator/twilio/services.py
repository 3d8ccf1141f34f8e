"""Messaging Services (messaging.twilio.com): pools of numbers behind one sender and one inbound webhook."""

import time
from typing import Any

from aiohttp import web

from simulator.carrier import CARRIER, Carrier
from simulator.entries import MessagingService, Number
from simulator.ids import sid
from simulator.twilio.door import answer, form_of, guarded
from simulator.twilio.errors import Refused

SETTINGS = {
    "FriendlyName": "friendly_name",
    "InboundRequestUrl": "inbound_request_url",
    "StatusCallback": "status_callback",
}


async def create(request: web.Request) -> web.Response:
    """Makes a service without numbers; sending from it is refused with 21703 until it has one."""
    carrier, form = request.app[CARRIER], await form_of(request)
    settings = {name: form.get(parameter, [None])[0] for parameter, name in SETTINGS.items()}
    own_webhooks = form.get("UseInboundWebhookOnNumber", ["false"])[0].lower() == "true"
    service = MessagingService(sid=sid("MG"), settings={**settings, "use_inbound_webhook_on_number": own_webhooks})
    carrier.books.services[service.sid] = service
    return answer(_resource(carrier, service), status=201)


async def index(request: web.Request) -> web.Response:
    """All services, on one page."""
    carrier = request.app[CARRIER]
    shown = [_resource(carrier, service) for service in carrier.books.services.values()]
    return answer({"meta": _meta(request, "services", len(shown)), "services": shown})


async def fetch(request: web.Request) -> web.Response:
    """One service."""
    carrier = request.app[CARRIER]
    return answer(_resource(carrier, _service(carrier, request)))


async def add_number(request: web.Request) -> web.Response:
    """Puts one of the account's numbers into the pool."""
    carrier, form = request.app[CARRIER], await form_of(request)
    service = _service(carrier, request)
    number = carrier.books.numbers.get(form.get("PhoneNumberSid", [""])[0])
    if number is None:
        raise Refused(20404)
    if carrier.books.service_of(number.phone_number):
        raise Refused(21710)
    service.numbers.append(number)
    return answer(_member(carrier, service, number), status=201)


async def numbers(request: web.Request) -> web.Response:
    """The numbers in the pool, on one page."""
    carrier = request.app[CARRIER]
    service = _service(carrier, request)
    shown = [_member(carrier, service, number) for number in service.numbers]
    return answer({"meta": _meta(request, "phone_numbers", len(shown)), "phone_numbers": shown})


def _service(carrier: Carrier, request: web.Request) -> MessagingService:
    service = carrier.books.services.get(request.match_info["service"])
    if service is None:
        raise Refused(20404)
    return service


def _resource(carrier: Carrier, service: MessagingService) -> dict[str, Any]:
    return {
        **service.settings,
        "account_sid": carrier.config.twilio_account_sid,
        "date_created": _iso(service.created),
        "date_updated": _iso(service.created),
        "sid": service.sid,
        "sticky_sender": True,
        "url": f"https://messaging.twilio.com/v1/Services/{service.sid}",
    }


def _member(carrier: Carrier, service: MessagingService, number: Number) -> dict[str, Any]:
    return {
        "account_sid": carrier.config.twilio_account_sid,
        "capabilities": ["SMS", "MMS", "Voice"],
        "country_code": "US",
        "date_created": _iso(number.created),
        "date_updated": _iso(number.updated),
        "phone_number": number.phone_number,
        "service_sid": service.sid,
        "sid": number.sid,
        "url": f"https://messaging.twilio.com/v1/Services/{service.sid}/PhoneNumbers/{number.sid}",
    }


def _meta(request: web.Request, key: str, size: int) -> dict[str, Any]:
    return {
        "key": key,
        "page": 0,
        "page_size": max(size, 50),
        "url": str(request.url),
        "first_page_url": str(request.url),
        "next_page_url": None,
        "previous_page_url": None,
    }


def _iso(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


SERVICE = "/v1/Services/{service}"
ROUTES = [
    web.post("/v1/Services", guarded(create)),
    web.get("/v1/Services", guarded(index)),
    web.get(SERVICE, guarded(fetch)),
    web.post(SERVICE + "/PhoneNumbers", guarded(add_number)),
    web.get(SERVICE + "/PhoneNumbers", guarded(numbers)),
]
