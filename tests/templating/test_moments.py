"""Reading days and hours."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.templating.calendar_words import month_named, names_of_months, names_of_weekdays, weekday_named
from app.templating.dateformats import CLOCKS, DAYS, write_clock, write_day
from app.templating.languages import LOCALES
from app.templating.moments import Moment, read_date, read_moment, read_time

FIFTH_OF_MARCH = dt.date(2026, 3, 5)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05", "2026/3/5", "20260305", "3/5/2026", "03/05/26", "3-5-2026", "3.5.2026", "March 5, 2026",
        "march 5th, 2026", "Mar 5 2026", "Mar. 5, 2026", "5 March 2026", "5 Mar 26", "05MAR2026", "5-Mar-2026",
        "5th of March 2026", "Thu, Mar 5, 2026", "Thursday 3/5/2026", "5 de marzo de 2026",
        "jueves, 5 de marzo de 2026", "jue 5 mar 2026", "  3/5/2026\u00a0", "2026-03-05T00:00:00", "3/5/2026 2:30 PM",
    ],
)  # fmt: skip
def test_one_day_in_many_spellings(text: str) -> None:
    assert read_date(text) == FIFTH_OF_MARCH


@pytest.mark.parametrize("text", ["5/3/2026", "05.03.2026", "5-3-26", "2026-03-05", "5 March 2026"])
def test_the_day_may_stand_first_in_figures(text: str) -> None:
    assert read_date(text, "dmy") == FIFTH_OF_MARCH


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "13/5/2026", "2/30/2026", "2026-13-01", "3/5", "March 5", "46086", "3/5/20266", "3/5-2026",
        "Fri, Mar 5, 2026", "5 Foo 2026", "0026-03-05", "3/5/2026 in the morning", "3/5/2026-14:30", "x" * 10_000,
    ],
)  # fmt: skip
def test_what_is_no_day_or_could_be_two_is_not_read(text: str) -> None:
    assert read_date(text) is None


def test_a_weekday_must_be_that_of_its_day() -> None:
    assert read_date("Thu 3/5/2026") == FIFTH_OF_MARCH
    assert read_date("Thu 3/5/2026", "dmy") is None


def test_two_digits_of_a_year_are_read_as_posix_does() -> None:
    assert read_date("1/1/68") == dt.date(2068, 1, 1)
    assert read_date("1/1/69") == dt.date(1969, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "14:30", "14:30:00", "14.30", "1430", "2:30 PM", "2:30pm", "2:30 p.m.", "2:30 p. m.", "02:30P", "14:30 PM",
        "2026-03-05 14:30", "2026-03-05T14:30:00.000", "3/5/2026 2:30 PM", "3/5/2026, 2:30 PM", "3/5/2026 at 2:30 PM",
        "5 de marzo de 2026 a las 14:30", "13/5/2026 14:30",
    ],
)  # fmt: skip
def test_one_hour_in_many_spellings(text: str) -> None:
    assert read_time(text) == dt.time(14, 30)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("12 AM", dt.time(0)),
        ("12:15 AM", dt.time(0, 15)),
        ("12 PM", dt.time(12)),
        ("9am", dt.time(9)),
        ("noon", dt.time(12)),
        ("Midnight", dt.time(0)),
        ("mediodía", dt.time(12)),
        ("0905", dt.time(9, 5)),
        ("9h30", dt.time(9, 30)),
    ],
)
def test_halves_of_the_day_and_names_of_hours(text: str, clock: dt.time) -> None:
    assert read_time(text) == clock


@pytest.mark.parametrize("text", ["", "2", "25:00", "14:60", "14:30 AM", "0 PM", "24:00", "2:3", "2460", "14:30+99:00"])
def test_what_is_no_hour_is_not_read(text: str) -> None:
    assert read_time(text) is None


def test_an_offset_makes_the_hour_aware() -> None:
    assert read_time("2026-03-05T14:30:00Z") == dt.time(14, 30, tzinfo=dt.UTC)
    eastern = dt.timezone(dt.timedelta(hours=-5))
    assert read_time("14:30-05:00") == dt.time(14, 30, tzinfo=eastern)


def test_a_moment_says_which_of_the_two_it_has() -> None:
    assert read_moment("3/5/2026") == Moment(FIFTH_OF_MARCH, None)
    assert read_moment("2:30 PM") == Moment(None, dt.time(14, 30))
    assert read_moment("3/5/2026 2:30 PM") == Moment(FIFTH_OF_MARCH, dt.time(14, 30))
    assert read_moment("whenever") is None


@given(st.text(), st.sampled_from(["mdy", "dmy"]))
def test_any_text_is_read_or_not_without_an_error(text: str, order: str) -> None:
    read_moment(text, order)


days = st.dates(dt.date(1969, 1, 1), dt.date(2068, 12, 31))


AS_IN_ENGLISH = st.sampled_from(["en", "es"])


@given(days, st.sampled_from(sorted(DAYS.named.keys() - {"weekday", "day"})), AS_IN_ENGLISH)
def test_every_day_that_is_written_with_its_year_is_read_again(day: dt.date, format: str, language: str) -> None:
    order = "dmy" if language == "es" and format == "short" else "mdy"
    assert read_date(write_day(day, format, language), order) == day


@given(days, st.sampled_from(["fr", "it", "ht", "ro", "pl", "pt", "el", "de", "vi", "ja", "ko"]))
def test_a_day_that_is_written_long_in_another_language_is_read_again(day: dt.date, language: str) -> None:
    assert read_date(write_day(day, "long", language)) == day


@pytest.mark.parametrize("language", sorted(LOCALES))
def test_months_are_read_in_every_language_that_functions_speak(language: str) -> None:
    for name, month in names_of_months(LOCALES[language]):
        assert month_named(name) == month
        if not (name[0].isdecimal() or " " in name or "." in name or len(name) < 2):
            assert read_date(f"5 {name.upper().lower()} 2026") == dt.date(2026, month, 5)


def test_no_name_means_two_months_in_two_languages() -> None:
    meant: dict[str, set[int]] = {}
    for locale in LOCALES.values():
        for name, month in names_of_months(locale):
            meant.setdefault(name, set()).update({month, month_named(name) or 0})
    assert {name: months for name, months in meant.items() if len(months) > 1} == {}


def test_no_name_means_two_days_of_the_week_in_two_languages() -> None:
    meant: dict[str, set[int | None]] = {}
    for locale in LOCALES.values():
        for name, day in names_of_weekdays(locale):
            meant.setdefault(name, set()).update({day, weekday_named(name)})
    assert {name: days for name, days in meant.items() if len(days) > 1} == {}


@pytest.mark.parametrize(
    "text",
    [
        "jeudi 5 mars 2026",
        "Do., 5. März 2026",
        "Thứ Năm, 5 tháng 3, 2026",
        "2026年3月5日",
        "quinta-feira, 5 de março de 2026",
    ],
)
def test_a_weekday_may_stand_first_in_another_language(text: str) -> None:
    assert read_date(text) == FIFTH_OF_MARCH


def test_a_weekday_of_another_language_must_be_that_of_its_day_too() -> None:
    assert read_date("vendredi 5 mars 2026") is None


@given(st.times(), st.sampled_from(sorted(CLOCKS.named)), AS_IN_ENGLISH)
def test_every_hour_that_is_written_is_read_again(clock: dt.time, format: str, language: str) -> None:
    minute = clock.replace(second=0, microsecond=0)
    assert read_time(write_clock(minute, format, language)) == minute
