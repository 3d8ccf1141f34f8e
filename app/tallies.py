"""Counts kept by those who write. See `models.Tally` for what is counted under which code."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app import tenancy
from app.extensions import db
from app.models import Channel, MessageStatus, Tally, TallyKind


class TallyKey(NamedTuple):
    """What one count is of."""

    run_id: UUID
    campaign_id: UUID
    method: str
    channel: Channel
    day: date
    kind: TallyKind
    stage: str
    code: str


def add(counts: Mapping[TallyKey, int]) -> None:
    """Adds to the bound company's counts (a negative number takes away). Does not commit.

    Call it last in a transaction: many writers meet on these few rows, and they wait for one another from here to
    the commit. The rows are touched in the order of their keys, so that two writers cannot wait in a circle.
    """
    changes = sorted((key, n) for key, n in counts.items() if n)
    if not changes:
        return
    statement = insert(Tally).values(
        [{"company_id": tenancy.company_id(), **key._asdict(), "n": n} for key, n in changes]
    )
    db.session.execute(
        statement.on_conflict_do_update(constraint="pk_tallies", set_={"n": Tally.n + statement.excluded.n})
    )


def messages_of(run_ids: Iterable[UUID]) -> dict[UUID, dict[MessageStatus, int]]:
    """How many messages each of the bound company's runs has in each status, as one statement sees them."""
    counted: dict[UUID, dict[MessageStatus, int]] = {run_id: {} for run_id in run_ids}
    if not counted:
        return counted
    found = db.session.execute(
        select(Tally.run_id, Tally.code, func.sum(Tally.n))
        .where(
            Tally.company_id == tenancy.company_id(),
            Tally.run_id.in_(counted),
            Tally.kind == TallyKind.MESSAGE,
        )
        .group_by(Tally.run_id, Tally.code)
    )
    for run_id, code, n in found:
        counted[run_id][MessageStatus(code)] = int(n)
    return counted
