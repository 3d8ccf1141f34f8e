"""How far the loading of a file is."""

from dataclasses import dataclass

from app.models import DataSource, SourceStatus


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows done so far, loaded and rejected; percent of the file's bytes; the speed, and what it promises."""

    rows: int
    percent: int
    rows_per_second: float | None
    seconds_left: float | None
    """None while nothing is known about the speed, and once nothing is left."""


def progress(source: DataSource) -> Progress:
    """The progress of a data source as its row tells it; no query, no clock."""
    rows = source.rows_loaded + source.rows_rejected
    if source.status is SourceStatus.LOADED:
        percent = 100
    else:
        # the last row is read before it is written, so everything can be read while something is left to do
        percent = min(99, source.position_bytes * 100 // max(1, source.size_bytes))
    until = source.finished_at or source.advanced_at
    elapsed = (until - source.started_at).total_seconds() if until and source.started_at else 0.0
    if not elapsed or not rows:
        return Progress(rows, percent, None, None)
    left = None
    if source.status is SourceStatus.LOADING and source.position_bytes:
        left = elapsed * (source.size_bytes - source.position_bytes) / source.position_bytes
    return Progress(rows, percent, rows / elapsed, left)
