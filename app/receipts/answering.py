"""The page behind a signed link: what stands about its appointment, and the answer that is given there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import suppressions, tenancy
from app.clock import now
from app.extensions import db
from app.models import Company, Disposition, RecordDisposition
from app.receipts import correspondence, inbox, links
from app.receipts.apply import apply_replies
from app.receipts.matching import SentMessage, is_open

_PATIENCE = timedelta(seconds=2)
"""How long a person waits for the replies before theirs; what is left is for the workers."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An appointment as the person it belongs to may see it. `at` is on the company's clock."""

    company: str
    person: str
    doctor: str
    at: datetime | None
    open: bool
    """It is still to come and nobody has cancelled it."""
    decided: Disposition | None
    given: bool
    """The answer of this link is what counts already."""


def standing(answer: links.Answer) -> Standing | None:
    """What stands about the appointment of a link; None when its message is no longer there."""
    with tenancy.company(answer.company_id):
        message = correspondence.messages([answer.message_id]).get(answer.message_id)
        if message is None:
            return None
        name, time_zone = db.session.execute(
            select(Company.name, Company.time_zone).where(Company.id == answer.company_id)
        ).one()
        row = _decision(message)
        decided = {message.record: row.disposition} if row else {}
        at = message.appointment_at
        return Standing(
            company=name,
            person=message.person,
            doctor=message.doctor,
            at=at and at.astimezone(ZoneInfo(time_zone)),
            open=is_open([message], decided, now()),
            decided=decided.get(message.record),
            given=_is_given(answer, message, row),
        )


def accept(answer: links.Answer) -> Standing | None:
    """Stores the answer, applies it, and returns what stands now. The same answer again changes nothing.

    None when the message is no longer there. The answer may not be applied yet when many others are waiting; a
    worker does it then.
    """
    with tenancy.company(answer.company_id):
        message = correspondence.messages([answer.message_id]).get(answer.message_id)
        if message is None:
            return None
        row = _decision(message)
        if not _is_given(answer, message, row):
            inbox.store([links.answer_event(answer, after=row.reply_id if row else None)])
            deadline = now() + _PATIENCE
            while now() < deadline and apply_replies():
                pass
    return standing(answer)


def _decision(message: SentMessage) -> RecordDisposition | None:
    # as the database has it: a worker may have applied the answer meanwhile
    return db.session.scalar(
        tenancy.rows(RecordDisposition)
        .where(
            RecordDisposition.data_source_id == message.data_source_id,
            RecordDisposition.row_number == message.row_number,
        )
        .execution_options(populate_existing=True)
    )


def _is_given(answer: links.Answer, message: SentMessage, row: RecordDisposition | None) -> bool:
    if row is None or row.disposition is not links.MEANS[answer.choice]:
        return False
    if answer.choice is not links.Choice.STOP:
        return True
    # someone may have lifted it since
    return message.endpoint in suppressions.suppressed(message.channel, [message.endpoint])
