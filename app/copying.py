"""COPY, which SQLAlchemy does not speak."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from app.database_errors import without_values
from app.extensions import db

if TYPE_CHECKING:
    from psycopg import Connection, Copy


@contextmanager
def copy_in(statement: str) -> Iterator["Copy"]:
    """A `COPY ... FROM STDIN` in the session's transaction, to be written to. Row security refuses it on our tables."""
    driver = cast("Connection[tuple[object, ...]]", db.session.connection().connection.driver_connection)
    with without_values(), driver.cursor() as cursor, cursor.copy(statement) as copy:
        yield copy
