"""Status events become messages' statuses, dates and error codes, and suppressions where a provider says so."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from app import suppressions, tenancy
from app.campaigns.finish import finish_if_done
from app.delivery.transitions import Change, advance
from app.extensions import db
from app.models import Channel, Message, ReceiptOutcome, SuppressionSource
from app.receipts import inbox, sendgrid, twilio
from app.receipts.inbox import Outcome, Pending
from app.receipts.incoming import MalformedError, News, Payload

_READERS: Mapping[str, Callable[[Payload, datetime], News]] = {
    twilio.PROVIDER: twilio.read_status,
    sendgrid.PROVIDER: sendgrid.read_status,
}


class _About(NamedTuple):
    """The message that an event names."""

    id: UUID
    run_id: UUID
    channel: Channel
    endpoint: str


def apply(events: Sequence[Pending]) -> None:
    """Applies status events of the bound company, in any order and however often they came. Does not commit."""
    if not events:
        return
    about = _messages({event.message_id for event in events if event.message_id})
    settled: list[Outcome] = []
    understood: list[tuple[Pending, _About, News]] = []
    for event in events:
        message = about.get(event.message_id) if event.message_id else None
        try:
            news = _READERS[event.provider](event.payload, event.received_at)
        except MalformedError:
            settled.append(Outcome(event.id, event.message_id, ReceiptOutcome.NOT_UNDERSTOOD))
            continue
        if message is None:
            settled.append(Outcome(event.id, event.message_id, ReceiptOutcome.NO_MESSAGE, news.status, news.error_code))
        else:
            understood.append((event, message, news))
    _suppress(understood)
    moved = advance(_changes(understood)).moved
    for event, message, news in understood:
        changed = bool(news.suppress) or (news.status is not None and message.id in moved)
        outcome = ReceiptOutcome.APPLIED if changed else ReceiptOutcome.NO_CHANGE
        settled.append(Outcome(event.id, event.message_id, outcome, news.status, news.error_code))
    inbox.settle(settled)
    finish_if_done({message.run_id for _, message, _ in understood if message.id in moved})


def _messages(ids: set[UUID]) -> dict[UUID, _About]:
    found = db.session.execute(
        select(Message.id, Message.run_id, Message.channel, Message.endpoint).where(
            Message.company_id == tenancy.company_id(), Message.id.in_(ids)
        )
    )
    return {row.id: _About(*row) for row in found}


def _suppress(understood: Sequence[tuple[Pending, _About, News]]) -> None:
    said = {(about.channel, about.endpoint): news.suppress for _, about, news in understood if news.suppress}
    for (channel, endpoint), words in sorted(said.items()):
        suppressions.suppress(channel, endpoint, SuppressionSource.PROVIDER, words)


def _changes(understood: Sequence[tuple[Pending, _About, News]]) -> Iterator[Change]:
    for event, message, news in understood:
        if news.status is not None:
            yield Change(
                message.id,
                news.status,
                news.at,
                provider_id=event.provider_id,
                error_code=news.error_code,
                facts=dict(news.facts),
            )
