"""Does what workers would, in the test's own process: real jobs from real Redis, one after the other."""

import time
from datetime import timedelta

from flask import Flask
from rq import Queue
from rq.worker import SimpleWorker

from app import jobs
from app.clock import now
from app.extensions import db, redis
from app.jobs import JobQueue

_SOON = timedelta(seconds=10)
_WORK = (JobQueue.INGEST, JobQueue.QUEUE, JobQueue.SEND, JobQueue.RECEIPTS)


def work_until_idle(app: Flask) -> None:
    """Takes jobs until none is waiting. A job that fails fails the test."""
    with app.app_context():
        while waiting := _waiting():
            for queue in waiting:
                worker = SimpleWorker([queue], connection=redis())
                worker.work(burst=True, logging_level="ERROR")
                failed = queue.failed_job_registry.get_job_ids(cleanup=False)
                assert not failed, [queue.fetch_job(id_).latest_result().exc_string for id_ in failed]  # type: ignore[union-attr]
        db.session.remove()


def _waiting() -> list[Queue]:
    """The queues that hold jobs now, or will when the scheduler hands out what is wanted within seconds."""
    while not (waiting := [queue for queue in _queues() if queue.count]):
        due = jobs.next_planned(redis())
        if due is None or due > now() + _SOON:
            break
        time.sleep(max((due - now()).total_seconds(), 0.0))
        jobs.hand_out_planned(redis())
    return waiting


def _queues() -> list[Queue]:
    return [Queue(name.value, connection=redis()) for name in _WORK]
