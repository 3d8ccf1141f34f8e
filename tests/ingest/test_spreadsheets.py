"""Reading spreadsheets: real files of every kind, and files that only look like it."""

import io
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from app.ingest.errors import FileCode, FileRefused, RowCode
from app.ingest.reading import inspect, open_table
from app.ingest.spreadsheet_program import cell_text
from app.ingest.table import Layout, Limits, Sheet, Table
from app.models import FileFormat
from tests.ingest.in_memory import LIMITS, assert_rows_or_refusal, loaded, opened, read, refusal, rejected
from tests.ingest.workbooks import Cells, archive, behind_password, changed, lying, ods, xls, xlsx

ROWS = [
    ["Name", "Phone", "Born", "Visit", "At", "ZIP", "Paid", "Due"],
    [
        "NÚÑEZ, ANN",
        12025551234,
        date(1980, 2, 29),
        datetime(2026, 11, 24, 9, 30),  # noqa: DTZ001  a cell has no zone
        time(9, 5),
        "00501",
        True,
        12.5,
    ],
]
TEXTS = ["NÚÑEZ, ANN", "12025551234", "1980-02-29", "2026-11-24 09:30", "09:05", "00501", "TRUE", "12.5"]
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(("write", "expected"), [(xlsx, FileFormat.XLSX), (xls, FileFormat.XLS), (ods, FileFormat.ODS)])
def test_every_kind_of_cell_becomes_the_text_that_it_stands_for(
    write: Callable[[Cells], bytes], expected: FileFormat
) -> None:
    content = write(ROWS)
    table = opened(content)
    assert (table.layout.format, table.layout.sheet, table.layout.has_header) == (expected, "List", True)
    assert (table.columns, list(table.rows)) == (ROWS[0], [(2, TEXTS)])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12025551234.0, "12025551234"),
        (1.2025551234e10, "12025551234"),
        (1234567890123456.0, "1234567890123456"),
        (1e20, "100000000000000000000"),
        (0.1 + 0.2, "0.3"),
        (-0.0, "0"),
        (1e-7, "0.0000001"),
        (-12.50, "-12.5"),
        (float("inf"), "Infinity"),
        (True, "TRUE"),
        (False, "FALSE"),
        (7, "7"),
        ("007", "007"),
        (" x\r\ny ", " x\r\ny "),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 10, 30, 15), "2026-01-02 10:30:15"),  # noqa: DTZ001
        (datetime(2026, 1, 2, 9, 59, 59, 999_000), "2026-01-02 10:00"),  # noqa: DTZ001
        (datetime(2026, 1, 1, 23, 59, 59, 999_000), "2026-01-02"),  # noqa: DTZ001
        (datetime(9999, 12, 31, 23, 59, 59, 999_000), "9999-12-31 23:59:59"),  # noqa: DTZ001
        (time(0), "00:00"),
        (time(9, 4, 59, 999_999), "09:05"),
        (timedelta(hours=26, minutes=5), "26:05"),
        (timedelta(hours=-1, minutes=-30), "-01:30"),
    ],
)
def test_a_value_as_text(value: object, text: str) -> None:
    assert cell_text(value) == text


class TestRows:
    def test_have_the_numbers_that_the_spreadsheet_shows(self) -> None:
        def arrange(sheet: Worksheet) -> None:
            sheet["C3"], sheet["D3"] = "Name", "Phone"
            sheet["C4"], sheet["D4"] = "Ann", "two\nlines"
            sheet["C7"], sheet["D9"] = "Bob", "1"

        assert read(xlsx([], arrange)) == (
            ["Name", "Phone"],
            [(4, ["Ann", "two\nlines"]), (7, ["Bob", ""]), (9, ["", "1"])],
        )

    def test_that_are_blank_at_the_end_and_columns_of_formats_alone_do_not_count(self) -> None:
        def arrange(sheet: Worksheet) -> None:
            for place in ("Z1", "A500", "Z500"):
                sheet[place].number_format = "0.00"
            sheet["B400"] = "  "

        assert read(xlsx([["Name", "Phone"], ["Ann", 1]], arrange)) == (["Name", "Phone"], [(2, ["Ann", "1"])])

    def test_are_repeated_as_often_as_a_document_says(self) -> None:
        blank = '<table:table-cell table:number-columns-repeated="1000"/>'
        content = ods([["Name", "Note"], ["Ann", "x"], [blank], ["Bob"]])
        content = changed(
            content,
            "content.xml",
            lambda xml: xml.replace(
                f"<table:table-row>{blank}".encode(),
                f'<table:table-row table:number-rows-repeated="3">{blank}'.encode(),
            ),
        )
        assert read(content) == (["Name", "Note"], [(2, ["Ann", "x"]), (6, ["Bob", ""])])

    @pytest.mark.parametrize(
        "content",
        [
            xlsx(
                [["Place", "Name"], ["Downtown", "Ann"], [None, "Bob"], [None, "Cyd"], ["Uptown", "Dan"]],
                lambda sheet: sheet.merge_cells("A2:A4"),
            ),
            xls(
                [["Place", "Name"], ["Downtown", "Ann"], [None, "Bob"], [None, "Cyd"], ["Uptown", "Dan"]],
                [(1, 3, 0, 0)],
            ),
        ],
        ids=["xlsx", "xls"],
    )
    def test_share_what_is_merged_over_them(self, content: bytes) -> None:
        assert [cells for _, cells in loaded(read(content)[1])] == [
            ["Downtown", "Ann"],
            ["Downtown", "Bob"],
            ["Downtown", "Cyd"],
            ["Uptown", "Dan"],
        ]

    def test_what_is_merged_over_columns_stands_in_the_first(self) -> None:
        content = xlsx([["Name", "Phone"], ["closed", None], ["Ann", 1]], lambda sheet: sheet.merge_cells("A2:B2"))
        assert read(content)[1] == [(2, ["closed", ""]), (3, ["Ann", "1"])]

    def test_with_too_long_a_cell_or_a_nul_are_rejected_and_no_others(self) -> None:
        long, wide = "x" * 32_769, ["y\n" * 15_000] * 250
        rows = [["Name", *[f"c{n}" for n in range(250)]], [long], ["Ann"], ["Bob", *wide], ["Cyd"]]
        found = read(ods(rows))[1]
        assert rejected(found) == [(2, RowCode.CELL_TOO_LONG), (4, RowCode.ROW_TOO_LONG)]
        assert [(number, cells[0]) for number, cells in loaded(found)] == [(3, "Ann"), (5, "Cyd")]
        assert rejected(read(xls([["Name"], ["A\0nn"]]))[1]) == [(2, RowCode.NUL_CHARACTER)]

    def test_come_with_their_text_as_comma_separated_values(self) -> None:
        rows = read(xlsx([["Name", "Phone"], *[["Ann", 1]] * 100, ["DOE, ANN", 1, "more"]]))[1]
        assert getattr(rows[-1], "raw", None) == '"DOE, ANN",1,more'

    def test_keep_a_column_that_nothing_names(self) -> None:
        rows = [["Name", None, None], ["Ann", None, "x"], ["Bob"]]
        assert read(xlsx(rows)) == (["Name", "", ""], [(2, ["Ann", "", "x"]), (3, ["Bob", "", ""])])

    def test_are_counted_while_they_are_read(self) -> None:
        content = xlsx([["n", "note"], *([n, "two\nlines" + "x" * 300] for n in range(10_000))])
        with closing(opened(content)) as table:
            next(table.rows)
            before = table.bytes_read()
            assert 0 < before < len(content) / 2
            assert sum(1 for _ in table.rows) > 9_000
            assert table.bytes_read() == len(content)


class TestTheSheet:
    CONTENT = xlsx([], Notes=[["", " "]], Data=[["Name"], ["Ann"]], Old=[["Name"], ["Bob"]])

    def test_is_the_first_that_has_something_in_it(self) -> None:
        table = opened(self.CONTENT)
        assert (table.layout.sheet, list(table.rows)) == ("Data", [(2, ["Ann"])])
        assert table.sheets == tuple(Sheet(name, False) for name in ("List", "Notes", "Data", "Old"))

    def test_is_not_a_hidden_one_unless_somebody_says_so(self) -> None:
        workbook = changed(
            xlsx([["Name"], ["Ann"]], Shown=[["Name"], ["Bob"]]),
            "xl/workbook.xml",
            lambda xml: xml.replace(b'state="visible"', b'state="hidden"', 1),
        )
        table = opened(workbook)
        assert (table.layout.sheet, list(table.rows)) == ("Shown", [(2, ["Bob"])])
        assert table.sheets == (Sheet("List", True), Sheet("Shown", False))
        chosen = open_table(io.BytesIO(workbook), Layout("utf-8", ",", format=FileFormat.XLSX, sheet="List"), LIMITS)
        assert list(chosen.rows) == [(2, ["Ann"])]

    def test_that_is_not_there_is_refused(self) -> None:
        layout = Layout("utf-8", ",", format=FileFormat.XLSX, sheet="Nowhere")
        with pytest.raises(FileRefused) as refused:
            open_table(io.BytesIO(self.CONTENT), layout, LIMITS)
        assert refused.value.code == FileCode.NO_SUCH_SHEET

    def test_must_have_something_in_it(self) -> None:
        assert refusal(xlsx([], More=[[" "]])).code == FileCode.NO_SHEET_WITH_ROWS


class TestAreRefused:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (xlsx(ROWS)[:-40], FileCode.DAMAGED_FILE),
            (changed(xlsx(ROWS), SHEET, lambda xml: xml[: len(xml) // 2]), FileCode.DAMAGED_FILE),
            (changed(xlsx(ROWS), SHEET, lambda xml: xml.replace(b"<v>", b"<v>x")), FileCode.DAMAGED_FILE),
            (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 2_000, FileCode.DAMAGED_FILE),
            (xls(ROWS)[:2_000], FileCode.DAMAGED_FILE),
            (behind_password(), FileCode.ENCRYPTED),
            (archive({"[Content_Types].xml": b"", "word/document.xml": b""}), FileCode.BINARY_FILE),
            (archive({"[Content_Types].xml": b"", "xl/workbook.bin": b""}), FileCode.BINARY_FILE),
            (archive({"list.xlsx": xlsx(ROWS)}), FileCode.BINARY_FILE),
        ],
        ids=[
            *("archive cut off", "sheet cut off", "no number", "mark of xls alone", "xls cut off", "password"),
            *("letter", "binary workbook", "packed twice"),
        ],
    )
    def test_what_is_broken_or_something_else(self, content: bytes, code: FileCode) -> None:
        assert refusal(content).code == code

    def test_a_cell_far_away_that_would_take_half_a_terabyte(self) -> None:
        content = xlsx([["Name"], ["Ann"]], lambda sheet: sheet.cell(1_048_576, 16_384, "x"))
        assert len(content) < 10_000
        assert refusal(content).code == FileCode.SPREADSHEET_TOO_DEMANDING

    def test_a_row_that_no_spreadsheet_has(self) -> None:
        content = changed(xlsx([["Name"]]), SHEET, lambda xml: xml.replace(b'r="A1"', b'r="A4000000000"'))
        assert refusal(content).code == FileCode.DAMAGED_FILE

    @pytest.mark.parametrize("lie", [False, True])
    def test_what_unpacks_to_too_much_whatever_it_says(self, lie: bool) -> None:
        content = changed(xlsx(ROWS), SHEET, lambda xml: xml + b" " * 5_000_000)
        if lie:
            content = lying(content, SHEET, 900)
        problem = refusal(content, Limits(max_unpacked_bytes=2_000_000))
        assert (problem.code, problem.facts) == (FileCode.UNPACKED_TOO_LARGE, {"limit": 2_000_000})

    def test_more_rows_than_the_limit(self) -> None:
        assert refusal(xlsx([["n"], *([n] for n in range(5))]), Limits(max_rows=4)).code == FileCode.TOO_MANY_ROWS

    def test_more_bytes_than_the_limit(self) -> None:
        assert refusal(xlsx(ROWS), Limits(max_bytes=3_000)).code == FileCode.TOO_LARGE


class TestTheProcess:
    def test_ends_when_nobody_wants_the_rows(self) -> None:
        with started() as (_, child):
            assert child in children()
        assert child not in children()

    def test_leaves_signals_to_the_one_who_reads(self) -> None:
        with started() as (table, child):
            for number in (signal.SIGTERM, signal.SIGINT):
                os.kill(child, number)
            assert sum(1 for _ in table.rows) == 20_000

    def test_that_is_killed_ends_the_walk(self) -> None:
        with started() as (table, child):
            os.kill(child, signal.SIGKILL)
            with pytest.raises(FileRefused) as refused:
                list(table.rows)
        assert refused.value.code == FileCode.SPREADSHEET_TOO_DEMANDING

    def test_knows_none_of_our_secrets(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SECRET_KEY", "a secret")
        with started() as (_, child):
            assert b"SECRET_KEY" not in Path(f"/proc/{child}/environ").read_bytes()


@contextmanager
def started() -> Iterator[tuple[Table, int]]:
    """An open spreadsheet of 20,000 rows, and the process that reads it."""
    content = xlsx([["n", "x"], *([n, "x" * 100] for n in range(20_000))])
    before = children()
    with closing(opened(content)) as table:
        (child,) = children() - before
        yield table, child


def children() -> set[int]:
    """The processes that this one has started and that are at work."""
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


SOME = [xlsx(ROWS), xls(ROWS), ods(ROWS)]


@pytest.mark.parametrize("content", [xlsx(ROWS), ods(ROWS)], ids=["xlsx", "ods"])
def test_an_archive_whose_directory_lies_about_its_place_is_refused(content: bytes) -> None:
    moved = bytearray(content)
    moved[-4] = 1  # of the directory's offset, in the end record: 65,536 bytes too far on
    assert refusal(bytes(moved)).code is FileCode.DAMAGED_FILE


@settings(max_examples=60)
@given(st.sampled_from(SOME), st.data())
def test_any_damage_to_a_spreadsheet_is_rows_or_a_refusal(content: bytes, data: st.DataObject) -> None:
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged))) if data.draw(st.booleans()) else len(damaged)
    assert_rows_or_refusal(bytes(damaged[:cut]))


@settings(max_examples=60)
@given(st.sampled_from([(SOME[0], SHEET), (SOME[0], "xl/workbook.xml"), (SOME[2], "content.xml")]), st.data())
def test_any_damage_within_an_intact_archive_is_rows_or_a_refusal(
    damageable: tuple[bytes, str], data: st.DataObject
) -> None:
    def damage(xml: bytes) -> bytes:
        start = data.draw(st.integers(0, len(xml)))
        end = data.draw(st.integers(start, min(len(xml), start + 30)))
        return (
            xml[:start] + data.draw(st.binary(max_size=12) | st.sampled_from([b"9" * 12, b"-1", b"&amp;"])) + xml[end:]
        )

    assert_rows_or_refusal(changed(*damageable, damage))


_CELL = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=12) | st.integers(-(10**15), 10**15)


@settings(max_examples=30)
@given(st.lists(st.tuples(_CELL, _CELL), max_size=6), st.sampled_from([xlsx, xls, ods]))
def test_what_a_spreadsheet_holds_is_read_as_it_stands(
    lines: list[tuple[object, object]], write: Callable[[Cells], bytes]
) -> None:
    cells = [["a", "b"], *lines]
    layout = replace(inspect(io.BytesIO(write(cells)), LIMITS), has_header=True)
    with closing(open_table(io.BytesIO(write(cells)), layout, LIMITS)) as table:
        found = loaded(list(table.rows))
    written = [[str(value) for value in line] for line in lines]
    assert found == [(number, line) for number, line in enumerate(written, 2) if any(map(str.strip, line))]
