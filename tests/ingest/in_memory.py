"""Files that are read from memory, without a database."""

import io
from contextlib import closing

import pytest

from app.ingest.errors import FileRefused, RowCode, words_of
from app.ingest.reading import inspect, open_table
from app.ingest.table import Limits, Rejection, Row, Table

LIMITS = Limits()


def opened(content: bytes, limits: Limits = LIMITS) -> Table:
    """The file as it is read when nobody says how."""
    stream = io.BytesIO(content)
    return open_table(stream, inspect(stream, limits), limits)


def read(content: bytes, limits: Limits = LIMITS) -> tuple[list[str], list[Row | Rejection]]:
    """Columns and rows."""
    with closing(opened(content, limits)) as table:
        return table.columns, list(table.rows)


def rows_of(content: bytes, limits: Limits = LIMITS) -> list[Row | Rejection]:
    return read(content, limits)[1]


def refusal(content: bytes, limits: Limits = LIMITS) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(content, limits)
    assert caught.value.words
    return caught.value


def rejected(rows: list[Row | Rejection]) -> list[tuple[int, RowCode]]:
    return [(row.row_number, row.code) for row in rows if isinstance(row, Rejection)]


def loaded(rows: list[Row | Rejection]) -> list[Row]:
    return [row for row in rows if not isinstance(row, Rejection)]


def assert_rows_or_refusal(content: bytes) -> None:
    """What holds of any bytes under tight limits: rows that can be loaded, or a reason that can be told."""
    limits = Limits(max_unpacked_bytes=4_000, max_rows=20, max_columns=5, max_cell_chars=50, spreadsheet_cpu_seconds=2)
    try:
        columns, rows = read(content, limits)
    except FileRefused as refused:
        assert refused.words
        return
    numbers = [row.row_number if isinstance(row, Rejection) else row[0] for row in rows]
    assert numbers == sorted(set(numbers))
    for number, cells in loaded(rows):
        assert number > 0
        assert len(cells) == len(columns)
        assert max(map(len, cells)) <= 50
        "".join(cells).encode()
    for row in rows:
        if isinstance(row, Rejection):
            assert words_of(row.code)
            assert "\0" not in row.raw.encode().decode()
