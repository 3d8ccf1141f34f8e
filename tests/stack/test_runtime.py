"""A worker in a process of its own, and what becomes of its job when it is told to stop or killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from rq import Queue, Retry
from rq.job import Job

from app.extensions import redis
from app.jobs import JobQueue
from app.models import User
from tests.stack.conftest import ROOT, eventually, is_running, program

pytestmark = pytest.mark.stack

Worker = "subprocess.Popen[bytes]"


@pytest.fixture
def worker(environment: dict[str, str], tmp_path: Path) -> Iterator[Worker]:
    """A worker of the receipts queue."""
    with program(environment, tmp_path / "worker.log", "workers.runtime", JobQueue.RECEIPTS) as process:
        yield process


def queue() -> Queue:
    return Queue(JobQueue.RECEIPTS.value, connection=redis())


def given(probe: str) -> Job:
    return queue().enqueue(f"tests.stack.probes.{probe}", retry=Retry(max=3))


def horse() -> int:
    """The process id of the job that never ends."""
    return int(eventually(lambda: redis().lindex("probe:pids", -1)))


def test_a_job_runs_inside_the_application_in_a_process_of_its_own(app: Flask, worker: Worker) -> None:
    given("tell_surroundings")
    told = eventually(lambda: redis().hgetall("probe"))
    assert told[b"database"].decode() in app.config["SETTINGS"].database_url
    assert told[b"application"] == b"app"
    assert int(told[b"pid"]) != worker.pid


def test_a_job_dies_with_its_killed_worker_and_is_given_again_soon(app: Flask, worker: Worker) -> None:
    job = given("never_end")
    working = horse()
    worker.kill()
    eventually(lambda: not is_running(working), 2.0)
    started = queue().started_job_registry
    assert job.id in started
    # as another worker finds it that looks after the last sign of life has run out
    started.cleanup(time.time() + 21)
    assert queue().job_ids == [job.id]


def test_a_worker_that_is_told_to_stop_puts_its_job_back(app: Flask, worker: Worker) -> None:
    job = given("never_end")
    working = horse()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(40) == 0
    assert not is_running(working)
    assert queue().job_ids == [job.id]


def test_a_job_that_fails_is_tried_again_and_then_kept_for_somebody_to_look_at(
    app: Flask, worker: Worker, tmp_path: Path
) -> None:
    job = given("no_such_probe")
    failed = queue().failed_job_registry
    eventually(lambda: failed.get_job_ids(cleanup=False) == [job.id])
    assert (tmp_path / "worker.log").read_text().count("no_such_probe") >= 4


def test_a_job_that_the_database_refuses_leaves_no_personal_data_behind(
    app: Flask, worker: Worker, tmp_path: Path, owner: User
) -> None:
    redis().set("probe:taken", owner.email)
    job = queue().enqueue("tests.stack.probes.break_a_rule")
    eventually(job.latest_result)
    kept = str(job.latest_result().exc_string)
    logged = (tmp_path / "worker.log").read_text()
    for words in (kept, logged):
        assert "uq_users_email" in words
        assert owner.email not in words


def test_there_is_no_worker_for_an_unknown_queue() -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "workers.runtime", "nonsense"],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 2
    assert "{ingest,queue,send,receipts,periodic}" in asked.stderr
