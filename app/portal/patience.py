"""A question that no index answers may be asked, but not for ever."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import QueryCanceled
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.extensions import db

_MILLISECONDS = 4_000


class TooLongError(Exception):
    """The database was stopped while it still searched."""


@contextmanager
def patience() -> Iterator[None]:
    """Gives the statements inside a few seconds each. Raises `TooLongError`, with the transaction rolled back."""
    db.session.execute(text("SELECT set_config('statement_timeout', :most, true)"), {"most": str(_MILLISECONDS)})
    try:
        yield
    except OperationalError as problem:
        if not isinstance(problem.orig, QueryCanceled):
            raise
        db.session.rollback()
        raise TooLongError from problem
    db.session.execute(text("SELECT set_config('statement_timeout', '0', true)"))
