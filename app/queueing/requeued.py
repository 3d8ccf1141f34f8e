"""The failures that a requeue walks: marked as the run's own a block at a time, read in the order of their rows, and
let go again where the run is called off before it comes to them.

A failure is marked once, under a lock, so two requeues never walk the same one. Nothing here commits.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Uuid, any_, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from app import tallies, tenancy
from app.delivery.undelivered import free_keys
from app.extensions import db
from app.failures import FailureFilter, Group, standing
from app.models import CampaignVersion, Failure, FailureStage, Run, RunStatus, TallyKind
from app.queueing.parts import move_on, take_part
from app.tallies import TallyKey

_BLOCK = 5_000
_COUNTED_BY = (
    *(Failure.run_id, Failure.campaign_id, Failure.method, Failure.channel, Failure.day),
    *(Failure.stage, Failure.code),
)


class Marked(NamedTuple):
    """A failure that is to be walked again."""

    row_number: int
    method: str
    data: dict[str, str]
    corrected: dict[str, str] | None
    said_by: UUID | None
    """The message that failed, or the one that it would have repeated."""


def can_be_walked(groups: Iterable[Group], version: CampaignVersion) -> list[Group]:
    """Those whose delivery method is still one of the campaign's."""
    methods = {method["key"] for method in version.definition["methods"]}
    return [group for group in groups if group.method in methods]


class Marking:
    """One worker's way through the failures that a requeue asked for by what they have in common."""

    def __init__(self, run_id: UUID) -> None:
        self._run_id = run_id
        self._groups: list[Group] | None = None
        self._file: UUID | None = None
        self._after: UUID | None = None

    def next_block(self) -> bool:
        """Marks the next block, or lets the run queue when nothing is left. False when another worker is at it."""
        run = db.session.scalar(
            tenancy.rows(Run)
            .where(Run.id == self._run_id, Run.status == RunStatus.STAGING)
            .with_for_update(key_share=True, skip_locked=True),
            execution_options={"populate_existing": True},
        )
        if run is None:
            return False
        if self._groups is None:
            version = tenancy.get(CampaignVersion, run.campaign_id, run.version)
            asked = FailureFilter.of_json(run.requeues or {})
            self._file = asked.data_source_id
            self._groups = can_be_walked(standing(asked), version)
        if self._groups:
            self._mark_of(run, self._groups[-1])
        else:
            run.status = RunStatus.QUEUEING
            db.session.flush()
        return True

    def _mark_of(self, run: Run, group: Group) -> None:
        # what fails from now on was not meant: ids are in the order of time
        wanted = _standing(run).where(
            Failure.id < run.id,
            Failure.run_id == group.run_id,
            Failure.stage == group.stage,
            Failure.code == group.code,
            Failure.method == group.method,
        )
        if self._file is not None:
            wanted = wanted.where(Failure.data_source_id == self._file)
        if self._after is not None:
            wanted = wanted.where(Failure.id > self._after)
        found = mark(run, wanted.limit(_BLOCK))
        self._after = found[-1] if len(found) == _BLOCK else None
        if self._after is None and self._groups:
            self._groups.pop()


def mark_these(run: Run, ids: Collection[UUID], methods: Collection[str]) -> int:
    """Marks those of the failures that still stand and are of one of the delivery methods; returns how many."""
    wanted = _standing(run).where(Failure.id == any_(_array(ids)), Failure.method.in_(methods))
    return len(mark(run, wanted))


def mark(run: Run, wanted: Select[*tuple[Any, ...]]) -> list[UUID]:
    """Marks failures as the run's own, counts them and frees the keys of those that are known not to have arrived."""
    found = db.session.execute(wanted).all()
    _set([row.id for row in found], run.id)
    free_keys([row.message_id for row in found if row.stage is FailureStage.DELIVER])
    run.records_total += len(found)
    db.session.flush()
    _count(found, 1)
    return [row.id for row in found]


def marked_after(run_id: UUID, source_id: UUID, row_number: int, limit: int, last_row: int) -> list[Marked]:
    """Failures of a requeue after a row up to and with `last_row`: at least `limit`, if there are so many.

    Those of one row come together, so that the row number says how far a walk is.
    """
    query = (
        select(
            *(Failure.row_number, Failure.method, Failure.data, Failure.corrected),
            func.coalesce(Failure.message_id, Failure.repeats_message_id),
        )
        .where(
            Failure.company_id == tenancy.company_id(),
            Failure.requeue_run_id == run_id,
            Failure.data_source_id == source_id,
            Failure.row_number > row_number,
            Failure.row_number <= last_row,
        )
        .order_by(Failure.row_number)
        .fetch(limit, with_ties=True)
    )
    return [Marked(*row) for row in db.session.execute(query)]


def let_go(run_id: UUID) -> bool:
    """Lets a block of the failures that a called-off requeue has not come to stand again; False when none is left."""
    part = take_part(run_id)
    if part is None:
        return False
    found = db.session.execute(
        select(Failure.id, *_COUNTED_BY)
        .where(
            Failure.company_id == tenancy.company_id(),
            Failure.requeue_run_id == run_id,
            Failure.data_source_id == part.data_source_id,
            Failure.row_number.between(part.position + 1, part.last_row),
        )
        .limit(_BLOCK)
    ).all()
    _set([row.id for row in found], None)
    move_on(run_id, part, part.position, done=len(found) < _BLOCK)
    db.session.execute(
        update(Run)
        .where(Run.company_id == tenancy.company_id(), Run.id == run_id)
        .values(records_total=Run.records_total - len(found)),
        execution_options={"synchronize_session": False},
    )
    _count(found, -1)
    return True


def _standing(run: Run) -> Select[*tuple[Any, ...]]:
    """Failures of the run's campaign that nobody has requeued, locked in the order of their ids."""
    return (
        select(Failure.id, Failure.message_id, *_COUNTED_BY)
        .where(
            Failure.company_id == run.company_id,
            Failure.campaign_id == run.campaign_id,
            Failure.requeue_run_id.is_(None),
        )
        .order_by(Failure.id)
        .with_for_update()
    )


def _set(ids: Sequence[UUID], run_id: UUID | None) -> None:
    db.session.execute(
        update(Failure)
        .where(Failure.company_id == tenancy.company_id(), Failure.id == any_(_array(ids)))
        .values(requeue_run_id=run_id),
        execution_options={"synchronize_session": False},
    )


def _count(found: Iterable[Any], times: int) -> None:
    counts: Counter[TallyKey] = Counter()
    for row in found:
        key = TallyKey(
            *(row.run_id, row.campaign_id, row.method, row.channel, row.day),
            kind=TallyKind.REQUEUED,
            stage=row.stage.value,
            code=row.code,
        )
        counts[key] += times
    tallies.add(counts)


def _array(ids: Collection[UUID]) -> Any:
    return literal(list(ids), ARRAY(Uuid))
