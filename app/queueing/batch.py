"""A batch of records through a line, with the look-ups that the line itself cannot make."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.queueing.line import Line
from app.queueing.outcome import Outcome
from app.queueing.suppression import addresses_by_channel, withhold
from app.suppressions import suppressed

Row = tuple[int, Sequence[str]]
"""Row number and cells."""


def outcomes_of(line: Line, rows: Iterable[Row], now: datetime, start_at: datetime | None = None) -> list[Outcome]:
    """What becomes of the rows, one outcome a delivery method, suppressions of the bound company considered."""
    outcomes = [outcome for number, cells in rows for outcome in line.walk(number, cells, now, start_at)]
    opted_out = {channel: suppressed(channel, found) for channel, found in addresses_by_channel(outcomes).items()}
    return withhold(outcomes, opted_out)
