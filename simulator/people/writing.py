"""A person writes: the one way in for answers, for whoever types on the phone page, and for tests."""

from simulator.addresses import is_meta
from simulator.carrier import Carrier
from simulator.entries import Text
from simulator.meta import inbound as meta
from simulator.twilio import inbound as twilio


def write(carrier: Carrier, person: str, ours: str, body: str) -> Text:
    """Has `person` send `body` to our sender `ours`, over the provider that the sender belongs to."""
    if is_meta(ours):
        return meta.receive(carrier, person, ours, body)
    return twilio.receive(carrier, person, ours, body)
