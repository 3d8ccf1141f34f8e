"""What a person is told while a file loads."""

from datetime import UTC, datetime, timedelta

from app.ingest.progress import Progress, progress
from app.models import DataSource, SourceStatus

STARTED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def source(status: SourceStatus, seconds: float | None, done: int, rows: int, rejected: int = 0) -> DataSource:
    return DataSource(
        status=status,
        size_bytes=1_000,
        position_bytes=done,
        rows_loaded=rows,
        rows_rejected=rejected,
        started_at=None if seconds is None else STARTED,
        advanced_at=None if seconds is None else STARTED + timedelta(seconds=seconds),
    )


def test_nothing_is_promised_before_it_starts() -> None:
    assert progress(source(SourceStatus.UPLOADED, None, 0, 0)) == Progress(0, 0, None, None)
    assert progress(source(SourceStatus.LOADING, 0, 0, 0)) == Progress(0, 0, None, None)


def test_speed_and_time_left_follow_from_what_was_done() -> None:
    assert progress(source(SourceStatus.LOADING, 4, 250, 90, rejected=10)) == Progress(100, 25, 25.0, 12.0)


def test_it_is_not_all_done_while_it_is_loading() -> None:
    assert progress(source(SourceStatus.LOADING, 4, 1_000, 100)).percent == 99


def test_a_loaded_file_is_all_done_with_nothing_left() -> None:
    assert progress(source(SourceStatus.LOADED, 4, 1_000, 100)) == Progress(100, 100, 25.0, None)


def test_a_failed_file_shows_how_far_it_came() -> None:
    assert progress(source(SourceStatus.FAILED, 4, 500, 100)) == Progress(100, 50, 25.0, None)
