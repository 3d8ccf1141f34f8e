"""Messages nobody wants any more: their run was cancelled, or their person decided, while a sender held them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, exists, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from app import tenancy
from app.extensions import db
from app.models import Disposition, Message, RecordDisposition, Run, RunStatus


def called_off(ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the bound company's messages that were called off after they were made.

    A cancel and a decision reach what waits; what a sender has in its hands at that moment is stopped here, when it
    comes back and is claimed again.
    """
    cancelled = exists().where(
        Run.company_id == Message.company_id, Run.id == Message.run_id, Run.status == RunStatus.CANCELLED
    )
    decided = exists().where(
        RecordDisposition.company_id == Message.company_id,
        RecordDisposition.data_source_id == Message.data_source_id,
        RecordDisposition.row_number == Message.row_number,
        RecordDisposition.disposition != Disposition.UNCLEAR,
        RecordDisposition.decided_at > Message.created_at,
    )
    return frozenset(db.session.scalars(select(Message.id).where(_among(ids), or_(cancelled, decided))))


def _among(ids: Collection[UUID]) -> ColumnElement[bool]:
    return and_(Message.company_id == tenancy.company_id(), Message.id == any_(literal(list(ids), ARRAY(Uuid))))
