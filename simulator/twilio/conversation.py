"""What is said in a call: the TwiML is fetched and played, and somebody listens.

A person presses a digit once, at the first `<Gather>` that they care to answer; an answering machine never does.
"""

from dataclasses import dataclass
from urllib.parse import urljoin

from simulator.carrier import Carrier
from simulator.entries import Call
from simulator.people import phoning
from simulator.twilio.signing import webhook
from simulator.twilio.twiml import Verb, parse

PATIENCE = 10
"""Documents that anybody listens to before hanging up."""


@dataclass
class Line:
    """An open line: who listens, and which document plays."""

    is_machine: bool
    url: str
    answered: bool = False


@dataclass(frozen=True)
class Next:
    """The document to play next."""

    url: str
    method: str
    digits: str | None = None


def parameters(carrier: Carrier, call: Call) -> dict[str, str]:
    """What every request about a call carries."""
    return {
        "AccountSid": carrier.config.twilio_account_sid,
        "ApiVersion": "2010-04-01",
        "CallSid": call.sid,
        "CallStatus": call.status,
        "Called": call.to,
        "Caller": call.sender,
        "Direction": "outbound-api",
        "From": call.sender,
        "To": call.to,
    }


async def hold(carrier: Carrier, call: Call, is_machine: bool) -> None:
    """Plays the call's TwiML to whoever picked up, until it ends."""
    line = Line(is_machine, call.asked("Url"))
    extra = await _detect(carrier, call, is_machine)
    if line.url:
        verbs = await _fetch(carrier, call, Next(line.url, call.asked("Method") or "POST"), extra)
    else:
        verbs = _parsed(call, call.asked("Twiml"))
    for _ in range(PATIENCE):
        following = await _play(carrier, call, line, verbs)
        if following is None or call.status != "in-progress":
            return
        verbs = await _fetch(carrier, call, following, extra)
        line.url = following.url


async def _detect(carrier: Carrier, call: Call, is_machine: bool) -> dict[str, str]:
    """Answering machine detection: its result rides on the requests, or comes by a callback when it is asynchronous."""
    asked = call.asked("MachineDetection")
    if not asked:
        return {}
    call.answered_by = "human"
    if is_machine:
        call.answered_by = "machine_end_beep" if asked == "DetectMessageEnd" else "machine_start"
    found = {"AnsweredBy": call.answered_by, "MachineDetectionDuration": "2400"}
    if call.asked("AsyncAmd").lower() != "true":
        await carrier.pace.sleep(1.0, 3.0)
        return {"AnsweredBy": call.answered_by}
    if url := call.asked("AsyncAmdStatusCallback"):
        told = {"CallSid": call.sid, "AccountSid": carrier.config.twilio_account_sid, **found}
        carrier.callbacks.post(webhook(carrier.config.twilio_auth_token, url, told))
    return {}


async def _play(carrier: Carrier, call: Call, line: Line, verbs: list[Verb]) -> Next | None:
    """Plays one document. None when it ends with the line put down."""
    for verb in verbs:
        match verb.name:
            case "Say":
                call.heard.append(verb.words)
                await carrier.pace.sleep(0.5, 1.5)
            case "Play":
                call.heard.append(f"[{verb.words}]")
            case "Pause":
                seconds = _seconds(verb, "length", 1.0)
                await carrier.pace.sleep(seconds, seconds)
            case "Gather":
                following = await _gather(carrier, call, line, verb)
                if following:
                    return following
            case "Redirect":
                return Next(_absolute(line, verb.words), verb.get("method", "POST"))
            case "Hangup" | "Reject":
                return None
            case _:
                call.heard.append(f"[{verb.name}]")
    return None


async def _gather(carrier: Carrier, call: Call, line: Line, verb: Verb) -> Next | None:
    """Says the prompt and waits for a digit. None when nothing was pressed and nobody wants to know."""
    for prompt in verb.nested:
        if prompt.name in ("Say", "Play"):
            call.heard.append(prompt.words)
    digits = ""
    if not line.is_machine and not line.answered:
        digits = phoning.digit_to_press(carrier, call, " ".join(call.heard))
    if digits:
        await carrier.pace.sleep(1.0, 4.0)
        line.answered = True
        call.pressed.append(digits)
    else:
        timeout = _seconds(verb, "timeout", 5.0)
        await carrier.pace.sleep(timeout, timeout)
        if verb.get("actionOnEmptyResult").lower() != "true":
            return None
    return Next(_absolute(line, verb.get("action")), verb.get("method", "POST"), digits)


def _seconds(verb: Verb, name: str, default: float) -> float:
    given = verb.get(name)
    return float(given) if given.isdecimal() else default


def _absolute(line: Line, url: str) -> str:
    return urljoin(line.url, url) if url else line.url


async def _fetch(carrier: Carrier, call: Call, following: Next, extra: dict[str, str]) -> list[Verb]:
    asked = {**parameters(carrier, call), **extra}
    if following.digits is not None:
        asked |= {"Digits": following.digits, "FinishedOnKey": ""}
    method = "GET" if following.method.upper() == "GET" else "POST"
    request = webhook(carrier.config.twilio_auth_token, following.url, asked, method)
    answer = await carrier.callbacks.ask(request)
    if answer.failure:
        call.heard.append("[an application error has occurred]")
        return []
    return _parsed(call, answer.body)


def _parsed(call: Call, document: bytes | str) -> list[Verb]:
    try:
        return parse(document) if document.strip() else []
    except ValueError:
        call.heard.append("[an application error has occurred]")
        return []
