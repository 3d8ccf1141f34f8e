"""Bringing rows into `records` at the speed of COPY.

COPY is refused on a table with row security, so the rows go to a temporary table first. It lives for one transaction
only: a pooler may give every transaction another connection.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from app.copying import copy_in
from app.extensions import db
from app.ingest.table import Rejection, Row
from app.models import RejectedRow

_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def insert_records(company_id: UUID, data_source_id: UUID, rows: Sequence[Row]) -> int:
    """Adds rows of equal width to `records` in the present transaction; returns how many were not there before."""
    if not rows:
        return 0
    cells = [f"c{place}" for place in range(len(rows[0][1]))]
    connection = db.session.connection()
    connection.execute(
        text(f"CREATE TEMP TABLE incoming (row_number integer, {' text, '.join(cells)} text) ON COMMIT DROP")
    )
    with copy_in("COPY incoming FROM STDIN") as copy:
        copy.write(copy_text(rows))
    inserted = connection.execute(
        text(
            "INSERT INTO records (company_id, data_source_id, row_number, cells)"  # noqa: S608  # c0, c1, ... are ours
            f" SELECT :company_id, :data_source_id, row_number, ARRAY[{', '.join(cells)}] FROM incoming"
            " ON CONFLICT DO NOTHING"
        ),
        {"company_id": company_id, "data_source_id": data_source_id},
    )
    return inserted.rowcount


def insert_rejections(company_id: UUID, data_source_id: UUID, rejections: Sequence[Rejection]) -> int:
    """Adds rows to `rejected_rows` in the present transaction; returns how many there were."""
    if rejections:
        db.session.execute(
            insert(RejectedRow).on_conflict_do_nothing(),
            [
                {
                    "company_id": company_id,
                    "data_source_id": data_source_id,
                    "row_number": rejection.row_number,
                    "code": rejection.code.value,
                    "raw": rejection.raw,
                }
                for rejection in rejections
            ],
        )
    return len(rejections)


def copy_text(rows: Sequence[Row]) -> bytes:
    """Rows in COPY's text format: the number, then the cells."""
    lines = []
    for number, cells in rows:
        line = "\t".join(cells)
        if "\n" in line or "\\" in line or "\r" in line or line.count("\t") != len(cells) - 1:
            line = "\t".join([cell.translate(_ESCAPES) for cell in cells])
        lines.append(f"{number}\t{line}\n")
    return "".join(lines).encode()
