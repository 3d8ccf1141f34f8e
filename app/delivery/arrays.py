"""Values as a table inside a statement: how one UPDATE changes a thousand rows, each differently."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, CTE, ColumnElement, FromClause, bindparam, column, func, select, true
from sqlalchemy.types import TypeEngine

from app import tenancy
from app.models import Message

Columns = tuple[tuple[str, TypeEngine[Any]], ...]


def table_of(name: str, columns: Columns, rows: Sequence[Sequence[Any]]) -> FromClause:
    """`unnest` of one array a column, under `name`. A row may hold more values than there are columns."""
    arrays = [bindparam(None, [row[place] for row in rows], ARRAY(kind)) for place, (_, kind) in enumerate(columns)]
    named = [column(title, kind) for title, kind in columns]
    return func.unnest(*arrays).table_valued(*named).render_derived(name)


def locked(wanted: FromClause, conditions: Sequence[ColumnElement[bool]], read: Sequence[Any]) -> CTE:
    """The rows of `wanted` beside those messages of the bound company that have their `id` and meet the conditions.

    Adds the columns `read` of the messages. Each is looked up and locked by its key, in the order of `wanted`: as a
    plain join, the planner would guess that a claim holds one message, and read the whole table a thousand times.
    """
    message = (
        select(*read)
        .where(Message.company_id == tenancy.company_id(), Message.id == wanted.c.id, *conditions)
        .with_for_update()
        .lateral("message")
    )
    return select(*wanted.c, *message.c).select_from(wanted.join(message, true())).cte("held")
