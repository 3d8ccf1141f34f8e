"""The contact window: hypothesis looks for an instant at which a message would go out and must not."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.campaigns.definition import Clock, ContactWindow
from app.queueing.window import Opening, next_opening, quiet_hours_bind

ZONES = st.sampled_from(
    [
        "America/New_York",
        "America/Chicago",
        "America/Phoenix",  # no summer time
        "America/Los_Angeles",
        "Pacific/Honolulu",
        "America/St_Johns",  # half an hour off
        "America/Havana",  # changes at midnight
        "Europe/London",
        "Australia/Lord_Howe",  # summer time is half an hour
        "Pacific/Apia",
        "UTC",
    ]
)
INSTANTS = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001
    datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)  # a Tuesday, noon in New York


@st.composite
def windows(draw: st.DrawFn, clock: Clock = Clock.RECIPIENT) -> ContactWindow:
    opens, closes = sorted(draw(st.tuples(st.integers(0, 1439), st.integers(0, 1439))))
    assume(opens < closes)
    return ContactWindow(
        weekdays=draw(st.frozensets(st.integers(1, 7), min_size=1)),
        opens=time(opens // 60, opens % 60),
        closes=time(closes // 60, closes % 60),
        clock=clock,
    )


def stretch(opening: Opening) -> list[datetime]:
    """The first and last second of an opening, and some in between."""
    assert opening.closes_at is not None
    length = opening.closes_at - opening.not_before
    inside = [opening.not_before + length * tenth / 10 for tenth in range(10)]
    return [*inside, opening.closes_at - timedelta(microseconds=1)]


def inside(window: ContactWindow, local: datetime) -> bool:
    return local.isoweekday() in window.weekdays and window.opens <= local.time() < window.closes


@given(window=windows(), zone=ZONES, instant=INSTANTS)
def test_every_moment_of_an_opening_lies_in_the_window_and_outside_the_quiet_hours(
    window: ContactWindow, zone: str, instant: datetime
) -> None:
    opening = next_opening(window, zone, instant, sandbox=False)
    if opening is None:
        return
    assert opening.not_before >= instant
    for moment in stretch(opening):
        local = moment.astimezone(ZoneInfo(zone))
        assert inside(window, local)
        assert time(8) <= local.time() < time(21)


@given(window=windows(Clock.COMPANY), zone=ZONES, company=ZONES, instant=INSTANTS)
def test_a_window_on_the_companys_clock_still_keeps_the_recipients_quiet_hours(
    window: ContactWindow, zone: str, company: str, instant: datetime
) -> None:
    opening = next_opening(window, zone, instant, sandbox=False, company_zone=company)
    if opening is None:
        return
    for moment in stretch(opening):
        assert inside(window, moment.astimezone(ZoneInfo(company)))
        assert time(8) <= moment.astimezone(ZoneInfo(zone)).time() < time(21)


@given(window=windows(), zone=ZONES, instant=INSTANTS)
@settings(max_examples=50)
def test_no_earlier_moment_would_have_been_allowed(window: ContactWindow, zone: str, instant: datetime) -> None:
    assume(window.opens >= time(4))  # clocks change before four
    opening = next_opening(window, zone, instant, sandbox=False)
    end = opening.not_before if opening else instant + timedelta(days=8)
    moment = instant
    while moment < end:
        local = moment.astimezone(ZoneInfo(zone))
        assert not (inside(window, local) and time(8) <= local.time() < time(21))
        moment += timedelta(minutes=7)


@given(window=windows(), zone=ZONES, instant=INSTANTS)
def test_a_window_that_meets_the_allowed_hours_always_opens(
    window: ContactWindow, zone: str, instant: datetime
) -> None:
    assume(window.opens < time(20, 59) and window.closes > time(8, 1))
    assert next_opening(window, zone, instant, sandbox=False) is not None


def test_an_instant_inside_the_window_may_go_at_once_until_it_closes() -> None:
    opening = next_opening(ContactWindow(), "America/New_York", NOON, sandbox=False)
    assert opening == Opening(NOON, datetime(2026, 11, 25, 1, tzinfo=UTC))


def test_the_instant_of_closing_is_outside() -> None:
    closes = datetime(2026, 11, 25, 1, tzinfo=UTC)
    opening = next_opening(ContactWindow(), "America/New_York", closes, sandbox=False)
    assert opening is not None
    assert opening.not_before == datetime(2026, 11, 25, 14, tzinfo=UTC)


def test_what_comes_after_hours_on_saturday_waits_for_monday() -> None:
    saturday_night = datetime(2026, 11, 29, 3, tzinfo=UTC)
    opening = next_opening(ContactWindow(), "America/New_York", saturday_night, sandbox=False)
    assert opening is not None
    assert opening.not_before == datetime(2026, 11, 30, 14, tzinfo=UTC)


def test_nine_oclock_stays_nine_oclock_when_summer_time_begins_and_ends() -> None:
    every_day = ContactWindow(weekdays=frozenset(range(1, 8)))
    for day in (date(2026, 3, 7), date(2026, 3, 8), date(2026, 10, 31), date(2026, 11, 1)):
        midnight = datetime.combine(day, time(0), ZoneInfo("America/New_York"))
        opening = next_opening(every_day, "America/New_York", midnight.astimezone(UTC), sandbox=False)
        assert opening is not None
        assert opening.not_before.astimezone(ZoneInfo("America/New_York")).time() == time(9)


def test_a_zone_without_summer_time_keeps_its_offset_all_year() -> None:
    for month in (1, 7):
        instant = datetime(2026, month, 7, 10, tzinfo=UTC)
        opening = next_opening(ContactWindow(), "America/Phoenix", instant, sandbox=False)
        assert opening is not None
        assert opening.not_before == datetime(2026, month, 7, 16, tzinfo=UTC)


def test_without_quiet_hours_the_window_alone_counts() -> None:
    early = ContactWindow(opens=time(6), closes=time(7))
    midnight = datetime(2026, 11, 24, 5, tzinfo=UTC)
    assert next_opening(early, "America/New_York", midnight, sandbox=False) is None
    opening = next_opening(early, "America/New_York", midnight, sandbox=False, quiet_hours=False)
    assert opening is not None
    assert opening.not_before == datetime(2026, 11, 24, 11, tzinfo=UTC)


def test_only_a_sandbox_company_can_lift_the_hours() -> None:
    lifted = ContactWindow(lift_quiet_hours=True)
    night = datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert next_opening(lifted, "America/New_York", night, sandbox=True) == Opening(night, None)
    real = next_opening(lifted, "America/New_York", night, sandbox=False)
    assert real is not None
    assert real.not_before == datetime(2026, 11, 24, 14, tzinfo=UTC)


def test_quiet_hours_protect_phone_numbers_of_the_north_american_plan() -> None:
    assert quiet_hours_bind("+12025550143")
    assert not quiet_hours_bind("+447911123456")
    assert not quiet_hours_bind("ann@example.com")
