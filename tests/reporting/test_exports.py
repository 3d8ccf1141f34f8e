import csv
import io
from datetime import UTC, datetime

import pytest

from app.reporting.exports import BYTE_ORDER_MARK, csv_lines


def read(lines: list[str]) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(lines).removeprefix(BYTE_ORDER_MARK))))


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(formula: str) -> None:
    assert read(list(csv_lines(["a"], [[formula]])))[1] == ["'" + formula]


def test_a_header_is_guarded_as_well_since_it_comes_from_the_uploaded_file() -> None:
    assert read(list(csv_lines(["=cmd"], [])))[0] == ["'=cmd"]


def test_numbers_and_ordinary_texts_stay_as_they_are() -> None:
    rows = read(list(csv_lines(["a", "b", "c"], [[-1, "O'Neil, Ann", 'say "hi"\nplease']])))

    assert rows[1] == ["-1", "O'Neil, Ann", 'say "hi"\nplease']


def test_nothing_is_an_empty_cell_and_an_instant_is_iso() -> None:
    rows = read(list(csv_lines(["a", "b"], [[None, datetime(2026, 3, 2, 9, tzinfo=UTC)]])))

    assert rows[1] == ["", "2026-03-02T09:00:00+00:00"]


def test_lines_are_made_one_at_a_time() -> None:
    def endless() -> object:
        while True:
            yield ["x"]

    lines = csv_lines(["a"], endless())  # type: ignore[arg-type]

    assert next(lines).startswith(BYTE_ORDER_MARK)
    assert next(lines) == "x\r\n"
