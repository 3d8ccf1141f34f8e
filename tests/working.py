"""Does what workers would, in the test's own process: real jobs from real Redis, one after the other."""

from flask import Flask
from rq import Queue
from rq.worker import SimpleWorker

from app.extensions import db, redis
from app.jobs import JobQueue

_WORK = (JobQueue.INGEST, JobQueue.QUEUE, JobQueue.SEND, JobQueue.RECEIPTS)


def work_until_idle(app: Flask) -> None:
    """Takes jobs until none is waiting. A job that fails fails the test."""
    with app.app_context():
        while waiting := [queue for queue in _queues() if queue.count]:
            for queue in waiting:
                worker = SimpleWorker([queue], connection=redis())
                worker.work(burst=True, logging_level="ERROR")
                failed = queue.failed_job_registry.get_job_ids(cleanup=False)
                assert not failed, [queue.fetch_job(id_).latest_result().exc_string for id_ in failed]  # type: ignore[union-attr]
        db.session.remove()


def _queues() -> list[Queue]:
    return [Queue(name.value, connection=redis()) for name in _WORK]
