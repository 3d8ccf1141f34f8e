"""A call from dialling to hanging up, with its status callbacks.

`queued -> ringing -> in-progress -> completed`, or `busy`, `no-answer`, `failed`, `canceled`. Callbacks are posted for
the events asked for (`StatusCallbackEvent`; only `completed` by default) and carry `SequenceNumber`, since they can
arrive in any order.

Numbers that end in 0022 are busy, 0023 do not answer, 0024 have an answering machine. A number with an error code
(see `simulator.faults`) fails.
"""

import time
from collections.abc import Mapping

from simulator.carrier import Carrier
from simulator.entries import Call
from simulator.ids import chance
from simulator.twilio import conversation
from simulator.twilio.signing import webhook

ENDINGS: Mapping[str, str] = {"0022": "busy", "0023": "no-answer", "0024": "machine"}
EVENTS = {"queued": "initiated", "ringing": "ringing", "in-progress": "answered"}
"""The event that a status is told as; every end is `completed`."""


async def place(carrier: Carrier, call: Call) -> None:
    """Dials, rings, talks and hangs up."""
    outcome = _outcome(carrier, call)
    await carrier.pace.sleep(0.1, 0.5)
    if not _open(carrier, call, "queued"):
        return
    _tell(carrier, call, "initiated")
    await carrier.pace.sleep(0.2, 1.0)
    if outcome == "failed":
        move(carrier, call, "failed")
        return
    if not _open(carrier, call, "queued"):
        return
    move(carrier, call, "ringing")
    await carrier.pace.sleep(1.0, 5.0)
    if not _open(carrier, call, "ringing"):
        return
    if outcome in ("busy", "no-answer"):
        move(carrier, call, outcome)
        return
    call.started = time.time()
    move(carrier, call, "in-progress")
    await conversation.hold(carrier, call, is_machine=outcome == "machine")
    if _open(carrier, call, "in-progress"):
        move(carrier, call, "completed")


def move(carrier: Carrier, call: Call, status: str) -> None:
    """Gives `call` a new status and tells the application if it asked for that."""
    call.becomes(status)
    if status not in EVENTS:
        call.ended = call.updated
    _tell(carrier, call, EVENTS.get(status, "completed"))


def duration(call: Call) -> str:
    """Whole seconds between answer and end, as they would be at speed 1: at least 1 when it was answered."""
    if call.started is None or call.ended is None:
        return "0"
    return str(max(1, round(call.ended - call.started)))


def _outcome(carrier: Carrier, call: Call) -> str:
    if call.to[-4:] in ENDINGS:
        return ENDINGS[call.to[-4:]]
    if carrier.faults.code_for(call.to) is not None:
        call.error_code = carrier.faults.code_for(call.to)
        return "failed"
    shares = carrier.shares
    draw = chance(carrier.config.seed, "pick up", call.to, str(len(carrier.books.calls)))
    for outcome, share in (("busy", shares.busy), ("no-answer", shares.no_answer), ("machine", shares.machine)):
        draw -= share
        if draw < 0:
            return outcome
    return "human"


def _open(carrier: Carrier, call: Call, status: str) -> bool:
    """False once the call was canceled or hung up, or the books were reset."""
    return call.status == status and carrier.books.calls.get(call.sid) is call


def _tell(carrier: Carrier, call: Call, event: str) -> None:
    url = call.asked("StatusCallback")
    if not url or event not in call.form.get("StatusCallbackEvent", ["completed"]):
        return
    parameters = {
        **conversation.parameters(carrier, call),
        "CallStatus": "initiated" if event == "initiated" else call.status,
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(call.sequence),
        "Timestamp": time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(call.updated)),
    }
    call.sequence += 1
    if event == "completed":
        parameters["CallDuration"] = duration(call)
        parameters["Duration"] = str(-(-int(duration(call)) // 60))
    callback = webhook(carrier.config.twilio_auth_token, url, parameters)
    carrier.callbacks.post(callback, carrier.fate())
