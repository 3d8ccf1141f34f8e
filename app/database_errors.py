"""PostgreSQL explains an error with the values of the row. Here they are taken out, before anything can log them.

The exception itself is rewritten: RQ and Flask make its words part of logs, and of a failed job in Redis, in ways that
no filter of the logs would see. What is left are the server's first line, which names constraints, tables and columns,
and the SQLSTATE.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext
from sqlalchemy.exc import DBAPIError

_DATA_EXCEPTION = "22"
"""The class of errors whose first line quotes the value too (PostgreSQL, appendix A)."""


@contextmanager
def without_values() -> Iterator[None]:
    """For what the driver is asked to do directly: its errors leave the block without the values of the row."""
    try:
        yield
    except psycopg.Error as problem:
        _rewrite(problem)
        raise


def configure() -> None:
    """The same for all that goes through SQLAlchemy."""
    event.listen(Engine, "handle_error", _through_sqlalchemy)


def _through_sqlalchemy(context: ExceptionContext) -> None:
    problem = context.original_exception
    if isinstance(problem, psycopg.Error):
        _rewrite(problem)
        if isinstance(context.sqlalchemy_exception, DBAPIError):
            kind = type(problem)
            context.sqlalchemy_exception.args = (f"({kind.__module__}.{kind.__name__}) {problem}",)


def _rewrite(problem: psycopg.Error) -> None:
    state = problem.sqlstate
    if state is None:  # the driver's own, or no connection: no row has been seen
        return
    quotes = state.startswith(_DATA_EXCEPTION)
    words = "a value was refused" if quotes else problem.diag.message_primary
    problem.args = (f"{words} (SQLSTATE {state})",)
