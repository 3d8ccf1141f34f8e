"""What the line makes of a record on a delivery method: a message, or a failure that says why there is none."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.models import Channel, FailureStage
from app.queueing.errors import Facts
from app.queueing.window import Opening


@dataclass(frozen=True, slots=True)
class Texts:
    """What a message says. Empty where the channel or the campaign has no such part."""

    text: str
    subject: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class Staged:
    """A message that nothing stands against yet but that it may have been said already."""

    message_id: UUID
    row_number: int
    method: str
    channel: Channel
    endpoint: str
    """Normalised address."""
    person: str
    doctor: str
    appointment_at: datetime | None
    zone: str
    """IANA name of the recipient's zone."""
    language: str
    """Tag of the language that the texts are in."""
    texts: Texts
    unfiltered: Texts
    """The texts before the campaign's filters, in plain characters where the texts are."""
    units: int
    """SMS segments; 1 on other channels."""
    opening: Opening
    day: date
    """The recipient's local day at the opening."""
    dedupe_key: UUID
    data: dict[str, str]
    """The record as it was: stable field name to cell."""
    corrected: dict[str, str] | None = None
    """What a person put in place of some of its cells."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A record that does not become a message on one delivery method."""

    row_number: int
    method: str
    channel: Channel
    stage: FailureStage
    code: str
    facts: Facts
    endpoint: str
    """As far as it was known: normalised, or as it stands in the file."""
    person: str
    day: date
    data: dict[str, str]
    unfiltered: Texts | None = None
    """The texts before the campaign's filters, if it came so far."""
    repeats: UUID | None = None
    """The message that this one would have repeated."""
    corrected: dict[str, str] | None = None
    """What a person put in place of some of the record's cells."""


Outcome = Staged | Failed


def failed(message: Staged, stage: FailureStage, code: str, facts: Facts, repeats: UUID | None = None) -> Failed:
    """The failure that a message becomes when a later step stops it."""
    return Failed(
        row_number=message.row_number,
        method=message.method,
        channel=message.channel,
        stage=stage,
        code=code,
        facts=facts,
        endpoint=message.endpoint,
        person=message.person,
        day=message.day,
        data=message.data,
        unfiltered=message.unfiltered,
        repeats=repeats,
        corrected=message.corrected,
    )
