"""Phone numbers in plain spellings, read and placed by patterns instead of the library's parser.

Parsing, checking and formatting a number costs phonenumbers about 37 microseconds, and its time zones as much again:
more than all that is done to a row besides. Here it is two or three, for digits between usual punctuation that make
an ordinary line of the region's own calling code. None means: ask the library.
"""

from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

from app.queueing.numbering_plans import plan_behind, spellings_in

_WITHOUT_PUNCTUATION = str.maketrans("", "", " \u00a0-\u2010\u2011\u2013()./")
"""Only what the library overlooks wherever it stands: no comma or semicolon, because an extension may follow it."""
_LONGEST = 64
"""Characters of a plain spelling; the library refuses those of more than 250."""
_LONGEST_CALLING_CODE = 3


def plain_number(written: str, region: str) -> str | None:
    """The number in E.164 form if it is a valid one; None when that is for the library to say.

    `region` (ISO 3166, `US`) is the country of numbers written without a country code.
    """
    spellings = spellings_in(region)
    if spellings is None or len(written) > _LONGEST:
        return None
    digits = written.translate(_WITHOUT_PUNCTUATION)
    match = spellings.digits.fullmatch(digits) if digits.isascii() else None
    return f"+{spellings.calling_code}{match['national']}" if match else None


def plain_zones(e164: str) -> tuple[str, ...] | None:
    """The IANA zones of a number, as the library's table has them; None when that is for the library to say."""
    digits = e164[1:]
    for length in range(1, _LONGEST_CALLING_CODE + 1):
        calling_code, national = digits[:length], digits[length:]
        if plan := plan_behind(calling_code):
            if plan.located.fullmatch(national):
                return _zones_at(digits)
            # a line that belongs to no area can be anywhere in its country
            return _zones_at(calling_code) if plan.lines.fullmatch(national) else None
    return None


def _zones_at(digits: str) -> tuple[str, ...] | None:
    for length in range(TIMEZONE_LONGEST_PREFIX, 0, -1):
        if zones := TIMEZONE_DATA.get(digits[:length]):
            return zones
    return None
