"""Senders: the numbers, messaging services, mailboxes and pages that a company's messages go out from."""

import re
from enum import StrEnum
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app import tenancy
from app.extensions import db
from app.models import Channel, Company, Sender, new_id
from app.queueing.email import normalised_email
from app.queueing.phone import normalised_phone

_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_SHORT_CODE = re.compile(r"[0-9]{5,6}")
_PAGE = re.compile(r"[0-9]{5,20}")


class SenderCode(StrEnum):
    """Why a sender cannot be added."""

    NUMBER_INVALID = "number_invalid"
    MAILBOX_INVALID = "mailbox_invalid"
    PAGE_INVALID = "page_invalid"
    ALREADY_THERE = "already_there"


WORDS: dict[SenderCode, str] = {
    SenderCode.NUMBER_INVALID: "Give a phone number with its country code, such as +1 202 555 0143; for texts also a"
    " short code or a messaging service (MG…).",
    SenderCode.MAILBOX_INVALID: "Give an e-mail address, such as reminders@clinic.example.",
    SenderCode.PAGE_INVALID: "Give the numeric id of the page or account.",
    SenderCode.ALREADY_THERE: "This sender is in the list already.",
}


class SenderRefused(ValueError):  # noqa: N818  # an answer to the person who asks, not a defect
    """The sender cannot be added."""

    def __init__(self, code: SenderCode) -> None:
        super().__init__(code.value)
        self.code = code


def add_sender(channel: Channel, written: str, label: str = "") -> Sender:
    """Adds a sender to the bound company, its address normalised, and commits. Raises `SenderRefused`."""
    made: Sender | None = db.session.scalar(
        insert(Sender)
        .values(
            company_id=tenancy.company_id(),
            id=new_id(),
            channel=channel,
            address=_normalised(channel, written.strip()),
            label=label.strip(),
        )
        .on_conflict_do_nothing()
        .returning(Sender)
    )
    if made is None:
        raise SenderRefused(SenderCode.ALREADY_THERE)
    db.session.commit()
    return made


def in_order(channel: Channel | None = None) -> list[Sender]:
    """The bound company's senders, of one channel or by channel, the one that was added first in front."""
    wanted = tenancy.rows(Sender)
    if channel is not None:
        wanted = wanted.where(Sender.channel == channel)
    return list(db.session.scalars(wanted.order_by(Sender.channel, Sender.created_at, Sender.id)))


def firsts() -> dict[Channel, Sender]:
    """The sender of each channel that a delivery method uses when it names none."""
    found: dict[Channel, Sender] = {}
    for sender in in_order():
        found.setdefault(sender.channel, sender)
    return found


def remove_sender(sender_id: UUID) -> Sender:
    """Removes a sender of the bound company and commits. Raises `tenancy.NotFoundError`."""
    sender = tenancy.get(Sender, sender_id)
    db.session.delete(sender)
    db.session.commit()
    return sender


def _normalised(channel: Channel, written: str) -> str:
    match channel:
        case Channel.EMAIL:
            return _or_refused(normalised_email(written), SenderCode.MAILBOX_INVALID)
        case Channel.MESSENGER | Channel.INSTAGRAM:
            return _or_refused(written if _PAGE.fullmatch(written) else None, SenderCode.PAGE_INVALID)
        case Channel.SMS if _SHORT_CODE.fullmatch(written):
            return written
        case Channel.SMS | Channel.WHATSAPP if _SERVICE.fullmatch(written):
            return written
        case _:
            company = db.session.get_one(Company, tenancy.company_id())
            return _or_refused(normalised_phone(written, company.region), SenderCode.NUMBER_INVALID)


def _or_refused(address: str | None, code: SenderCode) -> str:
    if address is None:
        raise SenderRefused(code)
    return address
