"""`/2010-04-01/Accounts/{account}/Messages`: create, fetch, list, cancel, redact."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from simulator.addresses import channel_of
from simulator.carrier import CARRIER, Carrier
from simulator.entries import Text
from simulator.ids import sid
from simulator.segments import segments
from simulator.twilio import ladder
from simulator.twilio.door import answer, faulty, form_of
from simulator.twilio.errors import Refused
from simulator.twilio.forms import Wanted, read_message
from simulator.twilio.paging import page

ACCOUNT = "/2010-04-01/Accounts/{account}"
CANCELABLE = frozenset(("accepted", "scheduled", "queued"))


async def create(request: web.Request) -> web.Response:
    """Accepts a message: 201, and the ladder begins."""
    carrier = request.app[CARRIER]
    wanted = read_message(carrier, await form_of(request))
    text = accept(carrier, wanted)
    ladder.start(carrier, text, wanted.send_at)
    return answer(resource(carrier, text), status=201)


def accept(carrier: Carrier, wanted: Wanted) -> Text:
    """Enters a message into the books under a new SID."""
    query = dict(parse_qsl(urlsplit(wanted.status_callback).query))
    status = "queued"
    if wanted.service:
        status = "accepted" if wanted.send_at is None else "scheduled"
    text = Text(
        sid=sid("MM" if wanted.media else "SM"),
        channel=channel_of(wanted.to),
        to=wanted.to,
        sender=wanted.sender,
        status=status,
        app_id=carrier.app_id_of(query),
        body=wanted.body,
        direction="outbound-api",
        service_sid=wanted.service.sid if wanted.service else None,
        status_callback=wanted.status_callback,
        num_segments=segments(wanted.body),
        media=wanted.media,
        template=wanted.template,
        validity=wanted.validity,
    )
    carrier.books.add_text(text)
    return text


async def fetch(request: web.Request) -> web.Response:
    """One message."""
    carrier = request.app[CARRIER]
    return answer(resource(carrier, _text(carrier, request)))


async def index(request: web.Request) -> web.Response:
    """Messages, newest first, by `To`, `From` and `DateSent` (also `DateSent<`, `DateSent>`)."""
    carrier = request.app[CARRIER]
    query = request.query
    to = query.get("To")
    texts: Iterable[Text] = reversed(carrier.books.texts.values())
    if to and to in carrier.books.threads:
        texts = reversed(carrier.books.threads[to])
    found = [
        text
        for text in texts
        if text.provider == "twilio"
        and (not to or text.to == to)
        and (not query.get("From") or text.sender == query["From"])
        and _sent_within(text.sent, query.get("DateSent"), query.get("DateSent<"), query.get("DateSent>"))
    ]
    return answer(page(request, "messages", found, lambda text: resource(carrier, text)))


async def update(request: web.Request) -> web.Response:
    """`Status=canceled` while it is still queued; `Body=` takes the words out of the books."""
    carrier = request.app[CARRIER]
    text, form = _text(carrier, request), await form_of(request)
    if form.get("Status") == ["canceled"]:
        if text.status not in CANCELABLE:
            raise Refused(30409)
        ladder.move(carrier, text, "canceled")
    if form.get("Body") == [""]:
        text.body = ""
    return answer(resource(carrier, text))


def resource(carrier: Carrier, text: Text) -> dict[str, Any]:
    """A message as the API shows it."""
    account = carrier.config.twilio_account_sid
    uri = f"/2010-04-01/Accounts/{account}/Messages/{text.sid}"
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": text.body,
        "date_created": instant(text.created),
        "date_sent": instant(text.sent) if text.sent else None,
        "date_updated": instant(text.updated),
        "direction": text.direction,
        "error_code": text.error_code,
        "error_message": ladder.words(text.error_code),
        "from": text.sender or None,
        "messaging_service_sid": text.service_sid,
        "num_media": str(len(text.media)),
        # A service that has not picked a sender yet has counted nothing.
        "num_segments": str(text.num_segments) if text.sender else "0",
        "price": None,
        "price_unit": "USD",
        "sid": text.sid,
        "status": text.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": text.to,
        "uri": f"{uri}.json",
    }


def instant(seconds: float) -> str:
    """RFC 2822, as in every date of this API."""
    return _rfc2822(int(seconds))


@lru_cache(maxsize=64)
def _rfc2822(seconds: int) -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(seconds))


def _text(carrier: Carrier, request: web.Request) -> Text:
    text = carrier.books.texts.get(request.match_info["sid"])
    if text is None or text.provider != "twilio":
        raise Refused(20404)
    return text


def _sent_within(sent: float | None, on: str | None, before: str | None, after: str | None) -> bool:
    """A filter by date sent passes over whatever has not been sent yet."""
    if not (on or before or after):
        return True
    if sent is None:
        return False
    when = datetime.fromtimestamp(sent, UTC)
    return (
        (not on or when.date() == _time(on).date())
        and (not before or when <= _time(before))
        and (not after or when >= _time(after))
    )


def _time(value: str) -> datetime:
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        raise Refused(20404) from None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


ROUTES = [
    web.post(ACCOUNT + "/Messages.json", faulty(create)),
    web.get(ACCOUNT + "/Messages.json", faulty(index)),
    web.get(ACCOUNT + "/Messages/{sid}.json", faulty(fetch)),
    web.post(ACCOUNT + "/Messages/{sid}.json", faulty(update)),
]
