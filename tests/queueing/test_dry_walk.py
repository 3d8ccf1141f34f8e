"""A dry run counts what a real run would make of the same list, whatever happens on the way, and writes nothing."""

import os
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from rq.timeouts import JobTimeoutException
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app import suppressions, tenancy
from app.campaigns.definition import ContactWindow, Definition
from app.campaigns.dry_runs import lay_out_dry_run
from app.campaigns.editing import change_campaign, create_campaign, definition_of
from app.campaigns.fire import fire
from app.campaigns.lifecycle import mark_ready
from app.clock import now
from app.extensions import db
from app.ingest.loader import load_slice
from app.models import (
    Campaign,
    Channel,
    Company,
    DataSource,
    DryRun,
    DryRunKey,
    DryRunStatus,
    Failure,
    Message,
    Run,
    SuppressionSource,
    Tally,
)
from app.queueing import dry_walk
from app.queueing.dry_walk import dry_slice
from app.queueing.forecast import Forecast
from app.receipts.links import Choice, answer_url, lifeless_url
from bench.make_sample import write_sample
from tests import factories
from tests.ingest.lists import uploaded
from tests.queueing.line_of import DEFINITION, SMS, definition, sms_saying
from tests.queueing.runs import counted, failures_of, fired, limits, messages_of, patient, patients, worked

WAITING = ContactWindow(weekdays=frozenset({(now() + timedelta(days=2)).isoweekday()}))
"""Nothing goes out before the day after tomorrow, so that the hours do not depend on when one asks."""

Counts = dict[tuple[str, str, str], int]


def laid_out(*sources: DataSource, of: Definition = DEFINITION) -> DryRun:
    """A dry run that nobody has walked yet."""
    return lay_out_dry_run(factories.campaign(of, sources).id, None)


def walked(dry_run: DryRun, seconds: float = 60) -> Forecast:
    """Works on a dry run in this thread, and reads what it has counted."""
    dry_slice(dry_run.id, now() + timedelta(seconds=seconds))
    db.session.refresh(dry_run)
    return Forecast.model_validate(dry_run.forecast)


def walk_elsewhere(app: Flask, company_id: UUID, dry_run_id: UUID) -> None:
    """What a worker does, in a process or thread of its own."""
    with app.app_context(), tenancy.company(company_id):
        while dry_slice(dry_run_id, now() + timedelta(seconds=60)):
            pass


def foretold(forecast: Forecast) -> Counts:
    """By method, stage and code, as `counted` counts a run's."""
    counts = {(part.method, "", "queued"): part.messages for part in forecast.methods if part.messages}
    for part in forecast.methods:
        counts |= {(part.method, reason.stage.value, code): reason.n for code, reason in part.reasons.items()}
    return counts


def assert_is_what_became(forecast: Forecast, run: Run) -> None:
    """The counts, the segments, the days and the hours are those of the run."""
    messages = messages_of(run)
    assert foretold(forecast) == counted(run)
    assert (forecast.messages, forecast.failures) == (len(messages), len(failures_of(run)))
    for part in forecast.methods:
        mine = [message for message in messages if message.method == part.method]
        assert part.units == sum(message.units for message in mine)
        assert part.days == Counter(message.day for message in mine)
        hours = [message.not_before for message in mine]
        assert (part.first_at, part.last_at) == (min(hours), max(hours))


def kept_keys() -> int:
    return db.session.scalar(select(func.count()).select_from(DryRunKey)) or 0


@pytest.fixture
def sample(company: Company, tmp_path: Path) -> DataSource:
    """A loaded list with the faults of real ones."""
    path = tmp_path / "appointments.csv"
    write_sample(path, 400, 7, date.today() + timedelta(days=3))  # noqa: DTZ011  the list's dates are the clinic's own
    source = uploaded(path.read_bytes())
    load_slice(company.id, source.id, now() + timedelta(seconds=60))
    db.session.refresh(source)
    return source


@pytest.fixture
def campaign(company: Company, sample: DataSource) -> Campaign:
    """What is suggested for the list, with notes that make some of the texts long."""
    factories.sender(Channel.SMS, "+12025550100")
    factories.sender(Channel.EMAIL, "reminders@clinic.example")
    made = create_campaign("Reminders", None, files=[sample.id])
    suggested = definition_of(made)
    methods = tuple(
        method.model_copy(
            update={"content": method.content.model_copy(update={"text": method.content.text + "\n{{ notes }}"})}
        )
        for method in suggested.methods
    )
    wanted = suggested.model_copy(update={"methods": methods, "window": WAITING})
    return change_campaign(made.id, None, definition=wanted)


def test_it_counts_what_a_run_over_the_same_faulty_list_makes(app: Flask, campaign: Campaign) -> None:
    with limits(app, queue_batch_records=70):
        dry_run = lay_out_dry_run(campaign.id, None)
        forecast = walked(dry_run)
        mark_ready(campaign.id)
        run = fire(campaign.id)
        worked(run)
    assert (dry_run.status, dry_run.records_done) == (DryRunStatus.FINISHED, 400)
    assert {code for part in forecast.methods for code in part.reasons} >= {
        *("phone_invalid", "phone_missing", "email_invalid", "email_missing", "duplicate"),
    }
    assert forecast.messages + forecast.failures == 400 * len(forecast.methods)
    assert forecast.units > forecast.messages
    assert_is_what_became(forecast, run)


def test_it_leaves_nothing_behind_but_its_counts(company: Company) -> None:
    dry_run = laid_out(patients(5))
    forecast = walked(dry_run)
    assert forecast.messages == 10
    for model in (Message, Failure, Tally, DryRunKey):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    assert dry_run.finished_at is not None
    run = fired(patients(5))
    worked(run)
    assert len(messages_of(run)) == 10, "no key of a real message is taken"


def test_repeats_within_the_list_are_told_from_repeats_of_messages(app: Flask, company: Company) -> None:
    worked(fired(patients(2)))
    first = factories.source([patient(0), patient(5), patient(6), patient(5)])
    second = factories.source([patient(6), patient(1), patient(7)])
    with limits(app, queue_batch_records=2):
        forecast = walked(laid_out(first, second))
    for part in forecast.methods:
        assert (part.messages, part.repeats_in_list, part.repeats_of_messages) == (3, 2, 2)
        assert part.reasons["duplicate"].n == 4


def test_the_first_record_that_fails_for_a_reason_is_its_example(company: Company) -> None:
    source = factories.source([patient(1), patient(2, cell_phone="none"), patient(3, cell_phone="nil")])
    (part,) = walked(laid_out(source, of=definition(methods=(SMS,)))).methods
    example = part.reasons["phone_invalid"].example
    assert (example.file_id, example.row_number, example.facts) == (source.id, 3, {"value": "none"})


def test_people_who_opted_out_are_counted_out(company: Company) -> None:
    suppressions.suppress(Channel.SMS, "+12025550001", SuppressionSource.PERSON, "asked")
    forecast = walked(laid_out(patients(3)))
    assert foretold(forecast) == {
        ("sms", "", "queued"): 2,
        ("sms", "suppress", "suppressed"): 1,
        ("email", "", "queued"): 3,
    }


def test_a_scheduled_campaign_is_counted_as_of_its_next_time(company: Company) -> None:
    at = now() + timedelta(days=40)
    scheduled = DEFINITION.model_validate(
        DEFINITION.model_dump() | {"schedule": {"kind": "once", "at": at.isoformat()}}
    )
    dry_run = laid_out(patients(1), of=scheduled)
    forecast = walked(dry_run)
    assert dry_run.fires_at == at
    assert forecast.first_at is not None
    assert forecast.first_at >= at


def test_links_are_as_long_as_real_ones_and_lead_nowhere(app: Flask, company: Company) -> None:
    real = answer_url("secret", "http://carillon.test", company.id, UUID(int=1), Choice.STOP)
    assert len(lifeless_url("http://carillon.test")) == len(real)
    saying = definition(methods=(sms_saying("x" * 45 + " {{ links.confirm }}"),), window=WAITING)
    dry_run = laid_out(patients(1), of=saying)
    forecast = walked(dry_run)
    run = fired(patients(1), saying)
    worked(run)
    assert_is_what_became(forecast, run)
    token = lifeless_url("").removeprefix("/a/")
    assert app.test_client().get(f"/a/{token}").status_code == 404


def test_a_slice_ends_at_its_deadline_and_the_next_goes_on(app: Flask, company: Company) -> None:
    with limits(app, queue_batch_records=2):
        dry_run = laid_out(patients(5))
        assert walked(dry_run, seconds=0).messages == 4
        assert (dry_run.status, dry_run.records_done, kept_keys()) == (DryRunStatus.RUNNING, 2, 4)
        assert walked(dry_run).messages == 10
    assert (dry_run.status, kept_keys()) == (DryRunStatus.FINISHED, 0)


def test_one_that_is_over_has_nothing_to_do(company: Company) -> None:
    dry_run = laid_out(patients(2))
    before = walked(dry_run)
    assert walked(dry_run) == before


def test_two_workers_at_one_dry_run_count_everything_once(app: Flask, company: Company) -> None:
    with limits(app, queue_batch_records=5):
        dry_run = laid_out(factories.source([patient(number % 90) for number in range(120)]))
        with ThreadPoolExecutor(2) as workers:
            for done in [workers.submit(walk_elsewhere, app, company.id, dry_run.id) for _ in range(2)]:
                done.result()
        forecast = walked(dry_run)
    assert (dry_run.status, dry_run.records_done) == (DryRunStatus.FINISHED, 120)
    assert foretold(forecast)[("sms", "", "queued")] == 90
    assert foretold(forecast)[("sms", "deduplicate", "duplicate")] == 30


def test_a_worker_leaves_a_dry_run_that_another_is_at(app: Flask, company: Company) -> None:
    dry_run = laid_out(patients(3))
    tenancy.get(DryRun, dry_run.id, for_update=True)
    with ThreadPoolExecutor(1) as workers:
        workers.submit(walk_elsewhere, app, company.id, dry_run.id).result(timeout=10)
    db.session.rollback()
    assert dry_run.records_done == 0


def test_a_worker_that_is_killed_loses_and_doubles_nothing(app: Flask, company: Company) -> None:
    source = factories.source([patient(number % 350) for number in range(400)])
    waiting = definition(window=WAITING)
    with limits(app, queue_batch_records=2):
        dry_run = laid_out(source, of=waiting)
        child = os.fork()
        if child == 0:
            db.engine.dispose(close=False)
            walk_elsewhere(app, company.id, dry_run.id)
            os._exit(0)
        while dry_run.records_done < 10:
            time.sleep(0.01)
            db.session.refresh(dry_run)
            db.session.rollback()
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        db.session.refresh(dry_run)
        assert dry_run.records_done < 400
        forecast = walked(dry_run)
    assert forecast == walked(laid_out(source, of=waiting))
    assert (dry_run.records_done, forecast.messages, forecast.failures) == (400, 700, 100)


def test_an_error_makes_it_failed_and_is_not_hidden(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ArithmeticError

    dry_run = laid_out(patients(3))
    with monkeypatch.context() as moment:
        moment.setattr(dry_walk, "outcomes_of", broken)
        with pytest.raises(ArithmeticError):
            walked(dry_run)
    db.session.refresh(dry_run)
    assert (dry_run.status, dry_run.finished_at is not None) == (DryRunStatus.FAILED, True)
    assert walked(dry_run).messages == 0


@pytest.mark.parametrize(
    "passing",
    [OperationalError("SELECT", {}, Exception("gone")), PoolTimeoutError(), JobTimeoutException()],
    ids=["database gone", "pool exhausted", "out of time"],
)
def test_what_passes_does_not_end_it(company: Company, monkeypatch: pytest.MonkeyPatch, passing: Exception) -> None:
    def away(*_: object) -> None:
        raise passing

    dry_run = laid_out(patients(3))
    with monkeypatch.context() as moment:
        moment.setattr(dry_walk, "outcomes_of", away)
        with pytest.raises(type(passing)):
            walked(dry_run)
    assert walked(dry_run).messages == 6


def test_another_companys_dry_run_is_nobodys(company: Company, other_company: Company) -> None:
    with tenancy.company(other_company.id):
        theirs = laid_out(patients(3)).id
    assert dry_slice(theirs, now() + timedelta(seconds=60)) is False
    with tenancy.company(other_company.id):
        assert tenancy.get(DryRun, theirs).records_done == 0
