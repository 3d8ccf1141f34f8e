"""When a campaign fires next, on the company's clock."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.campaigns.definition import ContactWindow, Once, OnDemand, Recurring
from app.campaigns.schedule import RuleInvalidError, next_fire, parse_rule

NEW_YORK = "America/New_York"
TEN_OCLOCK = datetime(2026, 1, 1, 10)  # noqa: DTZ001
NOVEMBER = datetime(2026, 11, 24, 12, tzinfo=UTC)


def daily(rule: str = "FREQ=DAILY", starts_at: datetime = TEN_OCLOCK) -> Recurring:
    return Recurring(rrule=rule, starts_at=starts_at)


def test_on_demand_never_fires_by_itself() -> None:
    assert next_fire(OnDemand(), NEW_YORK, NOVEMBER) is None


def test_once_fires_once() -> None:
    schedule = Once(at=datetime.fromisoformat("2026-12-01T10:00:00-05:00"))
    fires = next_fire(schedule, NEW_YORK, NOVEMBER)
    assert fires == datetime(2026, 12, 1, 15, tzinfo=UTC)
    assert next_fire(schedule, NEW_YORK, fires) is None


@given(after=st.datetimes(datetime(2026, 1, 2), datetime(2029, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_ten_oclock_stays_ten_oclock_all_year(after: datetime) -> None:
    fires = next_fire(daily(), NEW_YORK, after)
    assert fires is not None
    local = fires.astimezone(ZoneInfo(NEW_YORK))
    assert (local.hour, local.minute) == (10, 0)
    assert 0 < (fires - after).total_seconds() <= 25 * 3600


def test_an_hour_that_is_left_out_fires_at_the_change() -> None:
    at_half_past_two = daily(starts_at=datetime(2026, 3, 1, 2, 30))  # noqa: DTZ001
    fires = next_fire(at_half_past_two, NEW_YORK, datetime(2026, 3, 8, 0, tzinfo=UTC))
    assert fires == datetime(2026, 3, 8, 7, tzinfo=UTC)


def test_an_hour_that_is_repeated_fires_once() -> None:
    at_half_past_one = daily(starts_at=datetime(2026, 10, 1, 1, 30))  # noqa: DTZ001
    first = next_fire(at_half_past_one, NEW_YORK, datetime(2026, 11, 1, 0, tzinfo=UTC))
    assert first == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert next_fire(at_half_past_one, NEW_YORK, first) == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)


def test_a_rule_ends_with_its_count_or_its_last_day() -> None:
    assert next_fire(daily("FREQ=DAILY;COUNT=3"), NEW_YORK, NOVEMBER) is None
    assert next_fire(daily("FREQ=DAILY;UNTIL=20260201T000000"), NEW_YORK, NOVEMBER) is None


def test_weekdays_only() -> None:
    friday_noon = datetime(2026, 11, 27, 17, tzinfo=UTC)
    weekdays = daily("RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
    assert next_fire(weekdays, NEW_YORK, friday_noon) == datetime(2026, 11, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "every day",
        "FREQ=SECONDLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=HOURLY;BYMINUTE=0,1,2",
        "FREQ=HOURLY;BYSECOND=0,1",
        "FREQ=DAILY;BYDAY=XX",
        "FREQ=DAILY;UNTIL=20270101T000000Z",
        "FREQ=DAILY;COUNT=3\nEXRULE:FREQ=DAILY",
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused_with_a_reason(rule: str) -> None:
    with pytest.raises(RuleInvalidError) as refusal:
        parse_rule(daily(rule))
    assert str(refusal.value)


@pytest.mark.parametrize("rule", ["FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=HOURLY;BYYEARDAY=366"])
def test_a_rule_that_would_be_walked_hour_by_hour_for_ever_is_refused(rule: str) -> None:
    with pytest.raises(RuleInvalidError, match="does not go with HOURLY"):
        parse_rule(Recurring(rrule=rule, starts_at=datetime(2026, 1, 1, 9)))  # noqa: DTZ001  the company's clock


@pytest.mark.parametrize("year", [1, 1999, 2100, 9999])
def test_a_schedule_keeps_to_years_that_every_clock_can_show(year: int) -> None:
    with pytest.raises(ValidationError, match="the year must lie"):
        Once(at=datetime(year, 6, 1, tzinfo=UTC))
    with pytest.raises(ValidationError, match="the year must lie"):
        Recurring(rrule="FREQ=DAILY", starts_at=datetime(year, 6, 1))  # noqa: DTZ001


def test_an_hour_of_the_window_has_no_zone_of_its_own() -> None:
    with pytest.raises(ValidationError, match="without an offset"):
        ContactWindow.model_validate({"opens": "09:00:00Z", "closes": "20:00:00Z"})
