"""The rows of a file that could not be loaded, to be read through."""

from collections.abc import Sequence
from uuid import UUID

from app import tenancy
from app.extensions import db
from app.models import RejectedRow


def rejections_after(source_id: UUID, row_number: int, limit: int) -> Sequence[RejectedRow]:
    """At most `limit` rejected rows of the bound company's data source after `row_number`, in the file's order."""
    return db.session.scalars(
        tenancy.rows(RejectedRow)
        .where(RejectedRow.data_source_id == source_id, RejectedRow.row_number > row_number)
        .order_by(RejectedRow.row_number)
        .limit(limit)
    ).all()
