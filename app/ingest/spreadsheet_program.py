"""A program that writes one sheet of a spreadsheet as comma-separated text. `spreadsheets.py` starts it.

It is a process of its own because a spreadsheet is read whole, and because one cell far down and to the right makes a
file of five kilobytes take half a terabyte: the reader's memory is limited here, and when it is not enough nothing
else comes down with it. It takes nothing but its arguments and the file, and imports nothing of the application.

    python spreadsheet_program.py LIMITS < file.xlsx

LIMITS is JSON: `{"memory_bytes", "cpu_seconds", "cell_chars", "record_chars", "sheet"}`, the last a name or null.

The first line of the answer is JSON: `{"sheet", "sheets": [{"name", "hidden"}], "rows"}` or `{"refused": code}`. The
sheet's rows follow, one record each from the sheet's first row on, so that the numbers of rows stay those that a
spreadsheet shows. Exit status: 0, or `DAMAGED` or `TOO_MUCH`; whatever else it ends by is too much as well.
"""

import csv
import io
import json
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, TextIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

DAMAGED, TOO_MUCH = 3, 4
_LAST_ROW = 1_048_576
"""No spreadsheet program has more rows."""
_SHEET_NAME_CHARS = 255
_BLOCK_ROWS = 100
"""The widest row of the first block says how many cells each is given, as in a text list; more where there are more."""
_EXACT = 2**53


class _RefusedError(Exception):
    """The answer is a code instead of rows."""


def main(memory_bytes: int, cpu_seconds: int, cell_chars: int, record_chars: int, sheet: str | None) -> int:
    """Reads the spreadsheet at standard input; returns the exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # they are for the one who reads the answer, whose end is ours
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # it would hold people's data
    out = io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="")
    try:
        _answer(sheet, cell_chars, record_chars, out)
        out.flush()
    except _RefusedError as refused:
        out.write(json.dumps({"refused": str(refused)}) + "\n")
        out.flush()
    except MemoryError:
        return TOO_MUCH
    except BaseException as problem:
        if isinstance(problem, CalamineError | ValueError | OverflowError) or _is_panic(problem):
            return DAMAGED
        raise
    return 0


def _answer(wanted: str | None, cell_chars: int, record_chars: int, out: TextIO) -> None:
    workbook = load_workbook("/dev/stdin")  # by its path: of a stream it would keep a copy in memory
    sheets = {
        each.name: each.visible is not SheetVisibleEnum.Visible
        for each in workbook.sheets_metadata
        if each.typ is SheetTypeEnum.WorkSheet and len(each.name) <= _SHEET_NAME_CHARS and "\0" not in each.name
    }
    sheet = _chosen(workbook, sheets, wanted)
    heading = {
        "sheet": sheet.name,
        "sheets": [{"name": name, "hidden": hidden} for name, hidden in sheets.items()],
        "rows": sheet.total_height + 1,
    }
    out.write(json.dumps(heading) + "\n")
    rows = ([cell[:cell_chars] if type(cell) is str else cell_text(cell) for cell in cells] for cells in _rows(sheet))
    block = list(islice(rows, _BLOCK_ROWS))
    width = max(map(_width, block), default=0)
    while block:
        out.write(_as_text([_cut(cells, width) for cells in block], record_chars))
        block = list(islice(rows, _BLOCK_ROWS))


def _chosen(workbook: CalamineWorkbook, sheets: dict[str, bool], wanted: str | None) -> CalamineSheet:
    """The sheet of that name; without a name the first that is shown and has something in it."""
    if wanted is not None:
        if wanted not in sheets:
            raise _RefusedError("no_such_sheet")
        return _sheet(workbook, wanted)
    for name, hidden in sheets.items():
        if not hidden:
            sheet = _sheet(workbook, name)
            if any(cell_text(cell).strip() for cells in sheet.iter_rows() for cell in cells):
                return sheet
    raise _RefusedError("no_sheet_with_rows")


def _sheet(workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    sheet = workbook.get_sheet_by_name(name)
    if sheet.total_height >= _LAST_ROW:
        raise _RefusedError("damaged_file")
    return sheet


def _rows(sheet: CalamineSheet) -> Iterator[Sequence[Any]]:
    """The sheet's rows from its first one on. What is merged over several rows stands in each of them."""
    first_column = sheet.start[1] if sheet.start else 0
    merged: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        if bottom > top and left >= first_column:
            merged.setdefault(top, []).append((left - first_column, bottom))
    if not merged:
        yield from sheet.iter_rows()
        return
    open_cells: dict[int, tuple[int, Any]] = {}
    for number, cells in enumerate(sheet.iter_rows()):
        for column, (bottom, value) in list(open_cells.items()):
            if number > bottom:
                del open_cells[column]
            else:
                cells[column] = value
        for column, bottom in merged.get(number, ()):
            if column < len(cells):
                open_cells[column] = (bottom, cells[column])
        yield cells


def _width(cells: Sequence[str]) -> int:
    """How many cells there are without the blank ones at the end."""
    width = len(cells)
    while width and not cells[width - 1]:
        width -= 1
    return width


def _cut(cells: list[str], width: int) -> list[str]:
    """A row of as many cells as a text list would give it; none when it is blank."""
    if not any(cells):
        return []
    return cells if len(cells) <= width else cells[: max(width, _width(cells))]


def _as_text(block: Sequence[list[str]], record_chars: int) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(block)
    if text.tell() < record_chars or len(block) == 1:
        found = text.getvalue()
        # a record of too many characters is rejected as one row only when it is one line
        return found if len(found) < record_chars else found.removesuffix("\r\n").translate({10: " ", 13: " "}) + "\r\n"
    return "".join(_as_text([cells], record_chars) for cells in block)


def cell_text(value: Any) -> str:
    """A cell as text: `12025551234`, never `1.2E10` or `12025551234.0`; dates and hours as ISO 8601 has them."""
    return _TEXT_OF.get(type(value), str)(value)


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    # 15 figures are what a spreadsheet shows of a number
    return format(Decimal(f"{value:.15g}"), "f")


def _moment(value: datetime) -> str:
    """To the second, a spreadsheet's fractions of a day being none too exact; midnight is a day without an hour."""
    if value.microsecond >= 500_000 and value < datetime.max.replace(microsecond=0):  # noqa: DTZ901  a cell has no zone
        value += timedelta(seconds=1)
    day = value.date().isoformat()
    clock = _clock(value.hour, value.minute, value.second)
    return day if clock == "00:00" else f"{day} {clock}"


def _clock(hours: int, minutes: int, seconds: int) -> str:
    """`09:05`, or `09:05:30` where there are seconds; more than a day goes on counting hours: `26:05`."""
    total = hours * 3600 + minutes * 60 + seconds
    minutes, seconds = divmod(abs(total), 60)
    hours, minutes = divmod(minutes, 60)
    return ("-" if total < 0 else "") + f"{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


_TEXT_OF: dict[type, Callable[[Any], str]] = {
    float: _number,
    bool: lambda value: "TRUE" if value else "FALSE",
    datetime: _moment,
    date: date.isoformat,
    time: lambda value: _clock(value.hour, value.minute, value.second + round(value.microsecond / 1e6)),
    timedelta: lambda value: _clock(0, 0, round(value.total_seconds())),
}


def _is_panic(problem: BaseException) -> bool:
    # the class is made anew by every extension written in Rust, and exported by none
    return type(problem).__name__ == "PanicException"


if __name__ == "__main__":
    sys.exit(main(**json.loads(sys.argv[1])))
