"""Workbooks that are made to harm, and cells that a spreadsheet shows otherwise than it keeps them."""

import io
import zipfile
from datetime import date

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from app.ingest.errors import FileCode
from app.ingest.table import Limits
from tests.ingest.in_memory import read, refusal
from tests.ingest.workbooks import archive, changed, xlsx

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
SPREADSHEETML = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def shared(strings: bytes) -> bytes:
    """A workbook as Excel writes it: its only cells, a name and what it names, are the first two of `strings`."""
    content = xlsx([["Name"], ["Ann"]])
    for place, text in enumerate((b"Name", b"Ann")):
        inline = b't="inlineStr"><is><t>%s</t></is>' % text
        content = changed(content, SHEET, lambda xml, i=inline, n=place: xml.replace(i, b't="s"><v>%d</v>' % n))
    sst = f'<sst xmlns="{SPREADSHEETML}">'.encode() + strings + b"</sst>"
    return with_parts(content, {STRINGS: sst})


def with_parts(workbook: bytes, more: dict[str, bytes]) -> bytes:
    """A workbook with some parts more."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as made:
        return archive({name: made.read(name) for name in made.namelist()} | more)


NAME_AND_ANN = b"<si><t>Name</t></si><si><t>Ann</t></si>"


class TestAreRefused:
    def test_strings_that_unpack_to_too_much(self) -> None:
        content = shared(NAME_AND_ANN + b"<si><t>" + b"x" * 5_000_000 + b"</t></si>")
        assert len(content) < 20_000
        problem = refusal(content, Limits(max_unpacked_bytes=2_000_000))
        assert (problem.code, problem.facts) == (FileCode.UNPACKED_TOO_LARGE, {"limit": 2_000_000})

    def test_strings_that_take_more_memory_than_reading_may(self) -> None:
        content = shared(NAME_AND_ANN + b"<si><t>x</t></si>" * 4_000_000)
        assert len(content) < 1_000_000
        limits = Limits(spreadsheet_memory_bytes=192 * 1024 * 1024)
        assert refusal(content, limits).code == FileCode.SPREADSHEET_TOO_DEMANDING

    def test_very_many_parts(self) -> None:
        content = with_parts(xlsx([["Name"], ["Ann"]]), {f"{number:060}": b"" for number in range(60_000)})
        assert refusal(content).code == FileCode.DAMAGED_FILE

    def test_an_archive_within_an_archive(self) -> None:
        inner = archive({"list.csv": b"a,b\n1,2\n"})
        assert refusal(archive({"inner.zip": inner})).code == FileCode.BINARY_FILE


class TestCells:
    def test_whose_text_stands_in_the_shared_strings_hold_it(self) -> None:
        assert read(shared(NAME_AND_ANN)) == (["Name"], [(2, ["Ann"])])

    def test_with_a_day_counted_from_1904_hold_the_day_that_is_shown(self) -> None:
        workbook = openpyxl.Workbook()
        workbook.epoch = CALENDAR_MAC_1904
        sheet = workbook.active
        assert sheet is not None
        for row in (["Name", "Born"], ["Ann", date(1980, 2, 29)]):
            sheet.append(row)
        target = io.BytesIO()
        workbook.save(target)
        with zipfile.ZipFile(target) as made:
            assert b'date1904="1"' in made.read("xl/workbook.xml")
        assert read(target.getvalue()) == (["Name", "Born"], [(2, ["Ann", "1980-02-29"])])

    def test_that_show_an_error_or_were_never_calculated_are_blank(self) -> None:
        content = xlsx([["Name", "Due", "Paid"], ["Ann", "#N/A", "=1+1"]])
        assert read(content) == (["Name", "Due", "Paid"], [(2, ["Ann", "", ""])])

    def test_of_percents_hold_the_number_behind_what_is_shown(self) -> None:
        def arrange(sheet: Worksheet) -> None:
            sheet["B2"].number_format = "0%"

        assert read(xlsx([["Name", "Share"], ["Ann", 0.125]], arrange)) == (["Name", "Share"], [(2, ["Ann", "0.125"])])
