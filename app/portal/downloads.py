"""Lists as files for a spreadsheet, sent while they are read: their length is no matter of memory."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar
from uuid import UUID

from flask import Response

from app import streaming
from app.models.base import Owned
from app.reporting.exports import csv_lines
from app.reporting.listing import Page

Row = TypeVar("Row", bound=Owned)

BATCH = 2_000
"""Rows that are read at a time."""


def csv_response(filename: str, header: Iterable[str], rows: Iterable[Iterable[object]]) -> Response:
    """A CSV file to save. `rows` may ask for the bound company's rows, but for nothing else of the request."""
    return streaming.csv_response(filename, csv_lines(header, rows))


def every_row(ask: Callable[[UUID | None], Page[Row]]) -> Iterator[Row]:
    """All rows of a listing, page after page; `ask` gives the page after an id."""
    after: UUID | None = None
    while True:
        page = ask(after)
        yield from page.items
        if page.next is None:
            return
        after = page.next
