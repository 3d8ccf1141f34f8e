"""The current company: how it is bound, how its rows are got.

The company is bound twice. In code, `get`, `find` and `rows` lead every query with the bound `company_id`. In the
database, the same id is set on each transaction as `app.company_id`, and the row security policies show that
company's rows only. With nothing bound, nothing is seen.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Select, event, select, text
from sqlalchemy.orm import Session, SessionTransaction

from app.extensions import db
from app.models.base import CompanyOwned


@dataclass(frozen=True, slots=True)
class Scope:
    """What the present thread of work may see."""

    company_id: UUID | None = None
    user_id: UUID | None = None
    """Lets a person see their own memberships before a company is chosen."""
    everywhere: bool = False
    """Lets a sweep read, across companies, the tables that say what is due."""


_scope: ContextVar[Scope] = ContextVar("carillon_scope", default=Scope())  # noqa: B039  Scope is frozen


class NoCompanyError(RuntimeError):
    """A tenant's row was asked for while no company is bound: a defect of the caller."""


class NotFoundError(LookupError):
    """No such row in the bound company; says nothing about other companies."""

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"no {kind} {key}")
        self.kind = kind
        self.key = key


Row = TypeVar("Row", bound=CompanyOwned)


def bind(scope: Scope) -> Token[Scope]:
    """Binds `scope` until `unbind` is given the token. Prefer `company()`; this is for request hooks."""
    token = _scope.set(scope)
    _announce_if_open()
    return token


def unbind(token: Token[Scope]) -> None:
    """Returns to the scope that was bound before."""
    _scope.reset(token)
    _announce_if_open()


@contextmanager
def company(company_id: UUID) -> Iterator[None]:
    """Binds a company for the length of a `with` block."""
    token = bind(Scope(company_id=company_id))
    try:
        yield
    finally:
        unbind(token)


@contextmanager
def person(user_id: UUID) -> Iterator[None]:
    """Shows one person's memberships, in whichever company."""
    token = bind(Scope(user_id=user_id))
    try:
        yield
    finally:
        unbind(token)


@contextmanager
def everywhere() -> Iterator[None]:
    """Lets a sweep see what is due in any company. Reads only: writing takes a bound company."""
    token = bind(Scope(everywhere=True))
    try:
        yield
    finally:
        unbind(token)


def company_id() -> UUID:
    """The bound company's id. Raises `NoCompanyError` when none is bound."""
    found = _scope.get().company_id
    if found is None:
        raise NoCompanyError("no company is bound")
    return found


def rows(model: type[Row]) -> Select[Row]:
    """A SELECT over the bound company's rows of `model`."""
    return select(model).where(model.company_id == company_id())


def find(model: type[Row], *key: Any, for_update: bool = False, skip_locked: bool = False) -> Row | None:
    """The bound company's row with the rest of its primary key, or None.

    `for_update` locks the row; with `skip_locked` a row that another transaction holds counts as not there.
    """
    lock: Any = {"skip_locked": True} if skip_locked else True
    return db.session.get(
        model,
        (company_id(), *key),
        with_for_update=lock if for_update else None,
        populate_existing=for_update,
    )


def get(model: type[Row], *key: Any, for_update: bool = False) -> Row:
    """As `find`, but raises `NotFoundError` when there is no such row."""
    found = find(model, *key, for_update=for_update)
    if found is None:
        raise NotFoundError(model.__name__, key[0] if len(key) == 1 else key)
    return found


def announce(connection: Connection, scope: Scope) -> None:
    """Sets on the connection's transaction what the row security policies read."""
    connection.execute(
        text(
            "SELECT set_config('app.company_id', :company, true), set_config('app.user_id', :person, true),"
            " set_config('app.everywhere', :everywhere, true)"
        ),
        {
            "company": str(scope.company_id or ""),
            "person": str(scope.user_id or ""),
            "everywhere": "on" if scope.everywhere else "",
        },
    )


def _announce_if_open() -> None:
    session: Session = db.session()
    if not session.in_transaction():
        return
    if not session.is_active or _aborted(session.connection()):
        session.rollback()
        return
    announce(session.connection(), _scope.get())


def _aborted(connection: Connection) -> bool:
    """True when a statement has failed and PostgreSQL takes no other until the transaction ends."""
    driver: Any = connection.connection.driver_connection
    return bool(driver.info.transaction_status == TransactionStatus.INERROR)


@event.listens_for(Session, "after_begin")
def _announce_at_begin(_session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    # nested transactions inherit the setting; saying it again is harmless
    announce(connection, _scope.get())
