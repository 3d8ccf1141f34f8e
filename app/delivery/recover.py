"""What was in flight when its lease ran out: not known to be sent, and not sent again before that is known.

Such a message becomes `unknown`. Where the provider can be asked, it is: a message that it has takes its id and status,
one that it does not have is queued again. Where it cannot be asked, a message for which no request was being made is
queued again, and any other waits for its events, and then for a person (`app.delivery.undecided`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import case, select, update

from app import tenancy, turns
from app.campaigns.finish import finish_if_done
from app.channels.base import CanBeAsked, Sighting
from app.channels.registry import ASKED
from app.clock import now
from app.delivery.asking import as_changes, ask
from app.delivery.due import IS_IN_FLIGHT
from app.delivery.errors import DeliverError
from app.delivery.give_back import GiveBack, give_back
from app.delivery.recognise import recognise
from app.delivery.transitions import Change, advance
from app.extensions import db, settings
from app.models import Channel, Message, MessageStatus, new_id

_ASK_AGAIN = timedelta(seconds=30)
"""How long nobody else looks at a message that is being asked about, or could not be settled."""


class _Lost(NamedTuple):
    """A message whose lease ran out."""

    id: UUID
    run_id: UUID
    channel: Channel
    endpoint: str
    body: str
    claim: UUID
    claimed_at: datetime
    requested_at: datetime | None
    was: MessageStatus

    @property
    def never_left(self) -> bool:
        """True when its provider cannot have it, although that cannot be asked."""
        return self.was is MessageStatus.SENDING and self.channel not in ASKED and self.requested_at is None


class _Heard(NamedTuple):
    """What the provider has for the address of a lost message, and whether it has told all."""

    lost: _Lost
    sightings: list[Sighting]
    complete: bool


def settle_in_flight(limit: int, deadline: datetime) -> int:
    """Settles up to `limit` of the bound company's messages whose lease ran out. Commits. Returns how many it settled.

    Begins no more after `deadline`. Several may do this at once: a message is looked at by one of them.
    """
    settled = 0
    looked_at = 0
    while looked_at < limit and not turns.is_over(deadline):
        lost = _take(min(limit - looked_at, settings().send_block))
        if not lost:
            break
        looked_at += len(lost)
        settled += _return([message for message in lost if message.never_left])
        for channel, driver in ASKED.items():
            of_channel = [message for message in lost if message.channel is channel]
            settled += _settle(_asked(driver, of_channel, deadline))
    return settled


def _take(most: int) -> list[_Lost]:
    """Takes messages whose lease ran out; they are unknown from now on, and nobody else looks at them for a while.

    The new claim fences: whoever held or looked at a message before cannot give it back any more.
    """
    instant = now()
    claim = new_id()
    overdue = (
        select(Message.id, Message.status.label("was"))
        .where(Message.company_id == tenancy.company_id(), IS_IN_FLIGHT, Message.lease_until < instant)
        .order_by(Message.lease_until)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("overdue")
    )
    events_until = Message.claimed_at + timedelta(seconds=settings().settle_events_seconds)
    statement = (
        update(Message)
        .where(Message.company_id == tenancy.company_id(), Message.id == overdue.c.id)
        .values(
            claim=claim,
            lease_until=case(
                (Message.channel.in_(ASKED), instant + _ASK_AGAIN),
                (events_until > instant, events_until),
                # nothing more to wait for: it is a person's
                else_=None,
            ),
        )
        .returning(*(getattr(Message, name) for name in _Lost._fields if name != "was"), overdue.c.was)
    )
    found = db.session.execute(statement, execution_options={"synchronize_session": False})
    lost = [_Lost(**row._mapping) for row in found]
    advance(
        Change(message.id, MessageStatus.UNKNOWN, instant, error_code=DeliverError.INTERRUPTED)
        for message in lost
        if message.was is MessageStatus.SENDING and not message.never_left
    )
    db.session.commit()
    return sorted(lost, key=lambda message: message.claimed_at)


def _return(lost: Sequence[_Lost]) -> int:
    instant = now()
    queued = give_back(
        GiveBack(message.id, message.claim, instant, DeliverError.INTERRUPTED, tried=False) for message in lost
    )
    db.session.commit()
    return len(queued)


def _asked(driver: CanBeAsked, lost: Sequence[_Lost], deadline: datetime) -> list[_Heard]:
    """What the provider has for each of them; one about which it gives no usable answer is left out."""
    searches = (driver.search(message.endpoint, message) for message in lost)
    return [_Heard(message, *found) for message, found in ask(searches, driver.found, deadline)]


def _settle(heard: Sequence[_Heard]) -> int:
    instant = now()
    safe = timedelta(seconds=settings().lease_seconds + settings().send_timeout_seconds)
    others = _ids_of_others(heard)
    changes: list[Change] = []
    returned: list[GiveBack] = []
    for lost, sightings, complete in heard:
        seen = recognise(lost.body, lost.claimed_at, sightings, others)
        if seen is not None:
            others.add(seen.provider_id)
            changes += as_changes(lost.id, seen, instant)
        elif complete and lost.claimed_at + safe <= instant:
            returned.append(GiveBack(lost.id, lost.claim, instant, error_code=DeliverError.INTERRUPTED))
    moved = advance(changes).moved
    finish_if_done({lost.run_id for lost, _, _ in heard if lost.id in moved})
    db.session.commit()
    queued = give_back(returned)
    db.session.commit()
    return len(moved) + len(queued)


def _ids_of_others(heard: Sequence[_Heard]) -> set[str]:
    """Those of the provider's ids seen that belong to messages of the bound company which are not lost."""
    seen = {sighting.provider_id for _, sightings, _ in heard for sighting in sightings}
    return set(
        db.session.scalars(
            select(Message.provider_id).where(
                Message.company_id == tenancy.company_id(),
                Message.provider_id.in_(seen),
                Message.id.not_in([lost.id for lost, _, _ in heard]),
            )
        )
    )
