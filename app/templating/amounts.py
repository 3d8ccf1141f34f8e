"""Reading and writing amounts of money and other numbers, exactly: decimals, never floats."""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal, get_args

from babel.numbers import format_currency

from app.templating.languages import LOCALES, breakable, known_language, language_of

LONGEST = 32
"""Characters of a spelling; anything longer is no amount."""

AmountStyle = Literal["us", "eu"]
STYLES: tuple[str, ...] = get_args(AmountStyle)

CURRENCIES: dict[str, tuple[str, int]] = {
    "USD": ("$", 2),
    "CAD": ("$", 2),
    "AUD": ("$", 2),
    "MXN": ("$", 2),
    "EUR": ("€", 2),
    "GBP": ("£", 2),
    "JPY": ("¥", 0),
}
"""By ISO 4217 code: the sign, and the digits after the point."""

_SIGN_OF_MONEY = re.compile(rf"(?:US|CA|AU|MX)?[$€£¥]|(?<![A-Z])(?:{'|'.join(CURRENCIES)})(?![A-Z])", re.IGNORECASE)
_NUMBER = re.compile(
    r"""
      (?P<plain>\d*(?:\.\d{1,2}|\.\d{4,})?|\d+\.)      # 1234  1234.5  .50  1234.
    | (?P<us>\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?)     # 1,234  1,234.50  12,34,567
    | (?P<eu>\d{1,3}(?:\.\d{3})+,\d+)                  # 1.234,50
    | (?P<eu_whole>\d{1,3}(?:\.\d{3}){2,})             # 1.234.567
    | (?P<comma>\d+,\d{1,2})                           # 12,5  1234,50
    """,
    re.VERBOSE | re.ASCII,
)
_MOST_DIGITS = 15


def read_amount(text: str) -> Decimal | None:
    """The number that `text` spells, or None.

    `1234.5`, `$1,234.50`, `1.234,50 €`, `USD 12`, `-5`, `(5.00)` and `5-` are read, the last three as below zero. A
    single point before exactly three digits (`1.234`) is not: it means one thing here and a thousand times it there.
    """
    if len(text) > LONGEST:
        return None
    number, below_zero = _without_sign(_SIGN_OF_MONEY.sub("", "".join(text.split())))
    match = _NUMBER.fullmatch(number.replace("'", ""))
    if match is None or not 0 < sum(map(str.isdecimal, number)) <= _MOST_DIGITS:
        return None
    digits = match[0]
    if match["us"]:
        digits = digits.replace(",", "")
    elif not match["plain"]:
        digits = digits.replace(".", "").replace(",", ".")
    return -Decimal(digits) if below_zero else Decimal(digits)


def _without_sign(number: str) -> tuple[str, bool]:
    if number[:1] in ("-", "−"):
        return number[1:], True
    if number[:1] == "(" and number[-1:] == ")":
        return number[1:-1], True
    if number[-1:] == "-":
        return number[:-1], True
    return number.removeprefix("+"), False


def is_style(text: str) -> bool:
    """Whether amounts can be written in style `text`: one of `STYLES`, or a language that functions speak."""
    return text in STYLES or known_language(text) is not None


def write_amount(amount: Decimal, currency: str, style: str) -> str:
    """`amount`, rounded half up, with the sign of `currency`.

    `$1,234.50` in style `us`, `1.234,50 $` in `eu`, as CLDR has it in a language (`1 234,50 $US` in `fr`).
    """
    sign, places = CURRENCIES[currency]
    rounded = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if style not in STYLES:
        return _in_language(rounded, currency, language_of(style))
    below_zero = "-" if rounded < 0 else ""
    digits = f"{abs(rounded):,}"
    if style == "eu":
        return f"{below_zero}{digits.translate(_SWAPPED)} {sign}"
    return f"{below_zero}{sign}{digits}"


@lru_cache(maxsize=4096)
def _in_language(rounded: Decimal, currency: str, language: str) -> str:
    return breakable(format_currency(rounded, currency, locale=LOCALES[language]))


_SWAPPED = str.maketrans(",.", ".,")
