"""What tests of requeueing have in common: runs that fail, corrections, and what must have come of a requeue."""

from app.campaigns.definition import Definition
from app.campaigns.requeue import requeue_matching
from app.clock import now
from app.delivery.transitions import Change, advance
from app.extensions import db
from app.failures import FailureFilter
from app.models import (
    DataSource,
    Failure,
    FailureStage,
    MessageStatus,
    Run,
)
from app.queueing.correcting import correct
from app.reporting.questions import Reason
from tests import factories
from tests.queueing.line_of import SMS, definition
from tests.queueing.runs import (
    counted,
    failures_of,
    fired,
    messages_of,
    patient,
    worked,
)

SMS_ONLY = definition(methods=(SMS,))
NO_PHONE = Reason(FailureStage.VALIDATE, "phone_invalid")


def wrong(count: int, first: int = 0) -> DataSource:
    """A list of people whose phones are no phones."""
    return factories.source([patient(n, cell_phone="none") for n in range(first, first + count)])


def walked(source: DataSource, of: Definition = SMS_ONLY) -> Run:
    """A run of a new campaign that has been queued."""
    run = fired(source, of)
    worked(run)
    return run


def corrected(run: Run) -> list[Failure]:
    """The run's failures, each with a phone of its own instead of none."""
    return [correct(each.id, {"cell_phone": f"202-555-{each.row_number:04}"}, None) for each in failures_of(run)]


def requeued_by_reason(run: Run, reason: Reason = NO_PHONE) -> Run:
    again = requeue_matching(FailureFilter(run_id=run.id, stage=reason.stage, code=reason.code), None)
    worked(again)
    return again


def assert_all_came_of_it(again: Run, number: int) -> None:
    """A requeue made one message or failure of each of so many failures, and its counts say so."""
    messages, failures = messages_of(again), failures_of(again)
    outcomes = [(each.data_source_id, each.row_number, each.method) for each in (*messages, *failures)]
    assert len(outcomes) == len(set(outcomes)) == number == again.records_total
    assert sum(counted(again).values()) == number


def ended(run: Run, *changes: MessageStatus, code: str | None = None, provider_id: str | None = "SM1") -> Failure:
    """The failure of the run's one message after it took these steps."""
    (message,) = messages_of(run)
    for status in changes:
        advance([Change(message.id, status, now(), provider_id, code)])
        db.session.commit()
    (failure,) = failures_of(run)
    return failure
