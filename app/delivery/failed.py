"""The failures of the stage `deliver`: each keeps the record as it was, so that it can be mended and queued again."""

import json
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, and_, any_, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from app import records, tenancy
from app.clock import now
from app.extensions import db
from app.models import DataSource, FailureStage, Message, new_id
from app.models.base import Json


class End(NamedTuple):
    """A message that failed for good, why, and what the words of the code speak of."""

    message_id: UUID
    code: str
    facts: Json


_INSERT = text("""
    INSERT INTO failures (
        company_id, id, run_id, campaign_id, method, data_source_id, row_number, channel, stage, code, facts,
        person, endpoint, data, corrected, message_id, day, created_at
    )
    SELECT m.company_id, ended.failure_id, m.run_id, m.campaign_id, m.method, m.data_source_id, m.row_number, m.channel,
        :stage, ended.code, CAST(ended.facts AS jsonb), m.person, m.endpoint,
        CAST(ended.data AS jsonb), before.corrected, m.id, m.day, :instant
    FROM unnest(
            CAST(:failure_ids AS uuid[]), CAST(:message_ids AS uuid[]), CAST(:codes AS text[]), CAST(:facts AS text[]),
            CAST(:data AS text[])
        ) AS ended (failure_id, message_id, code, facts, data)
    JOIN messages AS m ON m.company_id = :company AND m.id = ended.message_id
    -- a message of a requeue: the failure that it came from has what was corrected
    LEFT JOIN LATERAL (
        SELECT f.corrected FROM failures AS f
        WHERE f.company_id = m.company_id AND f.requeue_run_id = m.run_id
            AND f.data_source_id = m.data_source_id AND f.row_number = m.row_number AND f.method = m.method
        ORDER BY f.id DESC LIMIT 1
    ) AS before ON true
""")


def write(ends: Sequence[End]) -> None:
    """Writes a failure for each ended message of the bound company. Does not commit."""
    if not ends:
        return
    data = _data_of([end.message_id for end in ends])
    db.session.execute(
        _INSERT,
        {
            "company": tenancy.company_id(),
            "stage": FailureStage.DELIVER.value,
            "instant": now(),
            "failure_ids": [new_id() for _ in ends],
            "message_ids": [end.message_id for end in ends],
            "codes": [end.code for end in ends],
            "facts": [json.dumps(end.facts) for end in ends],
            "data": [json.dumps(data.get(end.message_id, {})) for end in ends],
        },
    )


def _data_of(message_ids: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    """The records of messages: cell by stable field name."""
    found = db.session.execute(
        select(Message.id, Message.data_source_id, Message.row_number, DataSource.fields)
        .join(
            DataSource,
            and_(DataSource.company_id == Message.company_id, DataSource.id == Message.data_source_id),
        )
        .where(Message.company_id == tenancy.company_id(), Message.id == any_(literal(list(message_ids), ARRAY(Uuid))))
    ).all()
    cells = records.cells_at([(row.data_source_id, row.row_number) for row in found])
    return {
        row.id: dict(zip_longest(row.fields, cells[place], fillvalue=""))
        for row in found
        if (place := (row.data_source_id, row.row_number)) in cells
    }
