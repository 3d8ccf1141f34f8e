"""The failures of the stage `deliver`: each keeps the record as it was, so that it can be mended and queued again."""

import json
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from app import tenancy
from app.clock import now
from app.extensions import db
from app.models import FailureStage, new_id
from app.models.base import Json


class End(NamedTuple):
    """A message that failed for good, why, and what the words of the code speak of."""

    message_id: UUID
    code: str
    facts: Json


_INSERT = text("""
    INSERT INTO failures (
        company_id, id, run_id, campaign_id, method, data_source_id, row_number, channel, stage, code, facts,
        person, endpoint, data, message_id, day, created_at
    )
    SELECT m.company_id, ended.failure_id, m.run_id, m.campaign_id, m.method, m.data_source_id, m.row_number, m.channel,
        :stage, ended.code, CAST(ended.facts AS jsonb), m.person, m.endpoint,
        (
            SELECT coalesce(jsonb_object_agg(named.field, coalesce(named.cell, '')), '{}')
            FROM unnest(source.fields, record.cells) AS named (field, cell)
            WHERE named.field IS NOT NULL
        ),
        m.id, m.day, :instant
    FROM unnest(
            CAST(:failure_ids AS uuid[]), CAST(:message_ids AS uuid[]), CAST(:codes AS text[]), CAST(:facts AS text[])
        ) AS ended (failure_id, message_id, code, facts)
    JOIN messages AS m ON m.company_id = :company AND m.id = ended.message_id
    LEFT JOIN data_sources AS source ON source.company_id = m.company_id AND source.id = m.data_source_id
    LEFT JOIN records AS record
        ON record.company_id = m.company_id
        AND record.data_source_id = m.data_source_id
        AND record.row_number = m.row_number
""")


def write(ends: Sequence[End]) -> None:
    """Writes a failure for each ended message of the bound company. Does not commit."""
    if not ends:
        return
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
        },
    )
