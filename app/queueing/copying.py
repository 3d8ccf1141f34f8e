"""Bringing a batch of rows to the database by COPY, through a temporary table: row security refuses it elsewhere."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

from sqlalchemy import Column, MetaData, Table, delete
from sqlalchemy.schema import CreateTable

from app.extensions import db
from app.models import Base

if TYPE_CHECKING:
    from psycopg import Connection


def incoming(model: type[Base], names: Sequence[str]) -> Table:
    """A temporary table for rows of `model`, with those of its columns that differ from row to row."""
    columns = model.__table__.c
    return Table(
        f"incoming_{model.__tablename__}",
        MetaData(),
        *(Column(name, columns[name].type) for name in names),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DELETE ROWS",
    )


def copy_rows(table: Table, rows: Iterable[Sequence[object]]) -> None:
    """Makes `rows`, in the order of the table's columns, the content of a temporary table until the commit."""
    connection = db.session.connection()
    connection.execute(CreateTable(table, if_not_exists=True))
    connection.execute(delete(table))
    driver = cast("Connection[tuple[object, ...]]", connection.connection.driver_connection)
    into = f"COPY {table.name} ({', '.join(table.c.keys())}) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row(row)
