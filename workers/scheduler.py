"""Starts rq-scheduler with the sweeps in it: `python -m workers.scheduler`.

Stock rq-scheduler can lose a periodic job (killed between its three commands), stops for good on one unreadable job
and exits when Redis blinks. This form moves a job in one transaction, drops what cannot be read, puts back any sweep
that is missing at every round (Redis may have been emptied), and starts again when Redis returns. Two may run at
once: rq-scheduler's own lock lets one of them enqueue.
"""

import time
from datetime import UTC, datetime

import structlog
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from rq.job import Job
from rq_scheduler import Scheduler

from app import logs
from app.config import load_settings
from app.jobs import JobQueue
from workers.sweeps import SWEEPS

log = structlog.get_logger()

_POLL_SECONDS = 5
_RETRY_SECONDS = 2


class SweepScheduler(Scheduler):  # type: ignore[misc]  # rq-scheduler ships no types
    """Enqueues each sweep every `sweep_seconds`."""

    def __init__(self, connection: Redis, sweep_seconds: int) -> None:
        super().__init__(queue_name=JobQueue.PERIODIC.value, connection=connection, interval=_POLL_SECONDS)
        self.sweep_seconds = sweep_seconds

    def register(self) -> None:
        """Schedules every sweep that is not scheduled, at once, and drops those that no longer exist."""
        wanted = {self._id(path): path for path in SWEEPS}
        scheduled = {raw.decode() for raw in self.connection.zrange(self.scheduled_jobs_key, 0, -1)}
        for job_id in scheduled - wanted.keys():
            self.connection.zrem(self.scheduled_jobs_key, job_id)
        for job_id in wanted.keys() - scheduled:
            self.schedule(
                scheduled_time=datetime.now(UTC).replace(tzinfo=None),
                func=wanted[job_id],
                interval=self.sweep_seconds,
                id=job_id,
                # shorter than the gap between two runs, and the job would vanish before the second
                result_ttl=self.sweep_seconds * 10,
                timeout=self.sweep_seconds,
                queue_name=JobQueue.PERIODIC.value,
            )

    def enqueue_job(self, job: Job) -> None:
        """Moves a due job to its queue and to its next time in one transaction."""
        interval = int(job.meta["interval"])
        with self.connection.pipeline() as pipeline:
            pipeline.zadd(self.scheduled_jobs_key, {job.id: time.time() + interval})
            queue = self.get_queue_for_job(job)
            pipeline.sadd(queue.redis_queues_keys, queue.key)
            queue._enqueue_job(job, pipeline=pipeline)
            pipeline.execute()

    def enqueue_jobs(self) -> None:
        """One round: what is missing is put back, what is due is enqueued, what is unreadable is dropped."""
        self.register()
        for raw in self.connection.zrangebyscore(self.scheduled_jobs_key, 0, time.time()):
            job_id = raw.decode()
            try:
                self.enqueue_job(self.job_class.fetch(job_id, connection=self.connection))
            except (RedisConnectionError, RedisTimeoutError):
                raise
            except Exception:  # any other defect of one job must not stop the rest; the next round makes it anew
                log.exception("scheduled_job_dropped", job_id=job_id)
                self.connection.zrem(self.scheduled_jobs_key, job_id)
                self.connection.delete(Job.key_for(job_id))

    def _id(self, path: str) -> str:
        # the interval is part of the id, so that a changed setting takes effect at the next start
        return f"{path.replace('.', '-')}-{self.sweep_seconds}s"


def main() -> None:
    """Runs until it is told to stop."""
    settings = load_settings()
    logs.configure(settings.log_level)
    connection = Redis.from_url(settings.redis_url, socket_timeout=10)
    while True:
        try:
            SweepScheduler(connection, settings.sweep_seconds).run()
            return
        except (RedisConnectionError, RedisTimeoutError):
            log.warning("redis_away", retry_seconds=_RETRY_SECONDS)
            time.sleep(_RETRY_SECONDS)


if __name__ == "__main__":
    main()
