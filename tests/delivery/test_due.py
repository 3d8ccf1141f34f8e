"""The sweep is told which companies have something to do, and reads no more than it must."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app import tenancy
from app.campaigns.definition import Definition
from app.clock import now
from app.delivery import due as due_module
from app.delivery.due import due_companies, is_due, next_due
from app.extensions import db
from app.models import Channel, Company, MessageStatus, new_id
from tests import factories
from tests.delivery.conftest import MakeMessage


def due(limit: int = 10, receipts_expected_before: datetime | None = None) -> list[object]:
    return list(due_companies(limit, receipts_expected_before or now() - timedelta(minutes=15)))


def long_ago(**ago: float) -> datetime:
    return now() - timedelta(**ago)


def test_a_company_with_a_due_message_is_due(company: Company, make_message: MakeMessage) -> None:
    assert due() == []
    assert not is_due()

    make_message()

    assert due() == [company.id]
    assert is_due()


@pytest.mark.parametrize(
    "changes",
    [
        {"not_before": now() + timedelta(hours=1)},
        {"status": MessageStatus.STAGED},
        {"status": MessageStatus.DELIVERED},
        {"status": MessageStatus.SENDING, "lease_until": now() + timedelta(hours=1)},
        {"status": MessageStatus.UNKNOWN, "lease_until": None},
        {"status": MessageStatus.SENT, "provider_id": "SM1", "sent_at": now()},
        {"status": MessageStatus.SENT, "provider_id": None, "sent_at": long_ago(hours=1)},
        {"status": MessageStatus.SENT, "provider_id": "x", "sent_at": long_ago(hours=1), "channel": Channel.EMAIL},
        {
            "status": MessageStatus.SENT,
            "provider_id": "SM1",
            "sent_at": long_ago(hours=1),
            "lease_until": now() + timedelta(hours=1),
        },
        {"channel": Channel.VOICE},
    ],
    ids=[
        "not yet",
        "waiting for a word",
        "done",
        "held by a lease",
        "waiting for a person",
        "sent just now",
        "without an id to ask by",
        "on a channel that cannot be asked",
        "asked about lately",
        "on a channel that is not offered",
    ],
)
def test_a_company_with_nothing_to_do_now_is_not_due(make_message: MakeMessage, changes: dict[str, object]) -> None:
    make_message(**changes)
    assert due() == []
    assert not is_due()


@pytest.mark.parametrize(
    "changes",
    [
        {"status": MessageStatus.SENDING, "lease_until": long_ago(seconds=1)},
        {"status": MessageStatus.UNKNOWN, "lease_until": long_ago(seconds=1)},
        {"status": MessageStatus.SENT, "provider_id": "SM1", "sent_at": long_ago(hours=1)},
    ],
    ids=["a lease ran out", "doubt to settle", "a receipt is missing"],
)
def test_a_company_with_something_to_settle_is_due(
    company: Company, make_message: MakeMessage, changes: dict[str, object]
) -> None:
    make_message(**changes)
    assert due() == [company.id]


def test_the_longest_due_company_comes_first(
    company: Company, other_company: Company, make_message: MakeMessage
) -> None:
    make_message(not_before=long_ago(minutes=1))
    make_message(not_before=long_ago(minutes=2), channel=Channel.EMAIL, row_number=3)
    with tenancy.company(other_company.id):
        source = factories.source([["x"]])
        run = factories.run(factories.campaign(Definition(), [source]))
        factories.message(run, source.id, not_before=long_ago(hours=1))
        factories.message(run, source.id, status=MessageStatus.SENDING, lease_until=long_ago(minutes=5), claim=new_id())

    assert due() == [other_company.id, company.id]
    assert due(limit=1) == [other_company.id]


def test_messages_that_are_not_due_are_not_read_one_by_one(make_message: MakeMessage) -> None:
    message = make_message(not_before=now() + timedelta(days=1))
    db.session.execute(
        text("""
            INSERT INTO messages (company_id, id, run_id, campaign_id, method, data_source_id, row_number, channel,
                endpoint, person, doctor, body, units, status, day, not_before, zone, attempts, created_at)
            SELECT company_id, gen_random_uuid(), run_id, campaign_id, method, data_source_id, row_number, channel,
                endpoint, person, doctor, body, units, status, day, not_before, zone, attempts, created_at
            FROM messages, generate_series(1, 2000) WHERE id = :id
        """),
        {"id": message.id},
    )
    db.session.execute(text("ANALYZE messages"))
    db.session.commit()

    assert _rows_read_of_messages() < 10


def _rows_read_of_messages() -> int:
    """Rows of the table that the sweep's statement touches, as PostgreSQL itself counts them."""
    values = {"instant": now(), "expected": now(), "offered": ["sms", "email"], "asked": ["sms"], "most": 10}
    with tenancy.everywhere():
        explained = text(f"EXPLAIN (ANALYZE, FORMAT JSON) {due_module._DUE_COMPANIES.text}")
        (plan,) = db.session.execute(explained, values).scalar_one()
    db.session.rollback()
    return _read(plan["Plan"])


def _read(node: dict[str, Any]) -> int:
    own = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    below = sum(_read(child) for child in node.get("Plans", ()))
    return int(own if node.get("Relation Name") == "messages" else 0) + below


def test_the_next_thing_to_do_is_known(make_message: MakeMessage) -> None:
    assert next_due() is None
    lease, retry = now() + timedelta(minutes=1), now() + timedelta(minutes=2)
    make_message(not_before=retry)
    assert next_due() == retry
    make_message(row_number=3, status=MessageStatus.SENDING, lease_until=lease)
    assert next_due() == lease
