"""Pages of long lists by key, not by offset: the millionth row costs what the first does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from flask import abort, request, url_for
from sqlalchemy import Select

from app.extensions import db

Row = TypeVar("Row")

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, and the addresses of the first and the following page."""

    rows: Sequence[Row]
    first_url: str | None
    next_url: str | None

    @property
    def is_paged(self) -> bool:
        """False when everything fits on this page."""
        return bool(self.first_url or self.next_url)


def page(query: Select[Row], key: Callable[[Row], object], size: int = PAGE_ROWS) -> Page[Row]:
    """The rows of `query`, which begins after `after_id()` or `after_row()` and is ordered by `key`."""
    return of_rows(db.session.scalars(query.limit(size + 1)).all(), key, size)


def of_rows(found: Sequence[Row], key: Callable[[Row], object], size: int = PAGE_ROWS) -> Page[Row]:
    """A page of what was found, one row more than fits if there are more."""
    rows = found[:size]
    more = len(found) > size
    return Page(
        rows,
        first_url=_address() if "after" in request.args else None,
        next_url=_address(after=str(key(rows[-1]))) if more else None,
    )


class Found(Protocol):
    """Some rows, and the cursor of the next ones (None at the end), whose text leads on in an address."""

    @property
    def items(self) -> Sequence[Any]: ...

    @property
    def next(self) -> object: ...


def of_listing(found: Found) -> Page[Any]:
    """A page of `app.reporting`, with its addresses."""
    return Page(
        found.items,
        first_url=_address() if "after" in request.args else None,
        next_url=_address(after=str(found.next)) if found.next else None,
    )


def after_id() -> UUID | None:
    """The id that the page before ended with. 404 when the address has been tampered with."""
    text = request.args.get("after")
    try:
        return UUID(text) if text else None
    except ValueError:
        abort(404)


def after_row() -> int:
    """The row number that the page before ended with; 0 at the start."""
    text = request.args.get("after", "0")
    if not text.isdecimal() or len(text) > 9:
        abort(404)
    return int(text)


def _address(**changes: Any) -> str:
    kept = {name: value for name, value in request.args.items() if name != "after" and value}
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **kept, **changes})
