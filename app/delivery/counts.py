"""How messages that change their status are counted anew."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause

from app.models import FailureStage, Message, MessageStatus, TallyKind
from app.tallies import TallyKey

COUNTED_BY = (Message.run_id, Message.campaign_id, Message.method, Message.channel, Message.day)
"""What a message is counted by, beside its status."""
BEFORE = (*COUNTED_BY, Message.status.label("was"))
"""What a statement that is about to change messages must read of them first."""


def counted_columns(held: FromClause) -> list[ColumnElement[Any]]:
    """The columns of `BEFORE` as `held` read them, to be returned for `counted_under`."""
    return [held.c[read.key] for read in BEFORE]


def counted_under(row: Any, was: MessageStatus) -> TallyKey:
    """Where the message of a row with the columns of `COUNTED_BY` is counted while its status is `was`."""
    return TallyKey(row.run_id, row.campaign_id, row.method, row.channel, row.day, TallyKind.MESSAGE, "", was.value)


class Move(NamedTuple):
    """A message's step to another status."""

    was_under: TallyKey
    status: MessageStatus
    failure_code: str | None = None
    """Set when the step wrote a failure of the stage `deliver`."""
    day: date | None = None
    """Set when the message goes out on another day than it was counted under."""


def changed_by(moves: Iterable[Move]) -> Counter[TallyKey]:
    """What `tallies.add` has to add: one less where each message was, one more where it is."""
    counts: Counter[TallyKey] = Counter()
    for move in moves:
        counts[move.was_under] -= 1
        now_under = move.was_under._replace(code=move.status.value, day=move.day or move.was_under.day)
        counts[now_under] += 1
        if move.failure_code is not None:
            failed = now_under._replace(
                kind=TallyKind.FAILURE, stage=FailureStage.DELIVER.value, code=move.failure_code
            )
            counts[failed] += 1
    return counts
