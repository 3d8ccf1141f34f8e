"""Bringing a batch of rows to the database by COPY, through a temporary table: row security refuses it elsewhere."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Column, MetaData, Table, delete
from sqlalchemy.schema import CreateTable

from app.copying import copy_in
from app.extensions import db
from app.models import Base


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
    with copy_in(f"COPY {table.name} ({', '.join(table.c.keys())}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
