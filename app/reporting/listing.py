"""Pages of messages, failures and receipts, by keyset, so that no page costs more than another."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select

from app import tenancy
from app.clock import now
from app.extensions import db
from app.failures import FailureFilter
from app.models import Channel, Failure, Message, MessageStatus, Receipt
from app.models.base import Owned

Row = TypeVar("Row", bound=Owned)

_SETTLED_AFTER = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and the cursor that gives the next ones (None at the end)."""

    items: Sequence[Row]
    next: UUID | None


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """Which messages; None means any."""

    run_id: UUID | None = None
    campaign_id: UUID | None = None
    data_source_id: UUID | None = None
    row_number: int | None = None
    status: MessageStatus | None = None
    channel: Channel | None = None
    endpoint: str | None = None
    person: str | None = None
    """A part of the person's name, in any case."""


def messages(wanted: MessageFilter, after: UUID | None = None, limit: int = 100) -> Page[Message]:
    """The bound company's messages, newest first; `after` is the last id of the page before."""
    return _newest_first(Message, _matching(Message, wanted), after, limit)


def failures(wanted: FailureFilter, after: UUID | None = None, limit: int = 100) -> Page[Failure]:
    """The bound company's failures, newest first."""
    return _newest_first(Failure, failures_matching(wanted), after, limit)


def failures_matching(wanted: FailureFilter) -> Select[Failure]:
    """A query for the bound company's failures."""
    query = _matching(Failure, replace(wanted, requeued=None))
    if wanted.requeued is None:
        return query
    return query.where(Failure.requeue_run_id.is_not(None) if wanted.requeued else Failure.requeue_run_id.is_(None))


def receipts(after: UUID | None = None, limit: int = 100) -> Page[Receipt]:
    """The bound company's receipts in order of arrival, so that a program can go on where it stopped.

    The cursor is given even on the last page: what comes later has a higher id. A receipt shows itself two seconds
    after it came, because one with a lower id may still be on its way into the table.
    """
    query = tenancy.rows(Receipt).where(Receipt.received_at < now() - _SETTLED_AFTER)
    if after is not None:
        query = query.where(Receipt.id > after)
    found = db.session.scalars(query.order_by(Receipt.id).limit(limit)).all()
    return Page(found, found[-1].id if found else after)


def _matching(model: type[Row], wanted: MessageFilter | FailureFilter) -> Select[Row]:
    query = tenancy.rows(model)
    for name in wanted.__dataclass_fields__:
        value: Any = getattr(wanted, name)
        if value is None:
            continue
        owned: Any = getattr(model, name)
        query = query.where(owned.icontains(value, autoescape=True) if name == "person" else owned == value)
    return query


def _newest_first(model: type[Row], query: Select[Row], after: UUID | None, limit: int) -> Page[Row]:
    if after is not None:
        query = query.where(model.id < after)
    found = db.session.scalars(query.order_by(model.id.desc()).limit(limit + 1)).all()
    items = found[:limit]
    return Page(items, items[-1].id if len(found) > limit else None)
