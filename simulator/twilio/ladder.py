"""The status ladder of a text: `queued -> sending -> sent -> delivered -> read`, with a callback at each step.

With a Messaging Service the first rung is `accepted` (or `scheduled`), and the service picks the sender on the way to
`queued`. There is no callback for the status in which a message was created.
"""

import time
from dataclasses import dataclass

from simulator.carrier import Carrier
from simulator.entries import Text
from simulator.twilio.errors import FAILURES, WORDS
from simulator.twilio.signing import webhook

OUTSIDE_WINDOW = 63016
EXPIRED = 30036
FAILED_AT_TWILIO = frozenset((30001, 30002, EXPIRED))
"""These, and all codes of channels (63xxx), end as `failed`; the others were sent and come back `undelivered`."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A status, when it follows the one before, in seconds of real life, and the code that comes with it."""

    status: str
    earliest: float
    latest: float
    code: int | None = None


QUEUED = Rung("queued", 0.02, 0.1)
SENDING = Rung("sending", 0.05, 0.3)
SENT = Rung("sent", 0.1, 0.6)
DELIVERED = Rung("delivered", 0.4, 2.5)
READ = Rung("read", 2.0, 12.0)


def start(carrier: Carrier, text: Text, send_at: float | None = None) -> None:
    """Puts a message that was just accepted on its way."""
    if send_at is not None:
        # A schedule is a matter of hours; it is the one wait that is not made shorter.
        wait = (send_at - time.time()) * carrier.pace.speed
        carrier.pace.later(wait, wait, _climb, carrier, text, _rungs(carrier, text), 0)
    else:
        _climb(carrier, text, _rungs(carrier, text), -1)


def move(carrier: Carrier, text: Text, status: str, code: int | None = None) -> None:
    """Gives `text` a new status and tells the application."""
    text.becomes(status, code)
    if status == "sent":
        text.sent = text.updated
    if text.status_callback:
        callback = webhook(carrier.config.twilio_auth_token, text.status_callback, _parameters(carrier, text, status))
        carrier.callbacks.post(callback, carrier.fate())
    if status == "delivered":
        for reader in carrier.text_readers:
            reader(text)


def words(code: int | None) -> str | None:
    """What `code` means."""
    if code is None:
        return None
    return FAILURES.get(code) or WORDS.get(code, (0, "The message was not delivered"))[1]


def _rungs(carrier: Carrier, text: Text) -> list[Rung]:
    held = carrier.faults.queue_seconds
    first = [QUEUED] if text.service_sid else []
    if held > text.validity:
        return [*first, Rung("failed", text.validity, text.validity, EXPIRED)]
    code = _code(carrier, text)
    if code is not None and (code in FAILED_AT_TWILIO or code >= 63_000):
        return [*first, Rung("failed", held + 0.1, held + 1.0, code)]
    way = [*first, Rung("sending", held + SENDING.earliest, held + SENDING.latest), SENT]
    if code is not None:
        return [*way, Rung("undelivered", 0.4, 2.5, code)]
    way.append(DELIVERED)
    reads = carrier.shares.happens(carrier.shares.reads, carrier.config.seed, "reads", text.to, text.body)
    if text.channel == "whatsapp" and reads:
        way.append(READ)
    return way


def _code(carrier: Carrier, text: Text) -> int | None:
    code = carrier.faults.code_for(text.to)
    if code is not None:
        return code
    free_text = text.channel != "sms" and not text.template
    if free_text and not carrier.books.wrote_lately(text.to, text.sender or _own_number(carrier, text)):
        return OUTSIDE_WINDOW
    return None


def _climb(carrier: Carrier, text: Text, rungs: list[Rung], reached: int) -> None:
    if text.status == "canceled":
        return
    if reached >= 0:
        rung = rungs[reached]
        if rung.status == "queued":
            text.sender = text.sender or _own_number(carrier, text)
        move(carrier, text, rung.status, rung.code)
    if reached + 1 < len(rungs):
        coming = rungs[reached + 1]
        carrier.pace.later(coming.earliest, coming.latest, _climb, carrier, text, rungs, reached + 1)


def _own_number(carrier: Carrier, text: Text) -> str:
    """The service's sender for this person: the same every time, as with sticky senders."""
    service = carrier.books.services.get(text.service_sid or "")
    if not service or not service.numbers:
        return ""
    number = service.numbers[sum(text.to.encode()) % len(service.numbers)]
    return ("whatsapp:" if text.channel == "whatsapp" else "") + number.phone_number


def _parameters(carrier: Carrier, text: Text, status: str) -> dict[str, str]:
    parameters = {
        "AccountSid": carrier.config.twilio_account_sid,
        "ApiVersion": "2010-04-01",
        "From": text.sender,
        "MessageSid": text.sid,
        "MessageStatus": status,
        "SmsSid": text.sid,
        "SmsStatus": status,
        "To": text.to,
    }
    if text.service_sid:
        parameters["MessagingServiceSid"] = text.service_sid
    if text.error_code is not None:
        parameters["ErrorCode"] = str(text.error_code)
        parameters["ErrorMessage"] = words(text.error_code) or ""
    if status in ("delivered", "undelivered") and text.channel == "sms":
        parameters["RawDlrDoneDate"] = time.strftime("%y%m%d%H%M", time.gmtime(text.updated))
    if text.channel != "sms":
        parameters |= {
            "ChannelPrefix": text.channel,
            "ChannelInstallSid": "XE" + carrier.config.twilio_account_sid[2:],
            "ChannelToAddress": text.to.partition(":")[2],
            "EventType": status.upper(),
        }
        if text.error_code is not None:
            parameters["ChannelStatusMessage"] = words(text.error_code) or ""
    return parameters
