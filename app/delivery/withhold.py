"""What was claimed and yet must not go out: called off, too late, outside its window, opted out, without a sender."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app import suppressions
from app.campaigns.finish import finish_if_done
from app.delivery.backoff import LONGEST_WAIT, MOST_ATTEMPTS
from app.delivery.called_off import called_off
from app.delivery.claim import Claimed
from app.delivery.errors import DeliverError
from app.delivery.give_back import GiveBack, give_back
from app.delivery.moving import move_on
from app.delivery.senders import Senders
from app.delivery.transitions import Change, advance
from app.extensions import db
from app.models import MessageStatus


def withhold(block: Sequence[Claimed], claim: UUID, senders: Senders, instant: datetime) -> list[Claimed]:
    """The messages of a claimed block, all of one channel, that may go out at `instant`. Commits.

    The others are settled: ended with a code, or given back for a time at which they may.
    """
    if not block:
        return []
    opted_out = suppressions.suppressed(block[0].channel, {message.endpoint for message in block})
    unwanted = called_off([message.id for message in block])
    closed: list[Claimed] = []
    settled: dict[UUID, Change | GiveBack] = {}
    for message in block:
        if message.id in unwanted:
            settled[message.id] = Change(message.id, MessageStatus.CANCELLED, instant)
        elif message.attempts > MOST_ATTEMPTS:
            code = message.error_code or DeliverError.ATTEMPTS_USED_UP
            facts = {"attempts": message.attempts - 1}
            settled[message.id] = Change(message.id, MessageStatus.FAILED, instant, error_code=code, facts=facts)
        elif message.expires_at is not None and message.expires_at <= instant:
            settled[message.id] = _ended(message, MessageStatus.EXPIRED, DeliverError.EXPIRED, instant)
        elif message.endpoint in opted_out:
            settled[message.id] = _ended(message, MessageStatus.FAILED, DeliverError.OPTED_OUT, instant)
        elif message.window_closes_at is not None and message.window_closes_at <= instant:
            closed.append(message)
        elif senders.address(message.sender_id) is None:
            later = instant + LONGEST_WAIT
            settled[message.id] = GiveBack(message.id, claim, later, DeliverError.SENDER_MISSING)
    _settle(block, list(settled.values()), claim)
    _move(closed, claim, instant)
    withheld = settled.keys() | {message.id for message in closed}
    return [message for message in block if message.id not in withheld]


def _move(closed: Sequence[Claimed], claim: UUID, instant: datetime) -> None:
    """Moves on what has lost its window, and again if another message takes a key between the look and the step."""
    while True:
        try:
            return _settle(closed, list(move_on(closed, claim, instant).values()), claim)
        except IntegrityError:
            db.session.rollback()


def _ended(message: Claimed, status: MessageStatus, code: DeliverError, instant: datetime) -> Change:
    return Change(message.id, status, instant, error_code=code)


def _settle(block: Sequence[Claimed], settled: Sequence[Change | GiveBack], claim: UUID) -> None:
    changes = [each for each in settled if isinstance(each, Change)]
    moved = advance(changes, claim=claim).moved
    # in the same transaction as the last end: no sweep looks for a run that nobody finished
    finish_if_done({message.run_id for message in block if message.id in moved})
    # in any case: a transaction left open here would stay open while the provider is waited for
    db.session.commit()
    give_back(each for each in settled if isinstance(each, GiveBack))
    db.session.commit()
