"""What a person writes to one of our senders on Twilio: opt-out words, the signed webhook, and the TwiML it answers."""

import json

from simulator.addresses import channel_of
from simulator.carrier import Carrier
from simulator.entries import Text
from simulator.ids import sid
from simulator.segments import segments
from simulator.twilio import ladder
from simulator.twilio.signing import webhook
from simulator.twilio.twiml import parse

STOP_WORDS = frozenset(("STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"))
START_WORDS = frozenset(("START", "YES", "UNSTOP"))
HELP_WORDS = frozenset(("HELP", "INFO"))

AUTOMATIC = {
    "STOP": "You have unsubscribed and will get no more messages from this number. Reply START to get them again.",
    "START": "You have subscribed again and will get messages from this number. Reply STOP to unsubscribe.",
    "HELP": "Reply STOP to unsubscribe. Message and data rates may apply.",
}
"""What Twilio answers by itself to an opt-out word."""


def receive(carrier: Carrier, person: str, ours: str, body: str) -> Text:
    """Enters a text from `person` to `ours`, applies Twilio's opt-out words and posts it to the sender's webhook."""
    text = Text(
        sid=sid("SM"),
        channel=channel_of(person),
        to=ours,
        sender=person,
        status="received",
        body=body,
        direction="inbound",
        num_segments=segments(body),
    )
    carrier.books.add_text(text)
    word = _opt_out_word(carrier, text)
    if word:
        _apply(carrier, text, word)
    url = _webhook_url(carrier, ours)
    if url:
        callback = webhook(
            carrier.config.twilio_auth_token,
            url,
            _parameters(carrier, text, word),
            answered=lambda document: _play(carrier, text, document),
        )
        carrier.callbacks.post(callback, carrier.fate_of_inbound())
    return text


def _opt_out_word(carrier: Carrier, text: Text) -> str | None:
    """Twilio takes the whole message, trimmed, in any case, and nothing around it. WhatsApp has no such words."""
    word = text.body.strip().upper()
    if text.channel != "sms":
        return None
    if word in STOP_WORDS:
        return "STOP"
    if word in HELP_WORDS:
        return "HELP"
    # YES is an ordinary word for those who have not opted out.
    return "START" if word in START_WORDS and _pair(carrier, text) in carrier.books.opted_out else None


def _apply(carrier: Carrier, text: Text, word: str) -> None:
    if word == "STOP":
        carrier.books.opted_out.add(_pair(carrier, text))
    elif word == "START":
        carrier.books.opted_out.discard(_pair(carrier, text))
    _say(carrier, text, AUTOMATIC[word])


def _pair(carrier: Carrier, text: Text) -> tuple[str, str]:
    return text.sender, carrier.books.opt_out_scope(text.to)


def _webhook_url(carrier: Carrier, ours: str) -> str:
    service, number = carrier.books.service_of(ours), carrier.books.number(ours)
    if service and service.inbound_url:
        return service.inbound_url
    if number:
        return number.settings.get("sms_url", "")
    return carrier.config.sms_url


def _parameters(carrier: Carrier, text: Text, word: str | None) -> dict[str, str]:
    service = carrier.books.service_of(text.to)
    parameters = {
        "AccountSid": carrier.config.twilio_account_sid,
        "ApiVersion": "2010-04-01",
        "Body": text.body,
        "From": text.sender,
        "MessageSid": text.sid,
        "NumMedia": "0",
        "NumSegments": str(text.num_segments),
        "SmsMessageSid": text.sid,
        "SmsSid": text.sid,
        "SmsStatus": "received",
        "To": text.to,
    }
    if service:
        parameters["MessagingServiceSid"] = service.sid
        if word:
            parameters["OptOutType"] = word
    if text.channel == "sms":
        for side in ("From", "To"):
            parameters |= {side + "City": "", side + "State": "", side + "Zip": "", side + "Country": "US"}
    if text.channel == "whatsapp":
        phone = text.sender.removeprefix("whatsapp:+")
        parameters |= {
            "ChannelMetadata": json.dumps({"type": "whatsapp", "data": {"context": {"WaId": phone}}}),
            "ExternalUserId": f"whatsapp:US.{phone}",
            "MessageType": "text",
            "ProfileName": f"Person {phone[-4:]}",
            "ReferralNumMedia": "0",
            "WaId": phone,
        }
    return parameters


def _play(carrier: Carrier, text: Text, document: bytes) -> None:
    """The webhook's answer may hold messages to send back."""
    if not document.strip():
        return
    try:
        verbs = parse(document)
    except ValueError:
        carrier.books.callbacks["bad TwiML"] += 1
        return
    for verb in verbs:
        if verb.name == "Message" and verb.words:
            _say(carrier, text, verb.words)


def _say(carrier: Carrier, text: Text, words: str) -> None:
    reply = Text(
        sid=sid("SM"),
        channel=text.channel,
        to=text.sender,
        sender=text.to,
        status="queued",
        body=words,
        direction="outbound-reply",
        num_segments=segments(words),
    )
    carrier.books.add_text(reply)
    ladder.start(carrier, reply)
