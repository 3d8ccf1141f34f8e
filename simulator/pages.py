"""Pages for people: every phone and mailbox that was written to, and a way to answer by hand. No scripts."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from aiohttp import web
from jinja2 import Environment, PackageLoader

from simulator.addresses import channel_of
from simulator.carrier import CARRIER, Carrier
from simulator.entries import Call, Mail, Text
from simulator.people.writing import write

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; frame-ancestors 'self'; "
    "form-action 'self'; base-uri 'none'"
)
"""A mail's HTML is in a sandboxed frame, and inherits this: nothing of it runs, and nothing is fetched."""

MOST_SHOWN = 200


@dataclass(frozen=True)
class Bubble:
    """One text or call in a person's thread, from the person's side."""

    at: float
    mine: bool
    words: str
    note: str


@dataclass(frozen=True)
class Contact:
    """A phone or a mailbox in the list."""

    address: str
    channel: str
    count: int
    last_at: float
    last_words: str


async def index(request: web.Request) -> web.Response:
    """Phones and mailboxes, the latest first."""
    carrier = request.app[CARRIER]
    phones, mailboxes = _phones(carrier), _mailboxes(carrier)
    return _page(
        "index.html",
        refresh=3,
        phones=phones[:MOST_SHOWN],
        mailboxes=mailboxes[:MOST_SHOWN],
        phone_count=len(phones),
        mailbox_count=len(mailboxes),
        totals=carrier.books.totals(),
        waiting=carrier.callbacks.waiting,
    )


async def phone(request: web.Request) -> web.Response:
    """A person's phone, with a field to write in."""
    carrier, address = request.app[CARRIER], request.match_info["address"]
    thread = carrier.books.threads.get(address, [])
    numbers = {number.phone_number for number in carrier.books.numbers.values()}
    ours = sorted({text.ours for text in thread if text.ours} | numbers)
    latest = next((text.ours for text in reversed(thread) if text.ours), ours[0] if ours else "")
    return _page("phone.html", address=address, channel=channel_of(address), ours=ours, latest=latest)


async def thread(request: web.Request) -> web.Response:
    """What is on a phone's screen; a page of its own, so that it can refresh while somebody types beside it."""
    address = request.match_info["address"]
    bubbles = _bubbles(request.app[CARRIER], address)[-MOST_SHOWN:]
    return _page("thread.html", refresh=2, address=address, bubbles=reversed(bubbles))


async def reply(request: web.Request) -> web.Response:
    """What somebody typed on a phone is sent to one of our senders."""
    carrier, address = request.app[CARRIER], request.match_info["address"]
    if request.headers.get("Origin", f"http://{request.host}") != f"http://{request.host}":
        raise web.HTTPForbidden(text="this form was sent by another site\n")
    form = await request.post()
    ours, body = str(form.get("to", "")).strip(), str(form.get("body", ""))
    if not ours or not body.strip():
        raise web.HTTPBadRequest(text="a sender to write to and some words are needed\n")
    write(carrier, address, ours, body)
    raise web.HTTPSeeOther(f"/phone/{quote(address, safe='')}")


async def mailbox(request: web.Request) -> web.Response:
    """A person's mails, and the one that `?mail=` opens."""
    carrier, address = request.app[CARRIER], request.match_info["address"].lower()
    mails = carrier.books.mailboxes.get(address, [])[-MOST_SHOWN:]
    opened = next((mail for mail in mails if mail.sid == request.query.get("mail")), None)
    return _page("mailbox.html", refresh=None if opened else 3, address=address, mails=mails[::-1], opened=opened)


def _phones(carrier: Carrier) -> list[Contact]:
    books = carrier.books
    addresses = {*books.threads, *(call.to for call in books.calls.values())}
    contacts = []
    for address in addresses:
        texts = books.threads.get(address, [])
        last = texts[-1] if texts else None
        contacts.append(
            Contact(
                address,
                channel_of(address) if last is None else last.channel,
                len(texts),
                last.created if last else 0.0,
                last.body if last else "",
            )
        )
    return sorted(contacts, key=lambda contact: contact.last_at, reverse=True)


def _mailboxes(carrier: Carrier) -> list[Contact]:
    contacts = [
        Contact(address, "email", len(mails), mails[-1].created, mails[-1].subject)
        for address, mails in carrier.books.mailboxes.items()
    ]
    return sorted(contacts, key=lambda contact: contact.last_at, reverse=True)


def _bubbles(carrier: Carrier, address: str) -> list[Bubble]:
    texts = [_text_bubble(text) for text in carrier.books.threads.get(address, [])]
    calls = [_call_bubble(call) for call in carrier.books.calls.values() if call.to == address]
    return sorted(texts + calls, key=lambda bubble: bubble.at)


def _text_bubble(text: Text) -> Bubble:
    mine = text.direction == "inbound"
    note = f"to {text.ours}" if mine else f"from {text.ours or 'a service'}, {text.status}"
    if text.error_code:
        note += f" ({text.error_code})"
    return Bubble(text.created, mine, text.body or " ".join(text.media), note)


def _call_bubble(call: Call) -> Bubble:
    heard = " ".join(call.heard) or "(nothing was said)"
    pressed = f", pressed {' '.join(call.pressed)}" if call.pressed else ""
    return Bubble(call.created, False, f"☎ {heard}", f"call from {call.sender}, {call.status}{pressed}")


def _page(template: str, *, refresh: int | None = None, **values: object) -> web.Response:
    """A page that loads itself again after `refresh` seconds."""
    headers = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    if refresh:
        headers["Refresh"] = str(refresh)
    page = TEMPLATES.get_template(template).render(**values)
    return web.Response(text=page, content_type="text/html", headers=headers)


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%-d %b %H:%M:%S UTC")


def _frame(mail: Mail) -> str:
    """The mail's HTML for a sandboxed frame; its links open in a new tab, where they work."""
    return '<base target="_blank">' + mail.html


TEMPLATES = Environment(loader=PackageLoader("simulator"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
TEMPLATES.filters["clock"] = _clock
TEMPLATES.filters["frame"] = _frame

ROUTES = [
    web.get("/", index),
    web.get("/phone/{address}", phone),
    web.get("/phone/{address}/thread", thread),
    web.post("/phone/{address}", reply),
    web.get("/mailbox/{address}", mailbox),
]
