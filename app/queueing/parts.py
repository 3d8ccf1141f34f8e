"""The stretches of rows that a run is cut into. A worker holds one of them for a transaction."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update

from app import tenancy
from app.extensions import db, settings
from app.models import Run, RunPart


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of rows that this transaction holds."""

    data_source_id: UUID
    first_row: int
    last_row: int
    position: int


def lay_out(run: Run, spans: dict[UUID, tuple[int, int]]) -> None:
    """Cuts the rows of each data source, given by the first and the last row number, into parts of a new run."""
    db.session.add_all(
        RunPart(
            company_id=run.company_id,
            run_id=run.id,
            data_source_id=source_id,
            first_row=first,
            last_row=last,
            position=first - 1,
        )
        for source_id, ends in spans.items()
        for first, last in _cut(*ends)
    )


def take_part(run_id: UUID) -> Part | None:
    """The first part that is not walked and that nobody else holds, held until the transaction ends."""
    found = db.session.execute(
        select(RunPart.data_source_id, RunPart.first_row, RunPart.last_row, RunPart.position)
        .where(RunPart.company_id == tenancy.company_id(), RunPart.run_id == run_id, ~RunPart.done)
        .order_by(RunPart.data_source_id, RunPart.first_row)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    return Part(*found) if found else None


def move_on(run_id: UUID, part: Part, position: int, *, done: bool) -> None:
    """Says how far a part is that this transaction holds. Does not commit."""
    db.session.execute(
        update(RunPart)
        .where(
            RunPart.company_id == tenancy.company_id(),
            RunPart.run_id == run_id,
            RunPart.data_source_id == part.data_source_id,
            RunPart.first_row == part.first_row,
        )
        .values(position=position, done=done),
        execution_options={"synchronize_session": False},
    )


def _cut(first: int, last: int) -> Iterator[tuple[int, int]]:
    size = settings().run_part_records
    for start in range(first, last + 1, size):
        yield start, min(start + size - 1, last)
