"""Column names: from the header's cells to the words that templates use."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ingest.header import named_columns, stable_names
from app.ingest.table import Limits


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("Patient Name", "patient_name"),
        ("E-mail", "e_mail"),
        ("Bill amt ($)", "bill_amt"),
        ("MRN", "mrn"),
        ("Größe", "größe"),
        ("2nd phone", "column_2nd_phone"),
        ("__id__", "id"),
        ("#", "column_1"),
        ("", "column_1"),
        ("x" * 100, "x" * 80),
    ],
)
def test_a_column_gets_a_name_that_a_template_can_use(column: str, name: str) -> None:
    assert stable_names([column]) == [name]


def test_a_repeated_column_is_numbered() -> None:
    assert stable_names(["Phone", "phone", "Phone 2", "PHONE"]) == ["phone", "phone_2", "phone_2_2", "phone_3"]


def test_a_columns_title_stands_on_one_line() -> None:
    assert named_columns([" Patient\n Name ", "", "Phone"], Limits()) == ["Patient Name", "", "Phone"]


@given(st.lists(st.text(max_size=100), max_size=20))
def test_names_are_distinct_identifiers_whatever_the_header(columns: list[str]) -> None:
    names = stable_names(columns)
    assert len(names) == len(set(names)) == len(columns)
    for name in names:
        assert re.fullmatch(r"[^\W\d]\w{0,79}", name)
