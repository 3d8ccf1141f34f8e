"""The short way to read a number, held against the library: where it answers, the library gives the same answer."""

from collections.abc import Iterator
from random import Random

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

from app.queueing.phone import normalised_phone, zones_of_number
from app.queueing.plain_numbers import plain_number, plain_zones

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
HOMES = ("US", "CA", "GB", "MX", "DE")
"""Where the companies are whose lists hold other countries' numbers, too."""
AREA_CODES = range(200, 1000)


def by_the_library(written: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(written, region)
    except NumberParseException:
        return None
    valid = phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if valid else None


def spellings(number: PhoneNumber, region: str) -> Iterator[str]:
    """A number as somebody in `region` may have typed it, usual and not."""
    for style in (PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164):
        yield phonenumbers.format_number(number, style)
    national = phonenumbers.national_significant_number(number)
    trunk = phonenumbers.ndd_prefix_for_region(region, True) or ""
    yield from (national, f"{trunk}{national}", f"{trunk} {national[:3]}-{national[3:]}", f"{trunk}{trunk}{national}")
    yield from (f"{number.country_code}{national}", f"{number.country_code}{trunk}{national}")
    yield from (f"+{number.country_code} ({trunk}) {national}", f"00{number.country_code}{national}")
    yield from (f"011 {number.country_code} {national}", f"{national} x12", f"{national}, 34", f"({national}")
    yield from (national[:-1], f"{national}0", national[1:], f"+{national}")


def example_numbers(region: str) -> Iterator[PhoneNumber]:
    """Every example that the library has for a region, and one that is a number of it only by its length."""
    found = [phonenumbers.example_number_for_type(region, kind) for kind in PhoneNumberType.values()]
    found += [phonenumbers.example_number(region), phonenumbers.invalid_example_number(region)]
    yield from {
        phonenumbers.format_number(number, PhoneNumberFormat.E164): number for number in found if number
    }.values()


def ten_spellings(area: str, exchange: str, line: str) -> list[str]:
    return [
        f"({area}) {exchange}-{line}",
        f"{area}-{exchange}-{line}",
        f"{area}.{exchange}.{line}",
        f"{area}{exchange}{line}",
        f" {area} / {exchange} {line} ",
        f"+1 {area} {exchange} {line}",
        f"+1{area}{exchange}{line}",
        f"1-{area}-{exchange}-{line}",
        f"({area})\u00a0{exchange}\u2013{line}",
        f"(+1) {area}.{exchange}-{line}",
    ]


def check(written: str, region: str) -> None:
    """The short way says what the library says, or leaves it to the library."""
    found = plain_number(written, region)
    assert found is None or found == by_the_library(written, region), (written, region)


def check_zones(e164: str) -> None:
    """As `check`, for time zones."""
    found = plain_zones(e164)
    assert found is None or found == time_zones_for_number(phonenumbers.parse(e164)), e164


@pytest.mark.parametrize("region", REGIONS)
def test_every_example_number_of_every_region_is_what_the_library_says(region: str) -> None:
    for number in example_numbers(region):
        for written in spellings(number, region):
            for home in {region, *HOMES}:
                check(written, home)
        check_zones(phonenumbers.format_number(number, PhoneNumberFormat.E164))


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("358357021", "AX"),
        ("35821795", "AX"),
        ("38349444219", "XK"),
        ("469065220", "SE"),
        ("+494949529827267", "DE"),
        ("9041117500522427957103871", "BR"),
        ("061 97012111115709", "GA"),
    ],
)
def test_digits_that_can_be_read_in_two_ways_are_what_the_library_says(written: str, region: str) -> None:
    check(written, region)


@pytest.mark.parametrize("hundred", range(2, 10))
def test_numbers_in_every_area_code_in_ten_spellings_are_what_the_library_says(hundred: int) -> None:
    rng = Random(hundred)
    for area in (area for area in AREA_CODES if area // 100 == hundred):
        exchanges = [f"{rng.randrange(200, 1000)}", f"{rng.randrange(200, 1000)}", f"{rng.randrange(200):03}"]
        for exchange in exchanges:
            line = f"{rng.randrange(10_000):04}"
            for written in ten_spellings(f"{area}", exchange, line):
                check(written, "US")
            check(f"{area}-{exchange}-{line}", "CA")
            check_zones(f"+1{area}{exchange}{line}")


@given(
    region=st.sampled_from(REGIONS), home=st.sampled_from(HOMES), kind=st.sampled_from(PhoneNumberType.values()),
    data=st.data(),
)  # fmt: skip
def test_a_number_with_other_digits_is_what_the_library_says(
    region: str, home: str, kind: int, data: st.DataObject
) -> None:
    number = phonenumbers.example_number_for_type(region, kind) or phonenumbers.example_number(region)
    assert number
    code, digits = f"{number.country_code}", phonenumbers.national_significant_number(number)
    kept = data.draw(st.integers(0, len(digits)))
    others = data.draw(st.text("0123456789", min_size=len(digits) - kept, max_size=len(digits) - kept))
    changed = digits[:kept] + others
    trunk = phonenumbers.ndd_prefix_for_region(region, True) or "0"
    for written in (changed, f"{trunk}{changed}", f"{code}{changed}", f"+{code}{changed}"):
        check(written, region)
        check(written, home)
    check_zones(f"+{code}{changed}")


@given(
    region=st.sampled_from([*HOMES, *REGIONS]),
    written=st.text("00112345678999+-().,/ #;~xX*\u00a0\u2013\uff11\u0661\t\n", max_size=24),
)
def test_whatever_stands_in_the_cell_is_what_the_library_says(region: str, written: str) -> None:
    check(written, region)
    assert normalised_phone(written, region) == by_the_library(written, region)


@given(
    area=st.sampled_from(AREA_CODES), written=st.integers(0, 9), cut=st.integers(0, 18),
    put=st.text("0123456789+-().,/ #;x\u00a0", max_size=3), length=st.integers(0, 2),
)  # fmt: skip
def test_a_number_with_a_slip_of_the_keyboard_is_what_the_library_says(
    area: int, written: int, cut: int, put: str, length: int
) -> None:
    typed = ten_spellings(f"{area}", "555", "0143")[written]
    check(typed[:cut] + put + typed[cut + length :], "US")


def test_the_library_is_not_asked_for_a_plain_number_of_an_american_line() -> None:
    asked_for = 0
    for area in AREA_CODES:
        number = PhoneNumber(country_code=1, national_number=area * 10_000_000 + 5_550_143)
        if phonenumbers.number_type(number) == PhoneNumberType.FIXED_LINE_OR_MOBILE:
            e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
            assert {plain_number(written, "US") for written in ten_spellings(f"{area}", "555", "0143")} == {e164}
            assert plain_zones(e164)
            asked_for += 1
    assert asked_for > 350


@pytest.mark.parametrize(
    ("written", "region", "e164"),
    [
        ("416-555-0143", "CA", "+14165550143"),
        ("(787) 555-0143", "US", "+17875550143"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("+44 7400 123456", "GB", "+447400123456"),
        ("030 / 123456", "DE", "+4930123456"),
        ("55 1234 5678", "MX", "+525512345678"),
    ],
)
def test_the_library_is_not_asked_for_a_plain_number_elsewhere(written: str, region: str, e164: str) -> None:
    assert plain_number(written, region) == e164
    assert plain_zones(e164)


@pytest.mark.parametrize("e164", ["+12025550143", "+18005550143", "+447400123456", "+525512345678", "+80012345678"])
def test_a_number_has_the_zones_that_the_library_says(e164: str) -> None:
    zones = time_zones_for_number(phonenumbers.parse(e164))
    assert zones_of_number(e164) == tuple(zone for zone in zones if zone != UNKNOWN_TIMEZONE)


@pytest.mark.parametrize(
    "written",
    ["202-555-0143 x12", "202-555-0143, 12", "202-555-CALL", "+44 20 7946 0958", "800-555-0143", "２025550143"],
)
def test_what_is_not_plain_is_left_to_the_library(written: str) -> None:
    assert plain_number(written, "US") is None
    assert normalised_phone(written, "US") == by_the_library(written, "US")


def test_punctuation_without_end_hides_no_length_that_the_library_refuses() -> None:
    check("202-555-" + " " * 300 + "0143", "US")
