"""A list as a spreadsheet program keeps it."""

import csv
from datetime import datetime
from pathlib import Path

import openpyxl

from bench.make_sample import HEADER

_DAY = HEADER.index("Appt Date")


def write_workbook(path: Path, source: Path) -> None:
    """Writes the sample list in `source` (CSV) as XLSX: one sheet, days as days and everything else as text."""
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("List")
    with source.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text)
        sheet.append(next(rows))
        for row in rows:
            cells: list[object] = [cell or None for cell in row]
            cells[_DAY] = datetime.strptime(row[_DAY], "%m/%d/%Y").date()  # noqa: DTZ007  a day has no zone
            sheet.append(cells)
    workbook.save(path)
