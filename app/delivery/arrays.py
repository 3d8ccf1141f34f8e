"""Values as a table inside a statement: how one UPDATE changes a thousand rows, each differently."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, FromClause, bindparam, column, func
from sqlalchemy.types import TypeEngine

Columns = tuple[tuple[str, TypeEngine[Any]], ...]


def table_of(name: str, columns: Columns, rows: Sequence[Sequence[Any]]) -> FromClause:
    """`unnest` of one array a column, under `name`. A row may hold more values than there are columns."""
    arrays = [bindparam(None, [row[place] for row in rows], ARRAY(kind)) for place, (_, kind) in enumerate(columns)]
    named = [column(title, kind) for title, kind in columns]
    return func.unnest(*arrays).table_valued(*named).render_derived(name)
