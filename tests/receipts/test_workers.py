"""Several workers at one company's inbox: everything is applied, once."""

import contextvars
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import tenancy
from app.clock import now
from app.extensions import db
from app.models import DataSource, Disposition, Message, MessageStatus, Run, TallyKind
from app.receipts import apply as stage
from tests.receipts import rows

PEOPLE = 40


def work(app: Flask, company_id: UUID) -> int:
    """What a worker does, in a thread that knows of no company yet."""

    def one() -> int:
        with app.app_context(), tenancy.company(company_id):
            return stage.apply_pending(now() + timedelta(seconds=30))

    return contextvars.Context().run(one)


def test_two_workers_apply_each_event_once(
    app: Flask, run: Run, source: DataSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    # small batches, so that they really work side by side
    monkeypatch.setattr(stage, "_BATCH", dict.fromkeys(stage._BATCH, 7))
    company_id = run.company_id
    for number in range(PEOPLE):
        phone = f"+120255501{number:02d}"
        message = rows.message(run, source.id, endpoint=phone, person=f"Person {number}", row_number=2 + number % 2)
        for status in ("sent", "delivered", "read"):
            rows.twilio_status(message, status, sid=f"SM{number}")
        rows.text_from(phone, "C")
    with ThreadPoolExecutor(2) as pool:
        settled = sum(pool.map(lambda _: work(app, company_id), range(2)))
    assert settled == 4 * PEOPLE
    db.session.rollback()
    found = db.session.execute(
        select(Message.status, Message.disposition, func.count())
        .where(Message.company_id == company_id)
        .group_by(Message.status, Message.disposition)
    )
    assert [tuple(row) for row in found] == [(MessageStatus.READ, Disposition.CONFIRMED, PEOPLE)]
    assert rows.counts(TallyKind.MESSAGE) == {"read": PEOPLE}
    assert rows.counts(TallyKind.DISPOSITION) == {"confirmed": 2}
    assert len(rows.replies()) == PEOPLE
