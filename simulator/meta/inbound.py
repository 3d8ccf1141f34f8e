"""What a person writes to a page or an Instagram account."""

from simulator.addresses import channel_of
from simulator.carrier import Carrier
from simulator.entries import Text
from simulator.ids import short_id
from simulator.meta import webhook


def receive(carrier: Carrier, person: str, ours: str, body: str) -> Text:
    """Enters a text from `person` to `ours`, which opens the 24 hours, and posts it to the webhook."""
    text = Text(
        sid="m_" + short_id(),
        channel=channel_of(ours),
        to=ours,
        sender=person,
        status="received",
        body=body,
        direction="inbound",
        provider="meta",
    )
    carrier.books.add_text(text)
    event = {"sender": {"id": person}, "recipient": {"id": ours}, "message": {"mid": text.sid, "text": body}}
    webhook.post(carrier, ours, event, carrier.fate_of_inbound())
    return text
