"""What is due: for a company's senders, and for the sweep that wakes them.

The sweep's question is answered from the partial indexes of what is queued and what is in flight, skipped through from
company to company: the cost follows the number of companies with such messages, and neither the number of messages nor
that of all companies.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, literal_column, select, text

from app import tenancy
from app.channels.registry import ASKED, DRIVERS
from app.clock import now
from app.delivery.claim import IS_QUEUED
from app.extensions import db
from app.models import Message

IS_IN_FLIGHT = Message.status.in_([literal_column("'sending'"), literal_column("'unknown'")])
"""Spelled out for the same reason as `IS_QUEUED`."""


def is_due() -> bool:
    """True when the bound company has messages that can be claimed now."""
    due = select(Message.id).where(
        Message.company_id == tenancy.company_id(),
        Message.channel.in_(DRIVERS),
        IS_QUEUED,
        Message.not_before <= now(),
    )
    return bool(db.session.scalar(select(exists(due))))


def next_due() -> datetime | None:
    """When the bound company next has something to send or to settle; None when nothing is queued or in flight."""
    mine = Message.company_id == tenancy.company_id()
    queued = [
        select(func.min(Message.not_before)).where(mine, Message.channel == channel, IS_QUEUED).scalar_subquery()
        for channel in DRIVERS
    ]
    held = select(func.min(Message.lease_until)).where(mine, IS_IN_FLIGHT).scalar_subquery()
    return db.session.scalar(select(func.least(held, *queued)))


_DUE_COMPANIES = text("""
    WITH RECURSIVE queued AS (
        (
            SELECT company_id, channel, not_before FROM messages
            WHERE status = 'queued' ORDER BY company_id, channel, not_before LIMIT 1
        )
        UNION ALL
        SELECT following.* FROM queued AS last CROSS JOIN LATERAL (
            SELECT company_id, channel, not_before FROM messages
            WHERE status = 'queued' AND (company_id, channel) > (last.company_id, last.channel)
            ORDER BY company_id, channel, not_before LIMIT 1
        ) AS following
    ), in_flight AS (
        (
            SELECT company_id, lease_until FROM messages
            WHERE status IN ('sending', 'unknown') ORDER BY company_id, lease_until LIMIT 1
        )
        UNION ALL
        SELECT following.* FROM in_flight AS last CROSS JOIN LATERAL (
            SELECT company_id, lease_until FROM messages
            WHERE status IN ('sending', 'unknown') AND company_id > last.company_id
            ORDER BY company_id, lease_until LIMIT 1
        ) AS following
    ), awaiting AS (
        SELECT run.company_id, run.created_at FROM runs AS run
        WHERE run.status NOT IN ('finished', 'cancelled') AND EXISTS (
            SELECT FROM messages AS m
            WHERE m.company_id = run.company_id AND m.run_id = run.id AND m.status = 'sent'
                AND m.channel = ANY(:asked) AND m.provider_id IS NOT NULL AND m.sent_at < :expected
                AND (m.lease_until IS NULL OR m.lease_until < :instant)
        )
    )
    SELECT company_id FROM (
        SELECT company_id, not_before FROM queued WHERE not_before <= :instant AND channel = ANY(:offered)
        UNION ALL
        SELECT company_id, lease_until FROM in_flight WHERE lease_until < :instant
        UNION ALL
        SELECT company_id, created_at FROM awaiting
    ) AS due (company_id, since)
    GROUP BY company_id ORDER BY min(since) LIMIT :most
""")


def due_companies(limit: int, receipts_expected_before: datetime) -> list[UUID]:
    """Companies with messages that are due, leases that ran out, or receipts that should have come; longest due first.

    Looks across companies, whichever is bound. A receipt should have come when the provider took the message before
    `receipts_expected_before` and can be asked about it.
    """
    with tenancy.everywhere():
        found = db.session.scalars(
            _DUE_COMPANIES,
            {
                "instant": now(),
                "expected": receipts_expected_before,
                "offered": [channel.value for channel in DRIVERS],
                "asked": [channel.value for channel in ASKED],
                "most": limit,
            },
        )
        return list(found)
