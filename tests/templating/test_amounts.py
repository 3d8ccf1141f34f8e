"""Amounts of money."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.templating.amounts import CURRENCIES, STYLES, read_amount, write_amount
from app.templating.languages import SPOKEN


@pytest.mark.parametrize(
    "text",
    [
        "1234.5",
        "1234.50",
        "1,234.50",
        "$1,234.50",
        "$ 1,234.50",
        "USD 1234.50",
        "1.234,50",
        "1234,5",
        "1.234,50 €",
        "1'234.50",
    ],
)
def test_one_amount_in_many_spellings(text: str) -> None:
    assert read_amount(text) == Decimal("1234.5")


@pytest.mark.parametrize("text", ["-5", "−5", "(5.00)", "5-", "-$5", "($5)", "$-5.00"])
def test_below_zero_in_many_spellings(text: str) -> None:
    assert read_amount(text) == -5


@pytest.mark.parametrize(
    ("text", "amount"), [("1,234", 1234), ("1.234.567", 1234567), ("0", 0), (".5", Decimal("0.5"))]
)
def test_groups_of_thousands_are_told_from_fractions(text: str, amount: float) -> None:
    assert read_amount(text) == amount


@pytest.mark.parametrize(
    "text", ["", "$", ".", "-", "free", "1.234", "12-5", "1,2,3", "1..2", "5 each", "1e5", "9" * 16, "9" * 99]
)
def test_what_is_no_amount_or_could_be_two_is_not_read(text: str) -> None:
    assert read_amount(text) is None


@given(st.text())
def test_any_text_is_read_or_not_without_an_error(text: str) -> None:
    read_amount(text)


@given(st.decimals(-(10**12), 10**12, places=2), st.sampled_from(sorted(CURRENCIES)), st.sampled_from(STYLES))
def test_every_amount_that_is_written_is_read_again(amount: Decimal, currency: str, style: str) -> None:
    places = CURRENCIES[currency][1]
    # European thousands without a fraction, 1.234, are what could be two amounts
    assume(places or style == "us")
    read = read_amount(write_amount(amount, currency, style))
    assert read is not None
    assert abs(read - amount) <= Decimal(1).scaleb(-places) / 2


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "$1,234.50"),
        ("fr", "1 234,50 $US"),
        ("German", "1.234,50 $"),
        ("zh", "US$1,234.50"),
        ("pt", "US$ 1.234,50"),
    ],
)
def test_an_amount_is_written_as_a_language_writes_it(language: str, written: str) -> None:
    assert write_amount(Decimal("1234.5"), "USD", language) == written


@given(st.decimals(-(10**12), 10**12, places=3), st.sampled_from(sorted(CURRENCIES)), st.sampled_from(SPOKEN))
def test_every_amount_can_be_written_in_every_language(amount: Decimal, currency: str, language: str) -> None:
    written = write_amount(amount, currency, language)
    assert not {"\u00a0", "\u202f"} & set(written)
    places = CURRENCIES[currency][1]
    digits = "".join(char for char in written if char.isdecimal())
    assert digits.lstrip("0") == str(abs(amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))).replace(
        ".", ""
    ).lstrip("0")


def test_half_a_yen_is_rounded_up_in_every_language() -> None:
    assert write_amount(Decimal("1234.5"), "JPY", "en") == "¥1,235"


@pytest.mark.parametrize(("amount", "written"), [("0.005", "$0.01"), ("-0.005", "-$0.01"), ("-0.001", "$0.00")])
def test_half_a_cent_is_rounded_away_from_zero(amount: str, written: str) -> None:
    assert write_amount(Decimal(amount), "USD", "us") == written
