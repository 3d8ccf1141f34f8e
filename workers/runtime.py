"""Starts one RQ worker: `python -m workers.runtime QUEUE`.

The application and the queue's jobs are imported before the worker forks, so a job finds them ready. A worker listens
to one queue: with several, RQ pops with BLPOP and a worker killed at that instant loses the job.
"""

import ctypes
import os
import signal
import sys
from importlib import import_module
from types import FrameType

from flask import Flask
from redis import Redis
from rq import Queue
from rq.job import Job
from rq.worker import HerokuWorker

from app import create_app, turns
from app.extensions import db
from app.jobs import QUEUE_OF, JobQueue
from workers.sweeps import SWEEPS

_HEARTBEAT_MARGIN_SECONDS = 15
_PR_SET_PDEATHSIG = 1


class CarillonWorker(HerokuWorker):
    """An RQ worker whose jobs run inside the application, and whose work horse dies with it.

    HerokuWorker gives a job six seconds after SIGTERM; ours is told, ends its turn between two steps, and asks for the
    next turn, which another worker gets. A horse that outlived a killed worker would
    go on while another worker starts the same job; dying with its parent rules that out.
    """

    application: Flask

    def get_heartbeat_ttl(self, job: Job) -> int:
        """Seconds after which a silent job counts as abandoned: sooner than RQ's own minute."""
        return int(self.job_monitoring_interval) + _HEARTBEAT_MARGIN_SECONDS

    def setup_work_horse_signals(self) -> None:
        """Runs in the horse, just after the fork."""
        super().setup_work_horse_signals()  # type: ignore[no-untyped-call]
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != self.pid:  # killed before the horse could ask for its signal
                os.kill(os.getpid(), signal.SIGKILL)

    def request_stop_sigrtmin(self, signum: int, frame: FrameType | None) -> None:
        """Runs in the horse, when the worker was told to stop."""
        turns.end_early()
        super().request_stop_sigrtmin(signum, frame)  # type: ignore[no-untyped-call]

    def perform_job(self, job: Job, queue: Queue) -> bool:
        """Runs the job inside an application context of its own."""
        with self.application.app_context():
            # connections that the parent may hold must not be shared across the fork
            db.engine.dispose(close=False)
            return bool(super().perform_job(job, queue))


def work(queue: JobQueue, application: Flask, *, burst: bool = False) -> bool:
    """Works `queue` until told to stop, or until it is empty with `burst`. True when there was a job."""
    connection = Redis.from_url(application.config["SETTINGS"].redis_url)
    worker = CarillonWorker(
        [queue.value],
        connection=connection,
        worker_ttl=30,
        maintenance_interval=10,
        job_monitoring_interval=5,
    )
    worker.application = application
    return bool(worker.work(burst=burst, logging_level="WARNING"))


def main(arguments: list[str]) -> int:
    """Exit status 2 for an unknown queue."""
    if len(arguments) != 1 or arguments[0] not in set(JobQueue):
        print(f"usage: python -m workers.runtime {{{','.join(JobQueue)}}}", file=sys.stderr)  # noqa: T201
        return 2
    queue = JobQueue(arguments[0])
    for path in _functions_of(queue):
        import_module(path.rpartition(".")[0])
    work(queue, create_app())
    return 0


def _functions_of(queue: JobQueue) -> list[str]:
    if queue is JobQueue.PERIODIC:
        return list(SWEEPS)
    return [job.value for job, its_queue in QUEUE_OF.items() if its_queue is queue]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
