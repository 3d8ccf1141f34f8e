"""The key by which a repeat is known: same day, same person, same doctor, same end contact point."""

import unicodedata
from datetime import date
from hashlib import blake2b
from uuid import UUID

from app.models import Channel

_BETWEEN = b"\x1f"


def dedupe_key(
    scope: UUID,
    *,
    day: date,
    person: str,
    doctor: str,
    channel: Channel,
    address: str,
    appointment: date | None = None,
) -> UUID:
    """A digest that two messages share when the second would repeat the first.

    `scope` is the company, or the campaign if repeats count within it only; `day` the local day on which it goes
    out; the contact point is the normalised `address` on its `channel`. `appointment` is given when visits on
    different days are not repeats of one another. Names are compared without regard to case, width and spaces.
    """
    parts = (
        day.isoformat(),
        _plain(person),
        _plain(doctor),
        channel.value,
        address,
        appointment.isoformat() if appointment else "",
    )
    digest = blake2b(scope.bytes, digest_size=16)
    for part in parts:
        digest.update(_BETWEEN)
        digest.update(part.encode())
    return UUID(bytes=digest.digest())


def _plain(name: str) -> str:
    folded = name if name.isascii() else unicodedata.normalize("NFKC", name)
    return " ".join(folded.casefold().split())
