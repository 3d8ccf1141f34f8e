"""What becomes of a mail, told as events. The first label of the address' domain can decide it:

===============  ===============================================================================
bounce.          bounces, and is dropped at the next try, as SendGrid does with bounced addresses
late-bounce.     is delivered, and bounces later with an event that has no `sg_message_id`
blocked.         bounces with the type `blocked`, and may be tried again
dropped.         is never tried
deferred.        is deferred twice, then delivered
spam.            is delivered and reported as spam
unsubscribe.     is delivered, and the person unsubscribes
===============  ===============================================================================
"""

import time

from simulator.carrier import Carrier
from simulator.entries import Mail
from simulator.sendgrid.events import tell

Extra = dict[str, object]
BOUNCE: Extra = {
    "reason": "550 5.1.1 The email account does not exist",
    "status": "5.1.1",
    "type": "bounce",
    "bounce_classification": "Invalid Address",
}
BLOCKED: Extra = {
    "reason": "554 5.7.1 Message rejected by policy",
    "status": "5.7.1",
    "type": "blocked",
    "bounce_classification": "Content",
}
DROPPED: Extra = {"reason": "Bounced Address", "status": "5.0.0"}
DEFERRED: Extra = {"response": "450 4.2.1 The mailbox is busy", "attempt": "1"}
DELIVERED: Extra = {"response": "250 OK", "ip": "192.0.2.25", "tls": 1}
OPEN: Extra = {"useragent": "Mozilla/5.0", "ip": "192.0.2.80", "sg_machine_open": False}
CLICK: Extra = {"useragent": "Mozilla/5.0", "ip": "192.0.2.80", "url_offset": {"index": 0, "type": "html"}}


def start(carrier: Carrier, mail: Mail, wait: float) -> None:
    """Puts a mail that was just accepted on its way, `wait` real seconds from now."""
    held = wait * carrier.pace.speed
    fate = mail.to.partition("@")[2].partition(".")[0]
    if fate == "dropped" or mail.to in carrier.books.bounced:
        carrier.pace.later(held + 0.1, held + 0.5, _move, carrier, mail, "dropped", DROPPED)
        return
    carrier.pace.later(held + 0.1, held + 0.6, _process, carrier, mail, fate)


def read_by_person(carrier: Carrier, mail: Mail, event: str, extra: Extra) -> None:
    """An `open` or a `click` by the person who got it. Neither changes what became of the mail."""
    mail.history.append((time.time(), event))
    tell(carrier, mail, event, {**(OPEN if event == "open" else CLICK), **extra})


def _process(carrier: Carrier, mail: Mail, fate: str) -> None:
    _move(carrier, mail, "processed", {})
    match fate:
        case "bounce":
            carrier.pace.later(0.5, 2.0, _bounce, carrier, mail, BOUNCE)
        case "blocked":
            carrier.pace.later(0.5, 2.0, _move, carrier, mail, "bounce", BLOCKED)
        case "deferred":
            carrier.pace.later(0.3, 1.0, _move, carrier, mail, "deferred", DEFERRED)
            carrier.pace.later(1.2, 2.0, _move, carrier, mail, "deferred", {**DEFERRED, "attempt": "2"})
            carrier.pace.later(3.0, 5.0, _deliver, carrier, mail, fate)
        case _:
            carrier.pace.later(0.3, 2.0, _deliver, carrier, mail, fate)


def _deliver(carrier: Carrier, mail: Mail, fate: str) -> None:
    _move(carrier, mail, "delivered", DELIVERED)
    match fate:
        case "late-bounce":
            carrier.pace.later(5.0, 15.0, _bounce, carrier, mail, {**BOUNCE, "sg_message_id": None})
        case "spam":
            carrier.pace.later(2.0, 10.0, tell, carrier, mail, "spamreport", {})
        case "unsubscribe":
            carrier.pace.later(2.0, 10.0, tell, carrier, mail, "unsubscribe", {})
        case _:
            for reader in carrier.mail_readers:
                reader(mail)


def _bounce(carrier: Carrier, mail: Mail, extra: Extra) -> None:
    carrier.books.bounced.add(mail.to)
    _move(carrier, mail, "bounce", extra)


def _move(carrier: Carrier, mail: Mail, status: str, extra: Extra) -> None:
    mail.becomes(status)
    tell(carrier, mail, status, extra)
