"""Appointments, as lists write them."""

from datetime import UTC, datetime

import pytest

from app.queueing.appointment import read_appointment
from app.templating.moments import date_order

HALF_PAST_TWO = datetime(2026, 11, 30, 19, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("date_text", "time_text"),
    [
        ("11/30/2026", "2:30 PM"),
        ("11/30/26", "2:30pm"),
        ("2026-11-30", "14:30"),
        ("2026-11-30 00:00:00", "14:30:00"),
        ("11/30/2026 2:30 PM", ""),
        ("2026-11-30T14:30:00", ""),
        ("2026-11-30T19:30:00Z", ""),
        ("", "Nov 30, 2026 2:30 p.m."),
        ("Monday, November 30, 2026", "2:30 PM"),
    ],
)
def test_a_day_and_an_hour_are_read_on_the_companys_clock(date_text: str, time_text: str) -> None:
    assert read_appointment(date_text, time_text, "America/New_York", "mdy") == HALF_PAST_TWO


@pytest.mark.parametrize("date_text", ["11/30/2026", "2026-11-30 00:00:00"])
def test_a_day_without_an_hour_lasts_until_its_last_minute(date_text: str) -> None:
    read = read_appointment(date_text, "", "America/New_York", "mdy")
    assert read == datetime(2026, 12, 1, 4, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("date_text", "time_text"),
    [("soon", "2:30 PM"), ("11/30/2026", "after lunch"), ("30/11/2026", ""), ("", "2:30 PM"), ("", "")],
)
def test_what_cannot_be_read_is_not_guessed(date_text: str, time_text: str) -> None:
    assert read_appointment(date_text, time_text, "America/New_York", "mdy") is None


def test_the_month_comes_first_where_cldr_says_so() -> None:
    assert {
        region for region in ("US", "PR", "GU", "VI", "AS", "MP", "PH", "MH") if date_order(region) != "mdy"
    } == set()
    for region in ("GB", "IE", "AU", "NZ", "IN", "ZA", "MX", "CA", "DE"):
        assert date_order(region) == "dmy"


def test_outside_the_united_states_the_day_comes_first() -> None:
    assert date_order("GB") == "dmy"
    read = read_appointment("5/6/2026", "10:00", "Europe/London", date_order("GB"))
    assert read == datetime(2026, 6, 5, 9, tzinfo=UTC)
