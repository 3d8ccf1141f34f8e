"""Messages that need not go out any more, because their appointment has been decided."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, select, tuple_

from app import tenancy
from app.extensions import db
from app.models import Message, MessageStatus, Run, RunStatus
from app.receipts.matching import SentMessage, appointment

WAITING = (MessageStatus.STAGED, MessageStatus.QUEUED)


def waiting_for(decided: Collection[SentMessage]) -> dict[UUID, UUID]:
    """Messages that wait to be sent about what an answer to one of `decided` has settled, each with its run.

    They come from the same record, in whichever run and on whichever channel, or name the same appointment to the
    same address.
    """
    return _of_records(decided) | _of_appointments([sent for sent in decided if sent.appointment_at is not None])


def _of_records(decided: Collection[SentMessage]) -> dict[UUID, UUID]:
    # messages wait in runs that are not over only, and of those there are few
    open_runs = select(Run.id).where(
        Run.company_id == tenancy.company_id(),
        Run.status.not_in([RunStatus.FINISHED, RunStatus.CANCELLED]),
    )
    found = db.session.execute(
        select(Message.id, Message.run_id).where(
            *_waiting(),
            Message.run_id.in_(open_runs),
            tuple_(Message.data_source_id, Message.row_number).in_({sent.record for sent in decided}),
        )
    )
    return {row.id: row.run_id for row in found}


def _of_appointments(decided: Collection[SentMessage]) -> dict[UUID, UUID]:
    settled = {(sent.endpoint, sent.appointment) for sent in decided}
    at_that_time = db.session.execute(
        select(
            Message.id, Message.run_id, Message.endpoint, Message.person, Message.doctor, Message.appointment_at
        ).where(
            *_waiting(),
            tuple_(Message.endpoint, Message.appointment_at).in_(
                {(sent.endpoint, sent.appointment_at) for sent in decided}
            ),
        )
    )
    return {
        row.id: row.run_id
        for row in at_that_time
        if (row.endpoint, appointment(row.person, row.doctor, row.appointment_at)) in settled
    }


def _waiting() -> tuple[ColumnElement[bool], ...]:
    return Message.company_id == tenancy.company_id(), Message.status.in_(WAITING)
