"""Correcting the record of a failure, so that it can be requeued. The record as it was is kept beside it."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from app import tenancy
from app.clock import now
from app.extensions import db, settings
from app.models import DataSource, Failure


class CorrectionError(StrEnum):
    """Why a record cannot be corrected so."""

    REQUEUED_ALREADY = "requeued_already"
    FIELD_UNKNOWN = "field_unknown"
    CELL_TOO_LONG = "cell_too_long"


WORDS: dict[CorrectionError, str] = {
    CorrectionError.REQUEUED_ALREADY: "This failure has been requeued: correct what came of that.",
    CorrectionError.FIELD_UNKNOWN: "The file has no field “{field}”.",
    CorrectionError.CELL_TOO_LONG: "A cell has at most {limit} characters.",
}


class Flaw(NamedTuple):
    """One thing that stands against a correction; `field` is empty where it is none of the record's."""

    code: CorrectionError
    field: str
    facts: Mapping[str, str | int]

    @property
    def words(self) -> str:
        """What it says to a person."""
        return WORDS[self.code].format_map(self.facts)


class CorrectionRefusedError(Exception):
    """Nothing of the correction was kept."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        super().__init__(", ".join(flaw.code.value for flaw in flaws))
        self.flaws = tuple(flaws)


def correct(failure_id: UUID, cells: Mapping[str, str], by: UUID | None) -> Failure:
    """Puts cells, by stable field name, in place of those of a failure's record. Commits.

    What was corrected before and is not given stays corrected; a cell that is given as it stood in the file is not
    corrected any more. `by` is the person, None for a program. Raises `CorrectionRefusedError`, `NotFoundError`.
    """
    failure = tenancy.get(Failure, failure_id, for_update=True)
    if flaws := _flaws(failure, cells):
        db.session.rollback()
        raise CorrectionRefusedError(flaws)
    changed = {**(failure.corrected or {}), **cells}
    corrected = {field: cell for field, cell in changed.items() if cell != failure.data.get(field, "")}
    if corrected != (failure.corrected or {}):
        failure.corrected = corrected or None
        failure.corrected_at = now()
        failure.corrected_by = by
    db.session.commit()
    return failure


def _flaws(failure: Failure, cells: Mapping[str, str]) -> list[Flaw]:
    if failure.requeue_run_id is not None:
        return [Flaw(CorrectionError.REQUEUED_ALREADY, "", {})]
    fields = tenancy.get(DataSource, failure.data_source_id).fields
    longest = settings().max_cell_chars
    unknown = [Flaw(CorrectionError.FIELD_UNKNOWN, field, {"field": field}) for field in cells if field not in fields]
    return unknown + [
        Flaw(CorrectionError.CELL_TOO_LONG, field, {"limit": longest})
        for field, cell in cells.items()
        if len(cell) > longest
    ]
