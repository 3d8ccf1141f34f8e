"""What the providers answered is written down: in batches, each message under the claim that sent it."""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.exc import DataError

from app import suppressions
from app.campaigns.finish import finish_if_done
from app.channels.base import Outcome, Result
from app.clock import now
from app.delivery.backoff import LONGEST_WAIT, MOST_ATTEMPTS, wait_after
from app.delivery.claim import Claimed
from app.delivery.errors import words_for
from app.delivery.give_back import GiveBack, give_back
from app.delivery.transitions import Change, advance
from app.extensions import db
from app.models import MessageStatus, SuppressionSource

log = structlog.get_logger()

_dice = random.SystemRandom()
_AGAIN = (Result.RETRY, Result.HOLD)
_STATUS = {Result.ACCEPTED: MessageStatus.SENT, Result.IN_DOUBT: MessageStatus.UNKNOWN}


def record(outcomes: Sequence[Outcome], held: Mapping[UUID, Claimed], claim: UUID) -> None:
    """Writes the outcomes of messages that `claim` holds, and commits. `held` has every message spoken of.

    What a claim has lost meanwhile is left alone: a callback was faster, or the lease ran out and it was settled.
    An outcome that the database will not take is logged, and its message becomes unknown with its lease.
    """
    try:
        _write(outcomes, held, claim)
    except DataError as problem:
        db.session.rollback()
        if len(outcomes) > 1:
            middle = len(outcomes) // 2
            record(outcomes[:middle], held, claim)
            record(outcomes[middle:], held, claim)
        else:
            ids = [str(outcome.message_id) for outcome in outcomes]
            log.error("outcome_not_recorded", message_id=ids, problem=type(problem.orig).__name__)


def _write(outcomes: Sequence[Outcome], held: Mapping[UUID, Claimed], claim: UUID) -> None:
    instant = now()
    changes: list[Change] = []
    returned: list[GiveBack] = []
    for outcome in outcomes:
        message = held[outcome.message_id]
        if outcome.result in _AGAIN and message.attempts < MOST_ATTEMPTS:
            returned.append(_give_back(outcome, message, claim, instant))
        else:
            changes.append(_change(outcome, message, instant))
    _suppress(outcomes, held)
    moved = advance(changes, claim=claim).moved
    ended = {change.message_id for change in changes if change.status is MessageStatus.FAILED} & moved
    # in the same transaction as the last end: no sweep looks for a run that nobody finished
    finish_if_done({held[message_id].run_id for message_id in ended})
    db.session.commit()
    give_back(returned)
    db.session.commit()


def _give_back(outcome: Outcome, message: Claimed, claim: UUID, instant: datetime) -> GiveBack:
    least = LONGEST_WAIT if outcome.result is Result.HOLD else outcome.after
    wait = wait_after(message.attempts, least, _dice)
    return GiveBack(message.id, claim, instant + wait, error_code=outcome.code)


def _change(outcome: Outcome, message: Claimed, instant: datetime) -> Change:
    facts = {**outcome.facts, "attempts": message.attempts} if outcome.result in _AGAIN else outcome.facts
    status = _STATUS.get(outcome.result, MessageStatus.FAILED)
    return Change(outcome.message_id, status, instant, outcome.provider_id, outcome.code, facts)


def _suppress(outcomes: Iterable[Outcome], held: Mapping[UUID, Claimed]) -> None:
    """Suppresses the addresses of those who opted out, in their order, so that two writers do not wait in a circle."""
    said = {
        (held[outcome.message_id].channel, held[outcome.message_id].endpoint): outcome
        for outcome in outcomes
        if outcome.result is Result.OPTED_OUT
    }
    for (channel, endpoint), outcome in sorted(said.items(), key=lambda entry: entry[0]):
        words = words_for(outcome.code or "", outcome.facts)
        suppressions.suppress(channel, endpoint, SuppressionSource.PROVIDER, words)
