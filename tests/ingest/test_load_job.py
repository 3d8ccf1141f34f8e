"""The ingest job, in processes that get killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask
from rq import Queue

from app.extensions import redis
from app.ingest.uploads import request_load
from app.jobs import JobQueue
from app.models import Company, SourceStatus
from tests.ingest.lists import numbered, records_of, state_of, uploaded
from workers.ingest import load_file

ROOT = Path(__file__).parents[2]


def waiting_jobs() -> list[tuple[str, ...]]:
    return [tuple(job.args) for job in Queue(JobQueue.INGEST.value, connection=redis()).jobs]


def settled(app: Flask, monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update=changes))


def loading_process(app: Flask, company_id: object, source_id: object) -> subprocess.Popen[bytes]:
    """A process that runs the job as a worker does, ten rows a transaction."""
    settings = app.config["SETTINGS"]
    environment = os.environ | {
        "CARILLON_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "STORAGE_URL": settings.storage_url,
        "INGEST_BATCH_ROWS": "10",
    }
    program = (
        "from app import create_app\n"
        "from workers.ingest import load_file\n"
        "with create_app().app_context():\n"
        f"    load_file('{company_id}', '{source_id}')\n"
    )
    return subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=environment)


@pytest.mark.stack
def test_a_killed_loading_goes_on_where_it_was(app: Flask, company: Company) -> None:
    rows = 20_000
    source = uploaded(numbered(rows))
    for further in (1, 2):
        before = state_of(company.id, source.id).position_row
        process = loading_process(app, company.id, source.id)
        while state_of(company.id, source.id).position_row < before + 100 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, f"kill {further} came too late"
    killed = state_of(company.id, source.id)
    assert killed.status is SourceStatus.LOADING
    assert killed.rows_loaded == len(records_of(source)) < rows
    load_file(str(company.id), str(source.id))
    assert records_of(source) == [(number, [str(number), f"name {number}"]) for number in range(2, rows + 2)]
    assert state_of(company.id, source.id).rows_loaded == rows


def test_a_job_whose_time_is_up_puts_itself_at_the_tail(
    app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(app, monkeypatch, ingest_batch_rows=10, slice_seconds=-1.0)
    first, second = (uploaded(numbered(15)) for _ in range(2))
    request_load(first.id)
    request_load(second.id)
    Queue(JobQueue.INGEST.value, connection=redis()).pop_job_id()  # as the worker that took it has
    load_file(str(company.id), str(first.id))
    assert waiting_jobs() == [(str(company.id), str(second.id)), (str(company.id), str(first.id))]


def test_a_job_that_is_done_asks_for_nothing_more(company: Company) -> None:
    source = uploaded(numbered(15))
    load_file(str(company.id), str(source.id))
    load_file(str(company.id), str(source.id))
    assert waiting_jobs() == []
    assert len(records_of(source)) == 15
