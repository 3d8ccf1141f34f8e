"""The inbox keeps what came, once, whatever it holds; what cannot be applied is set aside."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rq import Queue
from sqlalchemy import update

from app import tenancy
from app.campaigns.definition import Definition
from app.clock import now
from app.extensions import db, redis
from app.jobs import JobQueue
from app.models import (
    Campaign,
    CampaignVersion,
    Company,
    DataSource,
    Message,
    MessageStatus,
    Receipt,
    ReceiptKind,
    ReceiptOutcome,
    Run,
    new_id,
)
from app.receipts import inbox
from app.receipts.apply import apply_pending, companies_with_pending
from app.receipts.incoming import Incoming, MalformedError
from tests import factories
from tests.receipts import rows
from workers.receipts import apply_receipts


def event(key: str = "1", **payload: Any) -> Incoming:
    return Incoming("sendgrid", ReceiptKind.STATUS, key, new_id(), None, payload)


def test_a_batch_is_stored_in_its_order_without_its_repeats(company: Company) -> None:
    assert inbox.store([event("b"), event("a"), event("b")]) == 2
    assert inbox.store([event("a"), event("c")]) == 1
    assert [receipt.event_key for receipt in rows.receipts()] == ["b", "a", "c"]


def test_two_companies_may_hear_of_the_same_key(company: Company, other_company: Company) -> None:
    assert inbox.store([event()]) == 1
    with tenancy.company(other_company.id):
        assert inbox.store([event()]) == 1


def test_an_unknown_company_has_no_inbox(company: Company) -> None:
    with tenancy.company(new_id()), pytest.raises(inbox.UnknownCompanyError):
        inbox.store([event()])


def test_what_postgresql_cannot_hold_is_replaced(company: Company) -> None:
    inbox.store([event(reason="a\0b\ud800c", score=float("inf"))])
    assert rows.receipts()[0].payload == {"reason": "a\ufffdb?c", "score": "inf"}


def test_what_nests_too_deeply_is_malformed(company: Company) -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(MalformedError):
        inbox.store([event(deep=deep)])


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers(-(10**18), 10**18) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["event", "timestamp", "type", "status", "reason", "MessageStatus", "ErrorCode", "From", "To", "Body"]
VALUES = JSON | st.sampled_from(["delivered", "bounce", "open", "failed", "messenger:1", "sms:1"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    payload=st.dictionaries(st.sampled_from(FIELDS) | st.text(), VALUES),
    provider=st.sampled_from(["twilio", "sendgrid", "carillon"]),
    kind=st.sampled_from(ReceiptKind),
)
def test_nothing_that_comes_in_holds_up_what_comes_after(
    run: Run, source: DataSource, payload: dict[str, Any], provider: str, kind: ReceiptKind
) -> None:
    message = rows.message(run, source.id)
    inbox.store([Incoming(provider, kind, str(new_id()), message.id, None, payload)])
    after = rows.message(run, source.id)
    rows.twilio_status(after, "delivered", sid=f"SM{after.id}")
    rows.apply()
    assert rows.fresh(after).status is MessageStatus.DELIVERED


def test_a_reply_that_cannot_be_applied_is_set_aside(run: Run, source: DataSource) -> None:
    broken = factories.run(_campaign_with_unreadable_options(source))
    rows.message(broken, source.id, endpoint="+12025550150")
    rows.message(run, source.id)
    rows.text_from("+12025550151", "hello")
    rows.text_from("+12025550150", "C")
    rows.text_from(rows.PHONE, "C")
    assert rows.apply() == 3
    assert [receipt.outcome for receipt in rows.receipts()] == [
        ReceiptOutcome.NO_MESSAGE,
        ReceiptOutcome.NOT_UNDERSTOOD,
        ReceiptOutcome.APPLIED,
    ]
    assert len(rows.replies()) == 2


def _campaign_with_unreadable_options(source: DataSource) -> Campaign:
    campaign = factories.campaign(Definition(), [source])
    db.session.execute(
        update(CampaignVersion)
        .where(CampaignVersion.campaign_id == campaign.id)
        .values(definition={"responses": {"confirm": 7}})
    )
    db.session.commit()
    return campaign


def test_applying_stops_at_its_deadline(run: Run, source: DataSource) -> None:
    rows.twilio_status(rows.message(run, source.id), "delivered")
    assert apply_pending(now() - timedelta(seconds=1)) == 0
    assert rows.receipts()[0].applied_at is None


def test_the_sweep_finds_the_companies_that_wait(company: Company, other_company: Company) -> None:
    assert companies_with_pending(10) == []
    with tenancy.company(other_company.id):
        inbox.store([event()])
    assert companies_with_pending(10) == [other_company.id]


def test_the_job_applies_its_own_company_s_events_only(run: Run, source: DataSource, other_company: Company) -> None:
    message: Message = rows.message(run, source.id)
    rows.twilio_status(message, "delivered")
    with tenancy.company(other_company.id):
        inbox.store([event()])
    apply_receipts(str(message.company_id))
    assert rows.fresh(message).status is MessageStatus.DELIVERED
    with tenancy.company(other_company.id):
        [waiting] = db.session.scalars(tenancy.rows(Receipt)).all()
        assert waiting.applied_at is None


def test_a_job_whose_slice_is_over_asks_for_another(
    app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update={"slice_seconds": 0}))
    apply_receipts(str(company.id))
    assert Queue(JobQueue.RECEIPTS, connection=redis()).count == 1


def test_a_job_that_found_the_end_asks_for_nothing(company: Company) -> None:
    apply_receipts(str(company.id))
    assert Queue(JobQueue.RECEIPTS, connection=redis()).count == 0
