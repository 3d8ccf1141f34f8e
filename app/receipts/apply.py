"""Stored events are applied: replies first, because a STOP must not wait behind ten thousand statuses."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import exists, select
from sqlalchemy.exc import DataError, IntegrityError

from app import tenancy, turns
from app.extensions import db
from app.models import Company, Receipt, ReceiptKind, ReceiptOutcome
from app.receipts import inbox, replies, statuses
from app.receipts.inbox import Outcome, Pending

log = structlog.get_logger()

_BATCH = {ReceiptKind.REPLY: 200, ReceiptKind.STATUS: 1_000}

_STAGE: Mapping[ReceiptKind, Callable[[Sequence[Pending]], None]] = {
    ReceiptKind.REPLY: replies.apply,
    ReceiptKind.STATUS: statuses.apply,
}

_DEFECTS = (ArithmeticError, LookupError, TypeError, ValueError, DataError, IntegrityError)
"""What an event that nobody foresaw can raise; a database that is away is not among these."""


def apply_pending(deadline: datetime) -> int:
    """Applies the bound company's stored events until none is left or `deadline` has passed; commits as it goes.

    Returns how many were settled. Several workers may do this at once.
    """
    settled = 0
    while not turns.is_over(deadline):
        took = apply_replies() + _apply(ReceiptKind.STATUS)
        if not took:
            break
        settled += took
    return settled


def apply_replies() -> int:
    """Applies one batch of the bound company's replies and commits. Returns how many it settled."""
    return _apply(ReceiptKind.REPLY)


def companies_with_pending(limit: int) -> list[UUID]:
    """Companies with events that have not been applied, whichever is bound."""
    waiting = exists().where(Receipt.company_id == Company.id, Receipt.applied_at.is_(None))
    with tenancy.everywhere():
        return list(db.session.scalars(select(Company.id).where(waiting).limit(limit)))


def _apply(kind: ReceiptKind) -> int:
    """Applies one batch. If it cannot be applied as a whole, its events one by one, up to the one that is to blame."""
    try:
        events = _take(kind, _BATCH[kind])
        _STAGE[kind](events)
        db.session.commit()
    except _DEFECTS as problem:
        db.session.rollback()
        log.warning("batch_taken_apart", kind=kind.value, problem=type(problem).__name__)
    else:
        return len(events)
    settled = 0
    good = True
    while good and settled < _BATCH[kind] and (events := _take(kind, 1)):
        good = _apply_alone(kind, events[0])
        settled += 1
    db.session.commit()
    return settled


def _apply_alone(kind: ReceiptKind, event: Pending) -> bool:
    """Applies one event and commits; False when it had to be set aside, so that it holds up no other."""
    good = True
    try:
        # a savepoint, so that the event stays ours while what it began is undone
        with db.session.begin_nested():
            _STAGE[kind]([event])
    except _DEFECTS:
        log.exception("receipt_set_aside", receipt_id=str(event.id), provider=event.provider)
        inbox.settle([Outcome(event.id, event.message_id, ReceiptOutcome.NOT_UNDERSTOOD)])
        good = False
    db.session.commit()
    return good


def _take(kind: ReceiptKind, most: int) -> list[Pending]:
    if kind is ReceiptKind.REPLY:
        replies.one_batch_at_a_time()
    return inbox.take(kind, most)
