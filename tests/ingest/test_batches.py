"""Portions of a file: what one transaction writes."""

import io
import tracemalloc
from collections.abc import Iterator
from typing import cast

import pytest

from app.ingest.batches import Batch, batches
from app.ingest.plain import PlainRows
from app.ingest.reading import open_table
from app.ingest.table import Layout, Limits, Table

CSV = Layout("utf-8", ",")


def table(content: bytes) -> Table:
    return open_table(io.BytesIO(content), CSV, Limits())


class EndlessList(io.RawIOBase):
    """A list of so many rows that is never whole in memory."""

    def __init__(self, row: bytes, rows: int) -> None:
        self.rows = self.chunks(row, rows)
        self.left = b""

    @staticmethod
    def chunks(row: bytes, rows: int) -> Iterator[bytes]:
        yield b"name,phone,note\n"
        for number in range(rows):
            yield row % number

    def read(self, size: int = -1) -> bytes:
        chunk = self.left
        while len(chunk) < size and (more := next(self.rows, b"")):
            chunk += more
        self.left = chunk[size:]
        return chunk[:size]


def numbers(batch: Batch) -> list[int]:
    """Of the records."""
    return [
        number
        for piece in batch.pieces
        for number in ([row for row, _ in piece] if isinstance(piece, PlainRows) else [piece[0]])
    ]


def shape(found: Iterator[Batch]) -> list[tuple[list[int], list[int], int]]:
    return [(numbers(each), [row.row_number for row in each.rejections], each.last_row) for each in found]


def test_hold_so_many_rows_loaded_or_rejected() -> None:
    content = b"a,b\n1,2\n1,2,3\n1,2\n\n1,2\n1,2,3\n"
    assert shape(batches(table(content), 2)) == [([2], [3], 3), ([4, 6], [], 6), ([], [7], 7)]


def test_go_on_after_a_row() -> None:
    content = b"a,b\n1,2\n1,2,3\n1,2\n\n1,2\n1,2,3\n"
    assert shape(batches(table(content), 2, after_row=3)) == [([4, 6], [], 6), ([], [7], 7)]
    assert shape(batches(table(content), 2, after_row=7)) == []


def test_of_long_rows_end_early() -> None:
    content = b"a\n" + (b"x" * 30_000 + b"\n") * 1_000
    found = list(batches(table(content), 10_000))
    assert sum(batch.rows for batch in found) == 1_000
    assert max(batch.rows for batch in found) < 400


@pytest.mark.parametrize("row", [b'"Doe, %d",212 555 0134,"two\nlines"\n', b"Ann %d,212 555 0134,one line\n"])
def test_take_the_same_memory_however_long_the_file_is(row: bytes) -> None:
    def peak(rows: int) -> int:
        tracemalloc.start()
        opened = open_table(cast(io.BufferedReader, EndlessList(row, rows)), CSV, Limits())
        assert sum(batch.rows for batch in batches(opened, 500)) == rows
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(80_000) < 1.2 * peak(20_000)
