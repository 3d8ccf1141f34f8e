"""Phone numbers and e-mail addresses, in the spellings that lists hold."""

import pytest

from app.queueing.email import normalised_email
from app.queueing.phone import normalised_phone, zones_of_number


@pytest.mark.parametrize(
    "written",
    [
        "2025550143",
        "(202) 555-0143",
        "202-555-0143",
        "202.555.0143",
        "202 555 0143",
        "1-202-555-0143",
        "+1 202 555 0143",
        "001 202 555 0143".replace("001", "+1"),
        "Cell: 202-555-0143",
        "202/555/0143",
    ],
)
def test_one_number_in_ten_spellings_is_one_address(written: str) -> None:
    assert normalised_phone(written, "US") == "+12025550143"


@pytest.mark.parametrize("written", ["", "n/a", "555-0143", "202-555-014", "000-000-0000", "12345678901234567890"])
def test_what_is_not_a_valid_number_is_none(written: str) -> None:
    assert normalised_phone(written, "US") is None


def test_a_number_without_a_country_code_belongs_to_the_companys_region() -> None:
    assert normalised_phone("020 7946 0958", "GB") == "+442079460958"
    assert normalised_phone("020 7946 0958", "US") is None


def test_a_number_tells_the_zone_of_its_area() -> None:
    assert zones_of_number("+13105550143") == ("America/Los_Angeles",)
    assert zones_of_number("+16025550143") == ("America/Phoenix",)
    assert len(zones_of_number("+18005550143")) > 5


def test_an_email_address_is_compared_in_lower_case() -> None:
    assert normalised_email("Ann.Example@Clinic.Example") == "ann.example@clinic.example"


def test_a_domain_beyond_ascii_is_sent_to_in_its_ascii_form() -> None:
    assert normalised_email("ann@bücher.de") == "ann@xn--bcher-kva.de"


@pytest.mark.parametrize(
    "written",
    ["", "ann", "ann@", "@x.com", "ann@localhost", "a..b@x.com", "ann@x..com", "ann example@x.com", "änn@x.de"],
)
def test_what_is_not_a_valid_email_address_is_none(written: str) -> None:
    assert normalised_email(written) is None
