"""The numbering plans that phonenumbers brings with it, as one pattern for each way to write a number of a region.

The library asks its tables step by step for every number: is this a prefix for calls abroad, a trunk prefix, which of
the regions behind +1 is it, of which type. Here the same tables are put together once. A pattern matches only what
the library would take for a valid number of an ordinary line, fixed or mobile; what a pattern does not match may still
be one. `PhoneMetadata` is the library's own affair, and changes with its versions without notice: that the patterns
mean what the library does is held by tests over every region. Some of what they ask decides nothing in the tables of
today; it is asked so that tomorrow's cannot make a pattern match what the library refuses.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    SUPPORTED_REGIONS,
    PhoneMetadata,
    PhoneNumberDesc,
    PhoneNumberType,
    is_number_type_geographical,
)

_LINES = ("fixed_line", "mobile")
_OTHER_TYPES = (
    "premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail",
)  # fmt: skip
"""What the library looks for before it takes a number for an ordinary line."""
_NOTHING = "(?!)"
"""A pattern that matches nothing at all."""
_REGIONS_AND_CODES = 512
"""More than there are of either."""


@dataclass(frozen=True, slots=True)
class NumberingPlan:
    """What ordinary lines behind one calling code are; the patterns take national significant numbers."""

    lines: re.Pattern[str]
    located: re.Pattern[str]
    """Those of `lines` that belong to an area, not only to a country."""


@dataclass(frozen=True, slots=True)
class Spellings:
    """The ways to write ordinary lines of one calling code for somebody in one region."""

    calling_code: str
    digits: re.Pattern[str]
    """Takes ASCII digits, after a plus or not. The group `national` is the national significant number."""


@lru_cache(maxsize=_REGIONS_AND_CODES)
def plan_behind(calling_code: str) -> NumberingPlan | None:
    """The plan behind a calling code (`1`, `44`); None if there is no such code, or it is no country's."""
    regions = _regions_behind(calling_code)
    if not regions:
        return None
    kinds = ["fixed_line"]
    if is_number_type_geographical(PhoneNumberType.MOBILE, int(calling_code)):
        kinds.append("mobile")
    return NumberingPlan(re.compile(_lines_of(regions, _LINES)), re.compile(_lines_of(regions, kinds)))


@lru_cache(maxsize=_REGIONS_AND_CODES)
def spellings_in(region: str) -> Spellings | None:
    """How lines of a region's calling code are written; None if the library has no such region (ISO 3166, `US`)."""
    if region not in SUPPORTED_REGIONS:
        return None
    here = _metadata(region)
    code = str(here.country_code)
    regions = _regions_behind(code)
    ways = "|".join(_ways_to_begin(code, here, main=regions[0]))
    return Spellings(code, re.compile(rf"(?:{ways})(?P<national>{_lines_of(regions, _LINES)})"))


def _ways_to_begin(code: str, here: PhoneMetadata, main: PhoneMetadata) -> Iterator[str]:
    """Patterns of what may stand before a national number, each with what the library wants of what follows.

    `main` is the region that lends its rules to every number with the calling code written out.
    """
    abroad = _pattern(here.international_prefix)
    trunk, main_trunk = _pattern(here.national_prefix_for_parsing), _pattern(main.national_prefix_for_parsing)
    possible = _whole(here.general_desc)
    yield rf"\+{code}(?!{main_trunk})"
    yield rf"(?!{abroad}|{code}|{trunk})"
    if not re.compile(trunk).groups:
        # with groups in it a trunk prefix may carry a carrier's code or rewrite what follows; atomic, because the
        # library takes the first prefix that fits and never looks for a shorter one
        yield rf"(?!{abroad}|{code})(?>{trunk})(?={possible})"
    # digits that begin as the calling code does are read so only if nothing else can be meant
    yield rf"(?!{abroad})(?!{_shape(here.general_desc)}\Z){code}(?={possible})(?!{trunk}|{main_trunk})"


def _lines_of(regions: Sequence[PhoneMetadata], kinds: Sequence[str]) -> str:
    """A pattern of the lines of these kinds in any of the regions, which share a calling code.

    The library takes the first region, in this order, that claims a number: by its leading digits if it has such,
    else by any of its types. Whether the number is valid is then for that region alone to say.
    """
    pattern = _NOTHING
    for region in reversed(regions):
        leading = f"(?:{region.leading_digits})" if region.leading_digits else ""
        claim = leading or _any_of(region, (*_LINES, *_OTHER_TYPES))
        own = (
            f"(?={leading})(?={_any_of(region, kinds)})(?={_whole(region.general_desc)})"
            f"(?!{_any_of(region, _OTHER_TYPES)})"
        )
        pattern = f"(?:{own}|(?!{claim}){pattern})"
    return rf"{pattern}\d+"


def _regions_behind(calling_code: str) -> list[PhoneMetadata]:
    """The regions that share a calling code in the library's order, the main one first; none of what is no country."""
    codes = COUNTRY_CODE_TO_REGION_CODE.get(int(calling_code), ()) if calling_code.isdecimal() else ()
    return [_metadata(region) for region in codes if region in SUPPORTED_REGIONS]


def _metadata(region: str) -> PhoneMetadata:
    found = PhoneMetadata.metadata_for_region(region)
    if found is None:
        raise LookupError(f"phonenumbers has no tables for {region}")
    return found


def _any_of(region: PhoneMetadata, types: Sequence[str]) -> str:
    return "|".join(_whole(getattr(region, name)) for name in types)


def _whole(numbers: PhoneNumberDesc | None) -> str:
    """A pattern of these numbers and nothing after them, in the lengths that they can have."""
    lengths = "|".join(rf"\d{{{length}}}\Z" for length in (numbers.possible_length if numbers else ()) if length > 0)
    return rf"(?={lengths}){_shape(numbers)}\Z"


def _shape(numbers: PhoneNumberDesc | None) -> str:
    return _pattern(numbers.national_number_pattern if numbers else None)


def _pattern(of_the_library: str | None) -> str:
    return f"(?:{of_the_library})" if of_the_library else _NOTHING
