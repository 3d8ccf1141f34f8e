"""The time zone of a United States ZIP code, by its first three digits.

Facts: the Postal Service's list of three-digit prefixes against the zone limits of 49 CFR part 71. Prefixes whose
counties lie in two zones, and military ones, are left out: they say nothing.
"""

from bisect import bisect_right

_EASTERN = "America/New_York"
_CENTRAL = "America/Chicago"
_MOUNTAIN = "America/Denver"
_PACIFIC = "America/Los_Angeles"

_RANGES: tuple[tuple[int, int, str], ...] = (
    (5, 5, _EASTERN),
    (6, 9, "America/Puerto_Rico"),
    (10, 89, _EASTERN),
    (100, 323, _EASTERN),
    (325, 325, _CENTRAL),
    (326, 339, _EASTERN),
    (341, 349, _EASTERN),
    (350, 367, _CENTRAL),
    (369, 372, _CENTRAL),
    (374, 374, _EASTERN),
    (375, 375, _CENTRAL),
    (376, 379, _EASTERN),
    (380, 385, _CENTRAL),
    (386, 397, _CENTRAL),
    (398, 418, _EASTERN),
    (420, 424, _CENTRAL),
    (430, 462, _EASTERN),
    (463, 464, _CENTRAL),
    (467, 474, _EASTERN),
    (476, 477, _CENTRAL),
    (478, 497, _EASTERN),
    (500, 567, _CENTRAL),
    (570, 574, _CENTRAL),
    (577, 577, _MOUNTAIN),
    (580, 585, _CENTRAL),
    (587, 588, _CENTRAL),
    (590, 599, _MOUNTAIN),
    (600, 676, _CENTRAL),
    (679, 689, _CENTRAL),
    (693, 693, _MOUNTAIN),
    (700, 797, _CENTRAL),
    (799, 816, _MOUNTAIN),
    (820, 834, _MOUNTAIN),
    (836, 837, _MOUNTAIN),
    (838, 838, _PACIFIC),
    (840, 847, _MOUNTAIN),
    (850, 864, "America/Phoenix"),
    (870, 884, _MOUNTAIN),
    (885, 885, _MOUNTAIN),
    (889, 897, _PACIFIC),
    (900, 961, _PACIFIC),
    (967, 968, "Pacific/Honolulu"),
    (970, 978, _PACIFIC),
    (980, 994, _PACIFIC),
    (995, 999, "America/Anchorage"),
)
_FIRSTS = [first for first, _, _ in _RANGES]


def zone_of_zip(code: str) -> str | None:
    """The IANA zone of a ZIP or ZIP+4 code; None when it is not one or its prefix does not tell.

    A spreadsheet may have taken the leading zeros: `2138` is read as `02138`.
    """
    digits = code.partition("-")[0].strip()
    if not (digits.isascii() and digits.isdigit() and 3 <= len(digits) <= 5):
        return None
    prefix = int(digits.zfill(5)[:3])
    at = bisect_right(_FIRSTS, prefix) - 1
    if at < 0 or prefix > _RANGES[at][1]:
        return None
    return _RANGES[at][2]
