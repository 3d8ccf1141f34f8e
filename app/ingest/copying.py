"""Bringing rows into `records` at the speed of COPY.

COPY is refused on a table with row security, so the rows go to a temporary table first. It lives for one transaction
only: a pooler may give every transaction another connection.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from app.copying import copy_in
from app.extensions import db
from app.ingest.batches import Batch
from app.ingest.plain import UNUSED, PlainRows
from app.ingest.table import Rejection, Row
from app.models import DataSource, RejectedRow


def insert_records(source: DataSource, batch: Batch) -> int:
    """Adds the records of a batch in the present transaction; returns how many there were.

    The caller holds the data source's row, and its position says that they are not there yet.
    """
    pieces = list(_as_csv(source, batch))
    if not pieces:
        return 0
    cells = [f"c{place}" for place in range(len(source.columns))]
    connection = db.session.connection()
    connection.execute(
        text(f"CREATE TEMP TABLE incoming (row_number integer, {' text, '.join(cells)} text) ON COMMIT DROP")
    )
    quote = _quote(source).replace("'", "''")
    how = f"FORMAT csv, DELIMITER '{source.delimiter}', QUOTE '{quote}', FORCE_NOT_NULL ({', '.join(cells)})"
    with copy_in(f"COPY incoming FROM STDIN ({how})") as copy:
        for piece in pieces:
            copy.write(piece)
    inserted = connection.execute(
        text(
            "INSERT INTO records (company_id, data_source_id, row_number, cells)"  # noqa: S608  # c0, c1, ... are ours
            f" SELECT :company_id, :data_source_id, row_number, ARRAY[{', '.join(cells)}] FROM incoming"
        ),
        {"company_id": source.company_id, "data_source_id": source.id},
    )
    return inserted.rowcount


def insert_rejections(source: DataSource, rejections: Sequence[Rejection]) -> int:
    """Adds rows to `rejected_rows` in the present transaction; returns how many there were."""
    if rejections:
        db.session.execute(
            insert(RejectedRow),
            [
                {
                    "company_id": source.company_id,
                    "data_source_id": source.id,
                    "row_number": rejection.row_number,
                    "code": rejection.code.value,
                    "raw": rejection.raw,
                }
                for rejection in rejections
            ],
        )
    return len(rejections)


def _as_csv(source: DataSource, batch: Batch) -> Iterator[bytes]:
    """The number of each row and its cells, in the file's own dialect."""
    for plain in batch.plain:
        yield numbered(plain, source.delimiter)
    if batch.records:
        yield quoted(batch.records, source.delimiter, _quote(source))


def _quote(source: DataSource) -> str:
    return source.quote or UNUSED


def numbered(rows: PlainRows, delimiter: str) -> bytes:
    """Plain rows as they stand, each after its number."""
    return "".join([f"{number}{delimiter}{row}\n" for number, row in enumerate(rows.rows, rows.first_row)]).encode()


def quoted(rows: Sequence[Row], delimiter: str, quote: str) -> bytes:
    """Rows with each cell in quotes, so that it may hold anything."""
    between, twice = f"{quote}{delimiter}{quote}", quote * 2
    lines = []
    for number, cells in rows:
        line = between.join([cell.replace(quote, twice) for cell in cells])
        lines.append(f"{number}{delimiter}{quote}{line}{quote}\n")
    return "".join(lines).encode()
