"""Which message a reply answers. Pure.

A phone can be a family's, and a person can have several appointments. A reply that could speak of two of them is
ambiguous, and a person settles it: it is never guessed.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from app.models import Channel, Disposition, ReplyMatch
from app.queueing.dedupe import same_name


class RecordKey(NamedTuple):
    """A record within its company."""

    data_source_id: UUID
    row_number: int


class Appointment(NamedTuple):
    """An appointment, whichever file it stands in: the same one may have been uploaded twice."""

    person: str
    doctor: str
    at: datetime


def appointment(person: str, doctor: str, at: datetime | None) -> Appointment | None:
    """The appointment of a person with a doctor, however their names are spelled; None when it has no time."""
    return None if at is None else Appointment(same_name(person), same_name(doctor), at)


class SentMessage(NamedTuple):
    """A message that went out, as far as an answer to it is concerned."""

    id: UUID
    run_id: UUID
    campaign_id: UUID
    method: str
    channel: Channel
    day: date
    sender_id: UUID | None
    endpoint: str
    data_source_id: UUID
    row_number: int
    person: str
    doctor: str
    appointment_at: datetime | None
    went_out_at: datetime

    @property
    def record(self) -> RecordKey:
        """The record that it was made from."""
        return RecordKey(self.data_source_id, self.row_number)

    @property
    def appointment(self) -> "Appointment | None":
        """The appointment that it speaks of; None when it names none."""
        return appointment(self.person, self.doctor, self.appointment_at)


class Match(NamedTuple):
    """The message that a reply answers."""

    how: ReplyMatch
    message: SentMessage | None = None
    open: bool = False
    """The appointment is still to come and not cancelled, so that it can be confirmed."""
    candidates: tuple[SentMessage, ...] = ()
    """What an ambiguous reply may answer: the newest message about each appointment."""


def find_answered(
    sent: Sequence[SentMessage],
    decided: Mapping[RecordKey, Disposition],
    senders: Collection[UUID],
    heard_at: datetime,
) -> Match:
    """Finds the message among those `sent` to one endpoint on one channel, newest first.

    `decided` holds what the persons of the records have decided so far. `senders` are those that the reply was
    addressed to, as far as they are known; a message of another sender is not what it answers.
    """
    heard_from = [
        message
        for message in sent
        if message.went_out_at <= heard_at
        and (not senders or message.sender_id is None or message.sender_id in senders)
    ]
    subjects = _subjects(heard_from)
    still_open = [about for about in subjects if is_open(about, decided, heard_at)]
    if len(still_open) > 1:
        return Match(ReplyMatch.AMBIGUOUS, candidates=tuple(about[0] for about in still_open))
    if still_open:
        return Match(ReplyMatch.MATCHED, still_open[0][0], open=True)
    if heard_from:
        return Match(ReplyMatch.MATCHED, heard_from[0])
    return Match(ReplyMatch.NONE)


def is_open(about: Sequence[SentMessage], decided: Mapping[RecordKey, Disposition], at: datetime) -> bool:
    """True when the appointment that these messages speak of is still to come and nobody has cancelled it."""
    when = about[0].appointment_at
    if when is not None and when <= at:
        return False
    return all(decided.get(message.record) is not Disposition.CANCELLED for message in about)


def _subjects(sent: Sequence[SentMessage]) -> list[list[SentMessage]]:
    """The messages about each appointment, newest first; of those that name none, the newest record's only."""
    dated: dict[Appointment, list[SentMessage]] = {}
    undated: list[SentMessage] = []
    for message in sent:
        if message.appointment is not None:
            dated.setdefault(message.appointment, []).append(message)
        elif not undated or message.record == undated[0].record:
            undated.append(message)
    return [*dated.values(), *([undated] if undated else [])]
