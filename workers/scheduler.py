"""Starts rq-scheduler with the sweeps in it: `python -m workers.scheduler`.

Stock rq-scheduler can lose a periodic job (killed between its three commands), stops for good on one unreadable job
and exits when Redis blinks. Here Redis holds nothing but when each sweep is due next: what a sweep is comes from the
code at every round, and it moves to its queue and to its next time in one transaction. So Redis may be emptied, go
away or hold nonsense. Any number may run at once: rq-scheduler's own lock lets one of them enqueue.
"""

import signal
import sys
import time
from contextlib import suppress

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry
from rq.job import Job
from rq_scheduler import Scheduler

from app import jobs, logs
from app.config import load_settings
from app.jobs import JobQueue
from workers.sweeps import SWEEPS

log = structlog.get_logger()

_POLL_SECONDS = 1
_AWAY_SECONDS = 2
_SHORTEST_TIMEOUT_SECONDS = 60

_REDIS_AWAY = (RedisConnectionError, RedisTimeoutError)


class SweepScheduler(Scheduler):  # type: ignore[misc]  # rq-scheduler ships no types
    """Puts each sweep into its queue every `sweep_seconds`, and hands out what was asked for later."""

    def __init__(self, connection: Redis, sweep_seconds: int) -> None:
        super().__init__(queue_name=JobQueue.PERIODIC.value, connection=connection, interval=_POLL_SECONDS)
        self.sweep_seconds = sweep_seconds

    def enqueue_jobs(self) -> None:
        """One round: sweeps that are due or have no time yet are enqueued, what is no sweep of ours is dropped.

        Jobs that were asked for at an instant that has come are handed out, too.
        """
        sweeps = {self._id(path): path for path in SWEEPS}
        planned = self.connection.zrange(self.scheduled_jobs_key, 0, -1, withscores=True)
        times = {raw.decode(): due for raw, due in planned}
        for job_id in times.keys() - sweeps.keys():
            self._drop(job_id)
        for job_id, path in sweeps.items():
            if times.get(job_id, 0) <= time.time():
                self._hand_over(job_id, path, times.get(job_id))
        jobs.hand_out_planned(self.connection)

    def remove_lock(self) -> None:
        """Lets another scheduler have the next round; while Redis is away the lock runs out by itself."""
        with suppress(*_REDIS_AWAY):
            super().remove_lock()

    def register_death(self) -> None:
        """Says goodbye, unless nobody is there to hear it: leaving must not fail for that."""
        with suppress(*_REDIS_AWAY):
            super().register_death()

    def _hand_over(self, job_id: str, path: str, due: float | None) -> None:
        """Moves a sweep to its queue and on to its next time in one transaction."""
        job = self._create_job(
            path,
            id=job_id,
            commit=False,
            queue_name=JobQueue.PERIODIC.value,
            result_ttl=0,
            timeout=max(self.sweep_seconds, _SHORTEST_TIMEOUT_SECONDS),
        )
        queue = self.get_queue_for_job(job)
        with self.connection.pipeline() as pipeline:
            pipeline.zadd(self.scheduled_jobs_key, {job_id: self._next_time(due)})
            # a sweep that no worker has taken yet is not given twice
            if queue.get_job_position(job) is None:
                pipeline.delete(job.key)
                pipeline.sadd(queue.redis_queues_keys, queue.key)
                queue._enqueue_job(job, pipeline=pipeline)
            pipeline.execute()

    def _next_time(self, due: float | None) -> float:
        """The next of the times that lie whole intervals after `due`: looking late must not make it drift."""
        now = time.time()
        late = 0.0 if due is None else (now - due) % self.sweep_seconds
        return now + self.sweep_seconds - late

    def _drop(self, job_id: str) -> None:
        with self.connection.pipeline() as pipeline:
            pipeline.zrem(self.scheduled_jobs_key, job_id)
            pipeline.delete(Job.key_for(job_id))
            pipeline.execute()

    def _id(self, path: str) -> str:
        # the interval is part of the id, so that a changed setting takes effect at the next start
        return f"{path.replace('.', '-')}-{self.sweep_seconds}s"

    def _install_signal_handlers(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: sys.exit(0))


def main() -> None:
    """Runs until it is told to stop."""
    settings = load_settings()
    logs.configure(settings.log_level)
    # no retries inside a command: the loop below is the retry, and a signal must not wait for them
    connection = Redis.from_url(settings.redis_url, socket_timeout=10, retry=Retry(NoBackoff(), 0))
    while True:
        try:
            SweepScheduler(connection, settings.sweep_seconds).run()
        except _REDIS_AWAY:
            log.warning("redis_away", retry_seconds=_AWAY_SECONDS)
            time.sleep(_AWAY_SECONDS)


if __name__ == "__main__":
    main()
