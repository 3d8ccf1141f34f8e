"""Runs for tests: lists of patients, and what became of them."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from app import tenancy
from app.campaigns.definition import Definition
from app.campaigns.fire import fire
from app.clock import now
from app.extensions import db
from app.models import (
    DataSource,
    Failure,
    Message,
    Run,
    RunPart,
    RunUntil,
    Tally,
    TallyKind,
)
from app.queueing.engine import queue_slice
from tests import factories
from tests.queueing.line_of import DEFINITION

VISIT = ("12/24/2099", "9:00 AM")


def patient(number: int, **changes: str) -> list[str]:
    """A patient of their own for each number below 10,000."""
    cells = {
        "patient_name": f"EXAMPLE, ANN {number}",
        "cell_phone": f"202-555-{number:04}" if number < 10_000 else "",
        "e_mail": f"ann{number}@clinic.example",
        "provider": "Dr. Bell",
        "appt_date": VISIT[0],
        "appt_time": VISIT[1],
    }
    return list((cells | changes).values())


def patients(count: int, first: int = 0) -> DataSource:
    """A loaded list of so many patients; row numbers start at 2."""
    return factories.source([patient(number) for number in range(first, first + count)])


def fired(source: DataSource, definition: Definition = DEFINITION, until: RunUntil = RunUntil.DELIVERING) -> Run:
    """A run of a new campaign over one file."""
    return fire(factories.campaign(definition, [source]).id, until=until)


def worked(run: Run, seconds: float = 60) -> bool:
    """Works on a run in this thread, and reads it again; True if there was more to do when time was up."""
    more = queue_slice(run.id, now() + timedelta(seconds=seconds))
    db.session.refresh(run)
    return more


@contextmanager
def limits(app: Flask, **changes: object) -> Iterator[None]:
    """The application with some settings changed."""
    usual = app.config["SETTINGS"]
    app.config["SETTINGS"] = usual.model_copy(update=changes)
    try:
        yield
    finally:
        app.config["SETTINGS"] = usual


def work_elsewhere(app: Flask, company_id: UUID, run_id: UUID) -> None:
    """What a worker does, in a thread of its own."""
    with app.app_context(), tenancy.company(company_id):
        queue_slice(run_id, now() + timedelta(seconds=60))


def messages_of(run: Run) -> list[Message]:
    """In the order of their rows."""
    return list(
        db.session.scalars(
            tenancy.rows(Message).where(Message.run_id == run.id).order_by(Message.row_number, Message.method),
            execution_options={"populate_existing": True},
        )
    )


def failures_of(run: Run) -> list[Failure]:
    """In the order of their rows."""
    return list(
        db.session.scalars(
            tenancy.rows(Failure).where(Failure.run_id == run.id).order_by(Failure.row_number, Failure.method),
            execution_options={"populate_existing": True},
        )
    )


def counted(run: Run) -> dict[tuple[str, str, str], int]:
    """The run's counts by method, stage and code."""
    found = db.session.execute(
        select(Tally.method, Tally.stage, Tally.code, func.sum(Tally.n))
        .where(Tally.run_id == run.id, Tally.kind.in_([TallyKind.MESSAGE, TallyKind.FAILURE]))
        .group_by(Tally.method, Tally.stage, Tally.code)
    )
    return {(method, stage, code): int(n) for method, stage, code, n in found if n}


def assert_adds_up(run: Run, methods: int = 2) -> None:
    """Every record has exactly one outcome on each method, and the counts say what the tables hold."""
    messages, failures = messages_of(run), failures_of(run)
    outcomes = Counter((each.row_number, each.method) for each in (*messages, *failures))
    assert len(outcomes) == run.records_total * methods
    assert set(outcomes.values()) <= {1}
    held = Counter((message.method, "", message.status.value) for message in messages)
    held.update((failure.method, failure.stage.value, failure.code) for failure in failures)
    assert counted(run) == dict(held)
    assert not db.session.scalar(
        select(func.count()).select_from(RunPart).where(RunPart.run_id == run.id, ~RunPart.done)
    )
