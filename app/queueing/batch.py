"""A batch of records through a line, with the look-ups that the line itself cannot make."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from app.queueing.line import Line
from app.queueing.outcome import Outcome
from app.queueing.requeued import Marked
from app.queueing.suppression import addresses_by_channel, withhold
from app.suppressions import suppressed

Row = tuple[int, Sequence[str]]
"""Row number and cells."""


def outcomes_of(line: Line, rows: Iterable[Row], now: datetime, start_at: datetime | None = None) -> list[Outcome]:
    """What becomes of the rows, one outcome a delivery method, suppressions of the bound company considered."""
    return _withheld([outcome for number, cells in rows for outcome in line.walk(number, cells, now, start_at)])


def outcomes_again(
    line: Line, failures: Iterable[Marked], now: datetime, start_at: datetime | None = None
) -> list[Outcome]:
    """What becomes of failures, one outcome each: their records as they are now, on the method that failed."""
    return _withheld([_again(line, failure, now, start_at) for failure in failures])


def _again(line: Line, failure: Marked, now: datetime, start_at: datetime | None) -> Outcome:
    present = {**failure.data, **(failure.corrected or {})}
    cells = [present.get(column, "") for column in line.columns]
    (outcome,) = line.walk(failure.row_number, cells, now, start_at, only=failure.method)
    # what fails again keeps the record as it was, and apart from it what has been corrected
    return replace(outcome, data=failure.data, corrected=failure.corrected)


def _withheld(outcomes: Sequence[Outcome]) -> list[Outcome]:
    opted_out = {channel: suppressed(channel, found) for channel, found in addresses_by_channel(outcomes).items()}
    return withhold(outcomes, opted_out)
