"""`/2010-04-01/Accounts/{account}/Calls`: create, fetch, list, hang up."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from simulator.addresses import is_phone
from simulator.carrier import CARRIER, Carrier
from simulator.entries import Call
from simulator.ids import sid
from simulator.twilio import dialling
from simulator.twilio.door import answer, faulty, form_of
from simulator.twilio.errors import Refused
from simulator.twilio.messages import ACCOUNT, instant
from simulator.twilio.paging import page

OVER = frozenset(("completed", "busy", "failed", "no-answer", "canceled"))
LONGEST_TWIML = 4000


async def create(request: web.Request) -> web.Response:
    """Accepts a call: 201, and it is dialled."""
    carrier = request.app[CARRIER]
    form = await form_of(request)
    _check(carrier, form)
    call = Call(
        sid=sid("CA"),
        channel="voice",
        to=form["To"][0],
        sender=form["From"][0],
        status="queued",
        form=form,
        app_id=_app_id(carrier, form),
    )
    carrier.books.calls[call.sid] = call
    carrier.busy(dialling.place(carrier, call))
    return answer(_resource(carrier, call), status=201)


async def fetch(request: web.Request) -> web.Response:
    """One call."""
    carrier = request.app[CARRIER]
    return answer(_resource(carrier, _call(carrier, request)))


async def index(request: web.Request) -> web.Response:
    """Calls, newest first, by `To`, `From` and `Status`."""
    carrier, query = request.app[CARRIER], request.query
    found = [
        call
        for call in reversed(carrier.books.calls.values())
        if query.get("To", call.to) == call.to
        and query.get("From", call.sender) == call.sender
        and query.get("Status", call.status) == call.status
    ]
    return answer(page(request, "calls", found, lambda call: _resource(carrier, call)))


async def update(request: web.Request) -> web.Response:
    """`Status=canceled` before it is answered, `Status=completed` to hang up."""
    carrier = request.app[CARRIER]
    call, form = _call(carrier, request), await form_of(request)
    status = form.get("Status", [""])[0]
    if status not in ("canceled", "completed") or call.status in OVER:
        raise Refused(21220)
    if status == "canceled" and call.status == "in-progress":
        raise Refused(21220)
    dialling.move(carrier, call, status)
    return answer(_resource(carrier, call))


def _check(carrier: Carrier, form: dict[str, list[str]]) -> None:
    to, sender = form.get("To", [""])[0], form.get("From", [""])[0]
    if not to:
        raise Refused(21201)
    if not sender:
        raise Refused(21213)
    if not is_phone(to):
        raise Refused(21211)
    if not is_phone(sender):
        raise Refused(21212)
    code = carrier.faults.code_for(to)
    if code == 21211:
        raise Refused(code)
    url, twiml = form.get("Url", [""])[0], form.get("Twiml", [""])[0]
    if (not url and not twiml) or len(twiml) > LONGEST_TWIML:
        raise Refused(21205)
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise Refused(21205)


def _app_id(carrier: Carrier, form: dict[str, list[str]]) -> str | None:
    for name in ("StatusCallback", "Url"):
        query = dict(parse_qsl(urlsplit(form.get(name, [""])[0]).query))
        if found := carrier.app_id_of(query):
            return found
    return None


def _call(carrier: Carrier, request: web.Request) -> Call:
    call = carrier.books.calls.get(request.match_info["sid"])
    if call is None:
        raise Refused(20404)
    return call


def _resource(carrier: Carrier, call: Call) -> dict[str, Any]:
    account = carrier.config.twilio_account_sid
    return {
        "account_sid": account,
        "answered_by": call.answered_by,
        "api_version": "2010-04-01",
        "date_created": instant(call.created),
        "date_updated": instant(call.updated),
        "direction": "outbound-api",
        "duration": dialling.duration(call) if call.ended else None,
        "end_time": instant(call.ended) if call.ended else None,
        "from": call.sender,
        "from_formatted": call.sender,
        "parent_call_sid": None,
        "phone_number_sid": None,
        "price": None,
        "price_unit": "USD",
        "sid": call.sid,
        "start_time": instant(call.started) if call.started else None,
        "status": call.status,
        "to": call.to,
        "to_formatted": call.to,
        "uri": f"/2010-04-01/Accounts/{account}/Calls/{call.sid}.json",
    }


ROUTES = [
    web.post(ACCOUNT + "/Calls.json", faulty(create)),
    web.get(ACCOUNT + "/Calls.json", faulty(index)),
    web.get(ACCOUNT + "/Calls/{sid}.json", faulty(fetch)),
    web.post(ACCOUNT + "/Calls/{sid}.json", faulty(update)),
]
