"""Which zone a person is in."""

import pytest

from app.queueing.recipient_zone import likely_zone, zone_named
from app.queueing.zip_zones import zone_of_zip

NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("America/Denver", "America/Denver"),
        ("america/new york", NEW_YORK),
        ("EST", NEW_YORK),
        ("Central", "America/Chicago"),
        ("Mountain Standard Time", "America/Denver"),
        ("(UTC-08:00) Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("Arizona", "America/Phoenix"),
    ],
)
def test_a_zone_is_known_under_the_names_that_lists_use(written: str, zone: str) -> None:
    assert zone_named(written) == zone


def test_an_unknown_zone_is_not_guessed() -> None:
    assert zone_named("Narnia") is None


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("10001", NEW_YORK),
        ("02138", NEW_YORK),
        ("2138", NEW_YORK),
        ("60601-1234", "America/Chicago"),
        ("80202", "America/Denver"),
        ("85001", "America/Phoenix"),
        ("94105", "America/Los_Angeles"),
        ("99501", "America/Anchorage"),
        ("96813", "Pacific/Honolulu"),
        ("46402", "America/Chicago"),
        ("46204", NEW_YORK),
    ],
)
def test_a_zip_code_tells_the_zone(code: str, zone: str) -> None:
    assert zone_of_zip(code) == zone


@pytest.mark.parametrize("code", ["", "69101", "09012", "SW1A 1AA", "1", "123456", "٩٤١٠٥"])
def test_a_code_that_does_not_tell_says_nothing(code: str) -> None:
    assert zone_of_zip(code) is None


def test_the_zip_code_goes_before_the_numbers_area_which_is_not_even_read() -> None:
    def read_phone() -> str:
        raise AssertionError

    assert likely_zone("94105", read_phone, "America/Chicago") == "America/Los_Angeles"


def test_the_numbers_area_tells_where_nothing_else_does() -> None:
    assert likely_zone("", lambda: "+13105550143", NEW_YORK) == "America/Los_Angeles"


def test_a_number_that_may_be_anywhere_counts_as_near_the_company() -> None:
    assert likely_zone("", lambda: "+18005550143", "America/Chicago") == "America/Chicago"


def test_with_nothing_known_the_companys_zone_is_taken() -> None:
    assert likely_zone("", lambda: None, NEW_YORK) == NEW_YORK
