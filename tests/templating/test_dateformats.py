"""Writing days and hours, in every language that functions speak."""

import datetime as dt
import locale
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.templating.calendar_words import month_named
from app.templating.dateformats import CLOCKS, DAYS, write_clock, write_day
from app.templating.language_names import NAMES
from app.templating.languages import LOCALES, known_language, language_of
from app.templating.sms import measure
from app.templating.template import compile_template

FIFTH_OF_MARCH = dt.date(2026, 3, 5)
HALF_PAST_TWO = dt.time(14, 30)


@pytest.mark.parametrize(
    ("language", "short", "medium", "long", "full", "day", "weekday", "clock"),
    [
        ("en", "3/5/2026", "Mar 5, 2026", "March 5, 2026", "Thursday, March 5, 2026", "Thursday, March 5", "Thursday",
         "2:30 PM"),
        ("es", "5/3/2026", "5 mar 2026", "5 de marzo de 2026", "jueves, 5 de marzo de 2026", "jueves, 5 de marzo",
         "jueves", "2:30 p.m."),
        ("fr", "05/03/2026", "5 mars 2026", "5 mars 2026", "jeudi 5 mars 2026", "jeudi 5 mars", "jeudi", "14:30"),
        ("de", "5.3.2026", "05.03.2026", "5. März 2026", "Donnerstag, 5. März 2026", "Donnerstag, 5. März",
         "Donnerstag", "14:30"),
        ("vi", "5/3/2026", "5 thg 3, 2026", "5 tháng 3, 2026", "Thứ Năm, 5 tháng 3, 2026", "Thứ Năm, 5 tháng 3",
         "Thứ Năm", "14:30"),
        ("zh", "2026/3/5", "2026年3月5日", "2026年3月5日", "2026年3月5日星期四", "3月5日星期四", "星期四", "14:30"),
        ("ru", "05.03.2026", "5 мар. 2026 г.", "5 марта 2026 г.", "четверг, 5 марта 2026 г.", "четверг, 5 марта",
         "четверг", "14:30"),
        ("tl", "3/5/2026", "Mar 5, 2026", "Marso 5, 2026", "Huwebes, Marso 5, 2026", "Huwebes, Marso 5", "Huwebes",
         "2:30 PM"),
        ("ko", "2026. 3. 5.", "2026. 3. 5.", "2026년 3월 5일", "2026년 3월 5일 목요일", "3월 5일 목요일", "목요일",
         "PM 2:30"),
        ("pt", "05/03/2026", "5 de mar. de 2026", "5 de março de 2026", "quinta-feira, 5 de março de 2026",
         "quinta-feira, 5 de março", "quinta-feira", "14:30"),
    ],
)  # fmt: skip
def test_a_day_and_an_hour_are_written_as_the_language_writes_them(
    language: str, short: str, medium: str, long: str, full: str, day: str, weekday: str, clock: str
) -> None:
    formats = ("short", "medium", "long", "full", "day", "weekday")
    written = [write_day(FIFTH_OF_MARCH, format, language) for format in formats]
    assert [*written, write_clock(HALF_PAST_TWO, "short", language)] == [short, medium, long, full, day, weekday, clock]


def test_directives_take_their_words_from_the_language() -> None:
    assert write_day(FIFTH_OF_MARCH, "%A %-d %B", "vi") == "Thứ Năm 5 tháng 3"
    assert write_day(FIFTH_OF_MARCH, "%a %d/%m/%y", "fr") == "jeu. 05/03/26"
    assert write_clock(HALF_PAST_TWO, "%-I:%M %p", "es") == "2:30 p.m."
    assert write_clock(HALF_PAST_TWO, "%I.%M.%S %p", "en") == "02.30.00 PM"


def test_what_an_iso_day_and_a_24_hour_clock_are_depends_on_no_language() -> None:
    for language in LOCALES:
        assert write_day(FIFTH_OF_MARCH, "iso", language) == "2026-03-05"
        assert write_clock(dt.time(9, 5), "24h", language) == "09:05"


def test_a_content_in_vietnamese_gets_vietnamese_days() -> None:
    template = compile_template("{{ day | weekday }}, {{ day | date: 'long' }}", ["day"], language="vi")
    assert template.render({"day": "3/5/2026"}) == "Thứ Năm, 5 tháng 3, 2026"


def test_every_language_on_offer_is_spoken_but_one_without_data() -> None:
    assert set(NAMES) - set(LOCALES) == {"hmn"}
    assert known_language("Tiếng Việt") == "vi"
    assert (known_language("Hmong"), language_of("Hmong")) == (None, "en")


def test_no_language_brings_blanks_that_cost_a_text_message_half_its_room() -> None:
    for language in LOCALES:
        written = [write_day(FIFTH_OF_MARCH, format, language) for format in DAYS.named]
        written += [write_clock(HALF_PAST_TWO, format, language) for format in CLOCKS.named]
        assert not {"\u00a0", "\u202f"} & set("".join(written))
    assert measure(write_clock(HALF_PAST_TWO, "short", "en")).encoding == "GSM-7"


def test_hours_that_are_one_instant_are_written_as_each_is_shown() -> None:
    eastern = HALF_PAST_TWO.replace(tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    utc = dt.time(19, 30, tzinfo=dt.UTC)
    assert eastern == utc
    assert [write_clock(clock, "24h", "en") for clock in (eastern, utc)] == ["14:30", "19:30"]


def test_the_locale_of_the_process_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("LANGUAGE", "de")
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, "C")
        assert write_day(dt.date(2026, 5, 7), "full", "fr") == "jeudi 7 mai 2026"
    finally:
        locale.setlocale(locale.LC_ALL, before)


def test_no_language_learns_words_from_one_that_was_asked_before() -> None:
    alone = {language: written_alone(language) for language in ("en", "vi", "fr", "he", "ps", "zh")}
    for language in [*LOCALES, *reversed(LOCALES)]:
        written(language)
    assert month_named("no month in any language") is None

    assert {language: written(language) for language in alone} == alone


def written(language: str) -> list[str]:
    formats = [*DAYS.named, "%A %a %B %b"]
    return [DAYS.write(FIFTH_OF_MARCH, format, language) for format in formats] + [
        CLOCKS.write(HALF_PAST_TWO, format, language) for format in ("short", "%p")
    ]


def written_alone(language: str) -> list[str]:
    """What a process writes that has never met another language."""
    script = f"from tests.templating.test_dateformats import written; print(*written({language!r}), sep='|')"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, encoding="utf-8")
    return said.stdout.rstrip("\n").split("|")


literals = st.text(st.characters(exclude_characters="%", exclude_categories=["Cs"]), max_size=10)


@given(st.dates(), st.sampled_from(sorted(LOCALES)), literals, literals)
def test_what_stands_around_directives_is_written_letter_for_letter(
    day: dt.date, language: str, before: str, after: str
) -> None:
    assert write_day(day, f"{before}%Y{after}", language) == f"{before}{day.year:04}{after}"


@given(st.dates(), st.times(), st.sampled_from(sorted(LOCALES)))
def test_every_day_and_hour_can_be_written_in_every_language(day: dt.date, clock: dt.time, language: str) -> None:
    assert all(write_day(day, format, language) for format in DAYS.named)
    assert all(write_clock(clock, format, language) for format in CLOCKS.named)
