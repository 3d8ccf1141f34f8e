"""Counts kept by those who write. See `models.Tally` for what is counted under which code."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.dialects.postgresql import insert

from app import tenancy
from app.extensions import db
from app.models import FINAL, Channel, MessageStatus, Tally, TallyKind


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


def open_messages(run_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many messages of each of the bound company's runs have no final state yet."""
    unsettled = [status.value for status in MessageStatus if status not in FINAL]
    wanted = list(run_ids)
    found = db.session.execute(
        select(Tally.run_id, func.sum(case((Tally.code.in_(unsettled), Tally.n), else_=0)))
        .where(
            Tally.company_id == tenancy.company_id(),
            Tally.run_id.in_(wanted),
            Tally.kind == TallyKind.MESSAGE,
        )
        .group_by(Tally.run_id)
    )
    counted = {run_id: int(n) for run_id, n in found}
    return {run_id: counted.get(run_id, 0) for run_id in wanted}
