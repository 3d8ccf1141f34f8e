"""What receipts are applied to: counted messages, and events in the inbox."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app import tallies, tenancy
from app.clock import now
from app.extensions import db
from app.models import (
    Channel,
    Disposition,
    Message,
    MessageStatus,
    Receipt,
    RecordDisposition,
    Reply,
    Run,
    Tally,
    TallyKind,
    new_id,
)
from app.receipts import inbox, sendgrid, twilio
from app.receipts.apply import apply_pending
from app.tallies import TallyKey
from tests import factories

PHONE = "+12025550143"
CLINIC = "+12025550100"


def message(run: Run, source_id: UUID, **changes: Any) -> Message:
    """A text that was sent an hour ago about tomorrow's appointment, counted; `changes` override any column."""
    instant = now()
    values: dict[str, Any] = {
        "status": MessageStatus.SENT,
        "sent_at": instant - timedelta(hours=1),
        "appointment_at": instant + timedelta(days=1),
        "endpoint": PHONE,
    }
    made = factories.message(run, source_id, **(values | changes))
    key = TallyKey(
        made.run_id,
        made.campaign_id,
        made.method,
        made.channel,
        made.day,
        TallyKind.MESSAGE,
        "",
        made.status.value,
    )
    tallies.add({key: 1})
    db.session.commit()
    return made


def mail(run: Run, source_id: UUID, **changes: Any) -> Message:
    """An e-mail that was sent an hour ago."""
    return message(
        run, source_id, **({"channel": Channel.EMAIL, "method": "email", "endpoint": "ann@example.com"} | changes)
    )


def twilio_status(of: Message, status: str, sid: str = "SM1", **fields: str) -> None:
    """Stores a status callback about a message."""
    form = {"MessageSid": sid, "MessageStatus": status, "To": of.endpoint} | fields
    inbox.store([twilio.status_event(form, of.id)])


def text_from(phone: str, body: str, to: str = CLINIC, **fields: str) -> None:
    """Stores a text from a person."""
    form = {"MessageSid": f"SM{new_id()}", "From": phone, "To": to, "Body": body} | fields
    inbox.store([twilio.reply_event(form)])


def sendgrid_event(of: Message, word: str, **fields: Any) -> None:
    """Stores an event about an e-mail."""
    event = {
        "event": word,
        "sg_event_id": f"{word}-{new_id()}",
        "sg_message_id": "req.filter-1",
        "email": of.endpoint,
        "timestamp": int(now().timestamp()),
        "company_id": str(of.company_id),
        "message_id": str(of.id),
    } | fields
    inbox.store([sendgrid.status_event(event)])


def apply() -> int:
    """Applies whatever is in the inbox of the bound company."""
    settled = apply_pending(now() + timedelta(seconds=30))
    db.session.expire_all()
    return settled


def fresh(of: Message) -> Message:
    """The message as the database has it now."""
    db.session.refresh(of)
    return of


def receipts() -> list[Receipt]:
    """The bound company's receipts, oldest first."""
    return list(db.session.scalars(tenancy.rows(Receipt).order_by(Receipt.id)))


def replies() -> list[Reply]:
    """The bound company's replies, oldest first."""
    return list(db.session.scalars(tenancy.rows(Reply).order_by(Reply.id)))


def decided() -> dict[int, Disposition]:
    """What the person of each row has decided last."""
    return {row.row_number: row.disposition for row in db.session.scalars(tenancy.rows(RecordDisposition))}


def counts(kind: TallyKind) -> dict[str, int]:
    """The bound company's counts of one kind that are not zero."""
    found = db.session.execute(
        select(Tally.code, Tally.n).where(Tally.company_id == tenancy.company_id(), Tally.kind == kind)
    )
    summed: dict[str, int] = {}
    for code, n in found:
        summed[code] = summed.get(code, 0) + n
    return {code: n for code, n in summed.items() if n}
