"""The rows of one file that failed, as they stand in it, with the reasons behind: to be fixed and uploaded again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from app.extensions import db
from app.failures import REASON_COLUMNS, FailureFilter
from app.models import DataSource, Failure
from app.reporting.exports import csv_lines, harmless_in_place
from app.reporting.listing import failures_matching
from app.reporting.reasons import words_of

BATCH = 2_000
"""Failures that are read at a time."""


def failed_rows(source: DataSource, wanted: FailureFilter) -> Iterator[str]:
    """A CSV file: the file's own columns under their own titles, then the columns that say why.

    A line for each record of the bound company's data source that `wanted` leaves, in the order of the file, however
    often it failed; with what has been corrected. Without a word in `wanted` about it, what was requeued is left out.
    """
    return csv_lines(
        [*_own(source, source.columns), *REASON_COLUMNS], _rows(source, wanted), harmless=harmless_in_place
    )


def _rows(source: DataSource, wanted: FailureFilter) -> Iterator[list[str]]:
    fields = _own(source, source.fields)
    wanted = replace(wanted, data_source_id=source.id, requeued=bool(wanted.requeued))
    query = failures_matching(wanted).order_by(Failure.row_number)
    last = 0
    while True:
        # the failures of a row come together
        page = query.where(Failure.row_number > last).fetch(BATCH, with_ties=True)
        found = db.session.scalars(page).all()
        for _, of_row in groupby(found, key=lambda failure: failure.row_number):
            yield _row(fields, sorted(of_row, key=lambda failure: failure.id))
        if len(found) < BATCH:
            return
        last = found[-1].row_number


def _row(fields: Sequence[str], failures: Sequence[Failure]) -> list[str]:
    cells = dict(failures[0].data)
    for failure in failures:
        cells.update(failure.corrected or {})
    reasons = dict.fromkeys(
        (failure.channel.value, failure.stage.value, failure.code, words_of(failure)) for failure in failures
    )
    return [*(cells.get(field, "") for field in fields), *("; ".join(said) for said in zip(*reasons, strict=True))]


def _own(source: DataSource, columns: Sequence[str]) -> Sequence[str]:
    """Those of a file's columns that are not the reasons of an earlier time, which it may end with."""
    count = len(REASON_COLUMNS)
    return columns[:-count] if tuple(source.columns[-count:]) == REASON_COLUMNS else columns
