"""What people decided: kept for each record, first and latest, counted once and acted upon.

Something unclear never takes the place of a decision.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, tuple_, update

from app import tallies, tenancy
from app.campaigns.finish import finish_if_done
from app.clock import now
from app.delivery.transitions import Change, advance
from app.extensions import db
from app.models import Disposition, Message, MessageStatus, RecordDisposition, TallyKind
from app.receipts import correspondence, reminders
from app.receipts.matching import RecordKey, SentMessage
from app.tallies import TallyKey


class Decision(NamedTuple):
    """One answer to one message."""

    message: SentMessage
    disposition: Disposition
    at: datetime
    reply_id: UUID


class _Answered(NamedTuple):
    """A locked message as it stands."""

    id: UUID
    status: MessageStatus
    disposition: Disposition | None
    disposition_at: datetime | None


def outweighs(new: Disposition, at: datetime, old: Disposition | None, old_at: datetime | None) -> bool:
    """True when `new`, said `at`, is what counts now, though `old` was known already."""
    if old is None or old_at is None:
        return True
    if (new is Disposition.UNCLEAR) != (old is Disposition.UNCLEAR):
        return old is Disposition.UNCLEAR
    return at >= old_at


class Decisions:
    """The decisions about the records of one batch: read once, changed in memory, written once.

    Only one batch of a company may be at work at a time, see `app.receipts.replies`.
    """

    def __init__(self, records: Collection[RecordKey]) -> None:
        self._rows = _rows(records)
        self.current = {record: row.disposition for record, row in self._rows.items()}
        """What the person of each record has decided last."""
        self._sources = correspondence.messages({row.message_id for row in self._rows.values()})
        self._taken: list[Decision] = []
        self._counts: Counter[TallyKey] = Counter()

    def take(self, decision: Decision) -> None:
        """Takes one answer into account."""
        record = decision.message.record
        self._taken.append(decision)
        self._sources[decision.message.id] = decision.message
        row = self._rows.get(record)
        if row is None:
            row = self._rows[record] = _first(decision)
            db.session.add(row)
            self._count(row, 1)
        elif outweighs(decision.disposition, decision.at, row.disposition, row.decided_at):
            self._count(row, -1)
            _replace(row, decision)
            self._count(row, 1)
        if _came_before(decision, row):
            row.first_disposition = decision.disposition
            row.first_decided_at = decision.at
        self.current[record] = row.disposition

    def write(self) -> None:
        """Writes what was taken, and cancels the messages that are not needed any more. Does not commit."""
        db.session.flush()
        final = [each.message for each in self._taken if each.disposition is not Disposition.UNCLEAR]
        waiting = reminders.waiting_for(final) if final else {}
        locked = _lock_messages({each.message.id for each in self._taken} | waiting.keys())
        _mark(self._taken, locked)
        instant = now()
        stopped = advance(
            Change(message_id, MessageStatus.CANCELLED, instant)
            for message_id in waiting
            if locked[message_id].status in reminders.WAITING
        ).moved
        tallies.add(self._counts)
        finish_if_done({waiting[message_id] for message_id in stopped})

    def _count(self, row: RecordDisposition, n: int) -> None:
        answered = self._sources[row.message_id]
        key = TallyKey(
            run_id=answered.run_id,
            campaign_id=answered.campaign_id,
            method=answered.method,
            channel=answered.channel,
            day=answered.day,
            kind=TallyKind.DISPOSITION,
            stage="",
            code=row.disposition.value,
        )
        self._counts[key] += n


def _rows(records: Collection[RecordKey]) -> dict[RecordKey, RecordDisposition]:
    found = db.session.scalars(
        tenancy.rows(RecordDisposition)
        .where(tuple_(RecordDisposition.data_source_id, RecordDisposition.row_number).in_(records))
        .execution_options(populate_existing=True)
    )
    return {RecordKey(row.data_source_id, row.row_number): row for row in found}


def _first(decision: Decision) -> RecordDisposition:
    row = RecordDisposition(
        company_id=tenancy.company_id(),
        data_source_id=decision.message.data_source_id,
        row_number=decision.message.row_number,
        first_disposition=decision.disposition,
        first_decided_at=decision.at,
    )
    _replace(row, decision)
    return row


def _replace(row: RecordDisposition, decision: Decision) -> None:
    row.campaign_id = decision.message.campaign_id
    row.run_id = decision.message.run_id
    row.message_id = decision.message.id
    row.reply_id = decision.reply_id
    row.disposition = decision.disposition
    row.decided_at = decision.at


def _came_before(decision: Decision, row: RecordDisposition) -> bool:
    if (decision.disposition is Disposition.UNCLEAR) != (row.first_disposition is Disposition.UNCLEAR):
        return row.first_disposition is Disposition.UNCLEAR
    return decision.at < row.first_decided_at


def _lock_messages(ids: Collection[UUID]) -> dict[UUID, _Answered]:
    found = db.session.execute(
        select(Message.id, Message.status, Message.disposition, Message.disposition_at)
        .where(Message.company_id == tenancy.company_id(), Message.id.in_(ids))
        .order_by(Message.id)
        .with_for_update(key_share=True)
    )
    return {row.id: _Answered(*row) for row in found}


def _mark(taken: Collection[Decision], locked: Mapping[UUID, _Answered]) -> None:
    """Writes on each answered message what its latest answer was."""
    marks: dict[UUID, tuple[Disposition, datetime]] = {}
    for decision in taken:
        before = locked[decision.message.id]
        old, old_at = marks.get(decision.message.id, (before.disposition, before.disposition_at))
        if outweighs(decision.disposition, decision.at, old, old_at):
            marks[decision.message.id] = (decision.disposition, decision.at)
    if marks:
        db.session.execute(
            update(Message),
            [
                {
                    "company_id": tenancy.company_id(),
                    "id": message_id,
                    "disposition": disposition,
                    "disposition_at": at,
                }
                for message_id, (disposition, at) in marks.items()
            ],
        )
