"""What stands in a column, told from some of its cells and from its name: a guess, for people who look at a file."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from app.campaigns.definition import Role
from app.campaigns.suggest_roles import names_people, names_role
from app.campaigns.telling_cells import Reads, certain, readable


class ColumnKind(StrEnum):
    """What most cells of a column are; `text` where they are nothing else, `empty` where there are none."""

    EMAIL = "email"
    PHONE = "phone"
    DATE = "date"
    TIME = "time"
    NAME = "name"
    ZIP = "zip"
    NUMBER = "number"
    TEXT = "text"
    EMPTY = "empty"


_MOSTLY = 0.6
_LONGEST = 320
"""Characters of a cell that are looked at: an e-mail address has no more."""
_NUMBER = re.compile(r"[-+(]?[$€£¥]? ?[-+]?\d[\d,.' ]*[%€)]?")
_LETTERS = "letters"
"""Stands beside the kinds for a cell that could be a name, if its column's name says so."""
_WITHOUT_DOUBT = (ColumnKind.EMAIL, ColumnKind.PHONE, ColumnKind.DATE, ColumnKind.TIME)


def reads_as(cells: Iterable[str], region: str) -> dict[str, int]:
    """How many filled cells can be read as what; input for `kind_of`, together with those of other cells."""
    readers = _readers(region)
    found = dict.fromkeys(readers, 0)
    for cell in cells:
        looked_at = cell[:_LONGEST].strip()
        for kind, reads in readers.items():
            found[kind] += bool(reads(looked_at))
    return {kind: count for kind, count in found.items() if count}


def kind_of(field: str, cells: int, reads: Mapping[str, int]) -> ColumnKind:
    """The kind of a column by its stable name, and by what so many filled `cells` of it can be read as."""

    def mostly(kind: str) -> bool:
        return reads.get(kind, 0) > _MOSTLY * cells

    if not cells:
        return ColumnKind.EMPTY
    if names_role(field, Role.ZIP) and mostly(ColumnKind.ZIP):
        return ColumnKind.ZIP
    for kind in _WITHOUT_DOUBT:
        if mostly(kind):
            return kind
    if mostly(ColumnKind.NAME) or (names_people(field) and mostly(_LETTERS)):
        return ColumnKind.NAME
    return ColumnKind.NUMBER if mostly(ColumnKind.NUMBER) else ColumnKind.TEXT


def _readers(region: str) -> dict[str, Reads]:
    sure, fitting = certain(region), readable(region)
    found: dict[str, Reads] = {
        ColumnKind.EMAIL: sure[Role.EMAIL],
        ColumnKind.PHONE: sure[Role.PHONE],
        ColumnKind.DATE: sure[Role.APPOINTMENT_DATE],
        ColumnKind.TIME: sure[Role.APPOINTMENT_TIME],
        ColumnKind.NAME: lambda cell: sure[Role.PERSON](cell) or sure[Role.DOCTOR](cell),
        ColumnKind.NUMBER: _NUMBER.fullmatch,
        _LETTERS: fitting[Role.PERSON],
    }
    return found | ({ColumnKind.ZIP: fitting[Role.ZIP]} if Role.ZIP in fitting else {})
