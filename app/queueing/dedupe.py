"""The key by which a repeat is known: same day, same person, same doctor, same end contact point."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import Self
from uuid import UUID

from app.campaigns.definition import Dedupe, DedupeScope
from app.models import Channel
from app.queueing.wall_clock import zone_of

_BETWEEN = b"\x1f"


@dataclass(frozen=True, slots=True)
class KeyMaker:
    """What a campaign holds to be a repeat."""

    scope: UUID
    by_appointment: bool
    company_zone: str

    @classmethod
    def of(cls, dedupe: Dedupe, *, company_id: UUID, campaign_id: UUID, company_zone: str) -> Self:
        """From the options of a campaign's definition; `company_zone` is an IANA name."""
        scope = company_id if dedupe.scope is DedupeScope.COMPANY else campaign_id
        return cls(scope, dedupe.appointment_date, company_zone)

    def key(
        self,
        *,
        day: date,
        person: str,
        doctor: str,
        channel: Channel,
        address: str,
        appointment_at: datetime | None,
    ) -> UUID:
        """The `dedupe_key` of a message; an appointment's date is that on the company's calendar."""
        visit = appointment_at if self.by_appointment else None
        return dedupe_key(
            self.scope,
            day=day,
            person=person,
            doctor=doctor,
            channel=channel,
            address=address,
            appointment=visit.astimezone(zone_of(self.company_zone)).date() if visit else None,
        )


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
    different days are not repeats of one another. Names are compared by `same_name`.
    """
    parts = (
        day.isoformat(),
        same_name(person),
        same_name(doctor),
        channel.value,
        address,
        appointment.isoformat() if appointment else "",
    )
    digest = blake2b(scope.bytes, digest_size=16)
    for part in parts:
        digest.update(_BETWEEN)
        digest.update(part.encode())
    return UUID(bytes=digest.digest())


def same_name(name: str) -> str:
    """What two spellings of a name have in common: they may differ in case, width and spaces."""
    folded = name if name.isascii() else unicodedata.normalize("NFKC", name)
    return " ".join(folded.casefold().split())
