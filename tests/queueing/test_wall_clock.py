"""Wall clocks on the days on which they are changed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.queueing.wall_clock import first_instant, last_instant

NEW_YORK = ZoneInfo("America/New_York")


def test_an_hour_that_is_shown_once_is_one_instant() -> None:
    noon = datetime(2026, 7, 1, 12)  # noqa: DTZ001
    assert first_instant(noon, NEW_YORK) == last_instant(noon, NEW_YORK) == datetime(2026, 7, 1, 16, tzinfo=UTC)


def test_an_hour_that_is_left_out_is_the_instant_of_the_change() -> None:
    skipped = datetime(2026, 3, 8, 2, 30)  # noqa: DTZ001
    change = datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert first_instant(skipped, NEW_YORK) == last_instant(skipped, NEW_YORK) == change


def test_an_hour_that_is_repeated_is_two_instants() -> None:
    repeated = datetime(2026, 11, 1, 1, 30)  # noqa: DTZ001
    assert first_instant(repeated, NEW_YORK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert last_instant(repeated, NEW_YORK) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_a_change_of_half_an_hour_is_found_too() -> None:
    skipped = datetime(2026, 10, 4, 2, 15)  # noqa: DTZ001
    assert first_instant(skipped, ZoneInfo("Australia/Lord_Howe")) == datetime(2026, 10, 3, 15, 30, tzinfo=UTC)
