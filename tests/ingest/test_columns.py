"""Which columns a file has, with a header of any kind and without one."""

import io

import pytest

from app.ingest.errors import FileCode, RowCode
from app.ingest.reading import open_table
from app.ingest.table import Layout, Limits, Table
from tests.ingest.in_memory import LIMITS, loaded, opened, read, refusal, rejected


def told(content: bytes, *, has_header: bool) -> Table:
    """The file as it is read when somebody has said whether it has a header."""
    return open_table(io.BytesIO(content), Layout("utf-8", ",", has_header=has_header), LIMITS)


class TestAHeader:
    @pytest.mark.parametrize(
        "header",
        ["Name,Phone", "name , PHONE 2", "Q1 2026,Q2 2026", "a,b", "Name,2026", "e-mail @ work,x", ",b"],
    )
    def test_is_a_first_row_of_words(self, header: str) -> None:
        assert opened(f"{header},when\nAnn,1,2\n".encode()).layout.has_header is True

    @pytest.mark.parametrize(
        "row",
        [
            "Ann,(202) 555-0143",
            "12025550143,Ann",
            "Ann,ann@clinic.example,x,y,z",
            "Ann,Lee,11/24/2026,12.50",
            "1,2,x",
            "2026-11-24",
        ],
    )
    def test_is_not_a_first_row_of_somebodys_numbers_and_addresses(self, row: str) -> None:
        assert opened(f"{row}\n{row}\n".encode()).layout.has_header is False

    def test_loses_blank_cells_at_its_end_and_keeps_those_between(self) -> None:
        assert read(b" Name,,Phone, ,\nAnn,x,1,,\n") == (["Name", "", "Phone"], [(2, ["Ann", "x", "1"])])

    def test_keeps_a_blank_cell_at_its_end_when_there_is_something_below(self) -> None:
        columns, rows = read(b"Name,Phone,,\nAnn,1,,\nBob,2,late,\nCyd,3,x,y\n")
        assert columns == ["Name", "Phone", "", ""]
        assert rows == [(2, ["Ann", "1", "", ""]), (3, ["Bob", "2", "late", ""]), (4, ["Cyd", "3", "x", "y"])]

    def test_is_found_below_blank_rows(self) -> None:
        assert read(b"\n,,\n \nName,Phone\nAnn,1\n") == (["Name", "Phone"], [(5, ["Ann", "1"])])


class TestWithoutAHeader:
    def test_columns_are_numbered_and_the_first_row_is_a_record(self) -> None:
        assert read(b"Ann,2025550143\nBob,2025550144\n") == (
            ["Column 1", "Column 2"],
            [(1, ["Ann", "2025550143"]), (2, ["Bob", "2025550144"])],
        )

    def test_the_widest_of_the_first_rows_says_how_many_columns_there_are(self) -> None:
        table = told(b"Ann\nBob,1,2,,\nCyd,1\n" + b"x\n" * 200 + b"1,2,3,4\n", has_header=False)
        rows = list(table.rows)
        assert len(table.columns) == 3
        assert loaded(rows)[:2] == [(1, ["Ann", "", ""]), (2, ["Bob", "1", "2"])]
        assert rejected(rows) == [(204, RowCode.TOO_MANY_CELLS)]

    def test_a_first_row_that_cannot_be_read_is_rejected_like_any_other(self) -> None:
        rows = list(told(b'"Ann,1\nBob,2\n', has_header=False).rows)
        assert (rejected(rows), loaded(rows)) == ([(1, RowCode.OPEN_QUOTE)], [(2, ["Bob", "2"])])

    def test_more_columns_than_the_limit_are_refused(self) -> None:
        problem = refusal(b"2025550143,1,2,3\n", Limits(max_columns=3))
        assert (problem.code, problem.facts) == (FileCode.TOO_MANY_COLUMNS, {"columns": 4, "limit": 3})


def test_somebody_may_know_better_than_the_first_row_looks() -> None:
    assert list(told(b"Name\nAnn\n", has_header=False).rows) == [(1, ["Name"]), (2, ["Ann"])]
    table = told(b"2024,2025\n1,2\n", has_header=True)
    assert (table.columns, list(table.rows)) == (["2024", "2025"], [(2, ["1", "2"])])
