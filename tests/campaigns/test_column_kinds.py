"""What the cells and the name of a column let one guess about it."""

import pytest

from app.campaigns.column_kinds import ColumnKind, kind_of, reads_as


def kind(field: str, *cells: str, region: str = "US") -> ColumnKind:
    return kind_of(field, len(cells), reads_as(cells, region))


@pytest.mark.parametrize(
    ("field", "cells", "expected"),
    [
        ("contact", ["(202) 555-0143", "202.555.0144", "call the son"], ColumnKind.PHONE),
        ("contact", ["ann@example.com", "bob@example.org"], ColumnKind.EMAIL),
        ("when", ["11/24/2026", "2026-11-25 09:30", "Nov 26, 2026"], ColumnKind.DATE),
        ("when", ["24/11/2026", "25/11/2026"], ColumnKind.DATE),
        ("when", ["9:30 AM", "14:05"], ColumnKind.TIME),
        ("who", ["EXAMPLE, ANN", "DOE, JOHN B"], ColumnKind.NAME),
        ("who", ["Dr. Bell", "Amy Wong, MD"], ColumnKind.NAME),
        ("patient_name", ["Ann Example", "Bob Example"], ColumnKind.NAME),
        ("last_name", ["Example", "Núñez"], ColumnKind.NAME),
        ("plan", ["Ann Example", "Bob Example"], ColumnKind.TEXT),
        ("patient_name", ["17", "18"], ColumnKind.NUMBER),
        ("zip_code", ["20001", "501"], ColumnKind.ZIP),
        ("record", ["20001", "501"], ColumnKind.NUMBER),
        ("balance", ["$1,200.50", "-3", "(17.25)", "12 %"], ColumnKind.NUMBER),
        ("note", ["Bring your card", "", "2nd visit"], ColumnKind.TEXT),
        ("note", ["x" * 100_000], ColumnKind.TEXT),
        ("cell_phone", [], ColumnKind.EMPTY),
    ],
)
def test_a_column_is_what_most_of_its_cells_are(field: str, cells: list[str], expected: ColumnKind) -> None:
    assert kind(field, *cells) is expected


def test_a_phone_is_one_of_the_company_s_country() -> None:
    assert kind("contact", "020 7946 0018", region="GB") is ColumnKind.PHONE
    assert kind("contact", "020 7946 0018", region="US") is ColumnKind.NUMBER


def test_a_few_odd_cells_do_not_change_what_a_column_is() -> None:
    assert kind("line", "202 555 0143", "202 555 0144", "none") is ColumnKind.PHONE
    assert kind("line", "202 555 0143", "none", "n/a") is ColumnKind.TEXT
