"""The profile of a loaded file: of each column how many cells are filled, of which kind they seem, and some of them.

Every record is counted, after the loading, which it does not hold up. The kind is told from about a hundred cells that
lie spread over the file. A profile is made in slices, each of which moves its position in the same transaction, so that
a killed worker loses a slice and counts nothing twice.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, update

from app import tenancy, turns
from app.campaigns.column_kinds import ColumnKind, kind_of, reads_as
from app.clock import now
from app.extensions import db
from app.models import Company, DataSource, SourceStatus
from app.records import Row, blocks_after, rows_after

_CELLS_READ = 100
"""Of each column, to tell its kind."""
_SAMPLES = 3
_SAMPLE_CHARS = 100
_FIRST_RECORDS = 50


@dataclass(slots=True)
class _Found:
    """What has been found in a column so far; kept as JSON."""

    filled: int = 0
    cells: int = 0
    """How many of the filled cells have been read to tell the kind, and as what they could be, in `reads`."""
    reads: dict[str, int] = field(default_factory=dict)
    samples: list[str] = field(default_factory=list)

    def read(self, cells: Sequence[str], region: str) -> None:
        self.cells += len(cells)
        self.reads = dict(Counter(self.reads) + Counter(reads_as(cells, region)))

    def sample(self, cells: Sequence[str]) -> None:
        self.samples = list(dict.fromkeys([*self.samples, *map(_in_short, cells)]))[:_SAMPLES]


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """A column for somebody who looks at a file. `kind` and `filled` are None until every record has been counted."""

    column: str
    field: str
    samples: list[str]
    """The first different values, cut short."""
    kind: ColumnKind | None = None
    filled: int | None = None
    """Records in which the cell is not blank."""

    def fill_rate(self, records: int) -> float | None:
        """The part of the records that have something in this column; 0 for a file without records."""
        return None if self.filled is None else self.filled / max(1, records)


def profile_slice(company_id: UUID, data_source_id: UUID, deadline: datetime) -> bool:
    """Goes on with the profile of a loaded data source until it is whole or `deadline` has passed, a block at least.

    Returns True when more is left to do. Does nothing for one that is not loaded, or that somebody else has gone on
    with meanwhile. Raises `tenancy.NotFoundError`.
    """
    with tenancy.company(company_id):
        source = tenancy.get(DataSource, data_source_id)
        if source.status is not SourceStatus.LOADED or source.profiled_at:
            return False
        found = [_Found(**each) for each in source.profile] or [_Found() for _ in source.columns]
        region = db.session.get_one(Company, company_id).region
        unmoved, row, whole = _unmoved(source), source.profiled_row, True
        for rows in blocks_after(data_source_id, row):
            _take_in(rows, row, _stride(source), found, region)
            row = rows[-1][0]
            if turns.is_over(deadline):
                whole = False
                break
        return _keep(unmoved, found, row, whole=whole) and not whole


def column_profiles(source: DataSource) -> list[ColumnProfile]:
    """The columns of a data source of the bound company; samples of the first records are there while it loads."""
    if source.profiled_at:
        found = [_Found(**each) for each in source.profile]
        return [
            ColumnProfile(column, name, of.samples, kind_of(name, of.cells, of.reads), of.filled)
            for column, name, of in zip(source.columns, source.fields, found, strict=True)
        ]
    first = [cells for _, cells in rows_after(source.id, 0, _FIRST_RECORDS)]
    profiles = []
    for place, (column, name) in enumerate(zip(source.columns, source.fields, strict=True)):
        of = _Found()
        of.sample([cells[place] for cells in first if cells[place].strip()])
        profiles.append(ColumnProfile(column, name, of.samples))
    return profiles


def _stride(source: DataSource) -> int:
    """A cell is read each time that so many rows have gone by."""
    return max(1, source.position_row // _CELLS_READ)


def _take_in(rows: Sequence[Row], after_row: int, stride: int, found: Sequence[_Found], region: str) -> None:
    """Counts the cells of rows that follow on row `after_row`, and reads as many as fall due."""
    due = rows[-1][0] // stride - after_row // stride
    for column, of in zip(zip(*(cells for _, cells in rows), strict=True), found, strict=True):
        filled = [cell for cell in column if cell and not cell.isspace()]
        of.filled += len(filled)
        if due:
            of.read(filled[:: max(1, len(filled) // due)][:due], region)
        if (due or not after_row) and len(of.samples) < _SAMPLES:
            of.sample(filled)


def _unmoved(source: DataSource) -> ColumnElement[bool]:
    """Holds as long as the data source is where it is now."""
    return and_(
        DataSource.company_id == source.company_id,
        DataSource.id == source.id,
        DataSource.status == SourceStatus.LOADED,
        DataSource.started_at.is_not_distinct_from(source.started_at),
        DataSource.profiled_row == source.profiled_row,
    )


def _keep(unmoved: ColumnElement[bool], found: Sequence[_Found], row: int, *, whole: bool) -> bool:
    """Writes what was found and commits; False when somebody else has gone on, or the file is read anew."""
    changes: dict[str, Any] = {"profile": [asdict(each) for each in found], "profiled_row": row, "advanced_at": now()}
    ending = {"profiled_at": now()} if whole else {}
    kept = db.session.scalar(update(DataSource).where(unmoved).values(changes | ending).returning(DataSource.id))
    db.session.commit()
    return kept is not None


def _in_short(cell: str) -> str:
    text = cell.strip()
    return text if len(text) <= _SAMPLE_CHARS else text[: _SAMPLE_CHARS - 1] + "…"
