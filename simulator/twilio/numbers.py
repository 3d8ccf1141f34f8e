"""`IncomingPhoneNumbers` and the account itself: what the account owns and where its inbound texts go."""

import time
from typing import Any

from aiohttp import web

from simulator.addresses import is_sender
from simulator.books import Books
from simulator.carrier import CARRIER, Carrier
from simulator.entries import Number
from simulator.ids import sid
from simulator.twilio.door import answer, form_of, guarded
from simulator.twilio.errors import Refused
from simulator.twilio.messages import ACCOUNT, instant
from simulator.twilio.paging import page

SETTINGS = {
    "FriendlyName": "friendly_name",
    "SmsUrl": "sms_url",
    "SmsMethod": "sms_method",
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "StatusCallback": "status_callback",
}


async def create(request: web.Request) -> web.Response:
    """Buys a number. Any number is for sale that nobody has bought; `AreaCode` picks one."""
    carrier, form = request.app[CARRIER], await form_of(request)
    wanted = form.get("PhoneNumber", [""])[0] or _free_number(carrier.books, form.get("AreaCode", ["500"])[0])
    if not is_sender(wanted) or ":" in wanted:
        raise Refused(21421)
    if carrier.books.number(wanted):
        raise Refused(21422)
    number = Number(sid=sid("PN"), phone_number=wanted, settings={"sms_method": "POST", "voice_method": "POST"})
    _change(number, form)
    carrier.books.numbers[number.sid] = number
    return answer(_resource(carrier, number), status=201)


async def index(request: web.Request) -> web.Response:
    """Numbers, by `PhoneNumber` and `FriendlyName`."""
    carrier, query = request.app[CARRIER], request.query
    found = [
        number
        for number in carrier.books.numbers.values()
        if query.get("PhoneNumber", "") in number.phone_number
        and query.get("FriendlyName", _name(number)) == _name(number)
    ]
    return answer(page(request, "incoming_phone_numbers", found, lambda number: _resource(carrier, number)))


async def fetch(request: web.Request) -> web.Response:
    """One number."""
    carrier = request.app[CARRIER]
    return answer(_resource(carrier, _number(carrier, request)))


async def update(request: web.Request) -> web.Response:
    """Changes a number's webhooks or name."""
    carrier = request.app[CARRIER]
    number = _number(carrier, request)
    _change(number, await form_of(request))
    return answer(_resource(carrier, number))


async def delete(request: web.Request) -> web.Response:
    """Gives a number back."""
    carrier = request.app[CARRIER]
    number = _number(carrier, request)
    del carrier.books.numbers[number.sid]
    for service in carrier.books.services.values():
        service.numbers = [member for member in service.numbers if member.sid != number.sid]
    return web.Response(status=204)


async def account(request: web.Request) -> web.Response:
    """The account: the call with which credentials are checked."""
    own = request.app[CARRIER].config.twilio_account_sid
    return answer(
        {
            "sid": own,
            "friendly_name": "Local carrier",
            "status": "active",
            "type": "Full",
            "owner_account_sid": own,
            "date_created": instant(0),
            "date_updated": instant(0),
            "uri": f"/2010-04-01/Accounts/{own}.json",
        }
    )


def _change(number: Number, form: dict[str, list[str]]) -> None:
    for parameter, name in SETTINGS.items():
        if parameter in form:
            number.settings[name] = form[parameter][0]
    number.updated = time.time()


def _number(carrier: Carrier, request: web.Request) -> Number:
    number = carrier.books.numbers.get(request.match_info["sid"])
    if number is None:
        raise Refused(20404)
    return number


def _free_number(books: Books, area_code: str) -> str:
    taken = {number.phone_number for number in books.numbers.values()}
    return next(free for last in range(10_000) if (free := f"+1{area_code}555{last:04d}") not in taken)


def _name(number: Number) -> str:
    return number.settings.get("friendly_name", number.phone_number)


def _resource(carrier: Carrier, number: Number) -> dict[str, Any]:
    account_sid = carrier.config.twilio_account_sid
    return {
        **dict.fromkeys(SETTINGS.values(), ""),
        **number.settings,
        "friendly_name": _name(number),
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
        "date_created": instant(number.created),
        "date_updated": instant(number.updated),
        "phone_number": number.phone_number,
        "sid": number.sid,
        "uri": f"/2010-04-01/Accounts/{account_sid}/IncomingPhoneNumbers/{number.sid}.json",
    }


NUMBERS = ACCOUNT + "/IncomingPhoneNumbers"
ROUTES = [
    web.post(NUMBERS + ".json", guarded(create)),
    web.get(NUMBERS + ".json", guarded(index)),
    web.get(NUMBERS + "/{sid}.json", guarded(fetch)),
    web.post(NUMBERS + "/{sid}.json", guarded(update)),
    web.delete(NUMBERS + "/{sid}.json", guarded(delete)),
    web.get(ACCOUNT + ".json", guarded(account)),
]
