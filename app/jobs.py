"""How work is handed to the workers.

The database says what is to be done; a job is a hint that somebody should look. So a hint that is already waiting is
not given twice, a hint that Redis lost is given again by the next sweep, and a job may run twice with one effect.
"""

from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Retry

from app.clock import now
from app.extensions import redis

log = structlog.get_logger()

_WAITING_SECONDS = 60
"""How long a hint may be thought to be waiting; after that another is given, in case the first was lost."""


_KEPT_SECONDS = 60
"""How long a job that succeeded is kept. Not zero: RQ 2.12 then deletes it at once and, when an earlier worker was
killed over it, stumbles over that worker's expired execution and calls the job failed."""

_LATER = "carillon:later"
"""A sorted set: wishes for a job at a later instant, by that instant."""
_BETWEEN = " "
_AT_ONCE = 1_000


class JobQueue(StrEnum):
    """One queue per worker kind: a worker that listens to several can lose a job for ever."""

    INGEST = "ingest"
    QUEUE = "queue"
    SEND = "send"
    RECEIPTS = "receipts"
    PERIODIC = "periodic"


class Job(StrEnum):
    """Every job there is, by the path of its function."""

    LOAD_FILE = "workers.ingest.load_file"
    QUEUE_RUN = "workers.queue.queue_run"
    DRY_RUN = "workers.queue.dry_run"
    SEND_DUE = "workers.send.send_due"
    APPLY_RECEIPTS = "workers.receipts.apply_receipts"


QUEUE_OF = {
    Job.LOAD_FILE: JobQueue.INGEST,
    Job.QUEUE_RUN: JobQueue.QUEUE,
    Job.DRY_RUN: JobQueue.QUEUE,
    Job.SEND_DUE: JobQueue.SEND,
    Job.APPLY_RECEIPTS: JobQueue.RECEIPTS,
}


def enqueue(job: Job, company_id: UUID, *arguments: UUID | int) -> bool:
    """Asks a worker to do `job` for a company. Call after the commit that made the work.

    Returns False when the same job is already waiting or Redis cannot be reached; neither loses work.
    """
    words = [str(company_id), *map(str, arguments)]
    try:
        return _give(redis(), job, words)
    except RedisError as problem:
        log.warning("job_not_enqueued", job=job.value, company_id=str(company_id), problem=type(problem).__name__)
        with suppress(RedisError):
            redis().delete(_waiting_key(job, words))
        return False


def enqueue_at(instant: datetime, job: Job, company_id: UUID, *arguments: UUID | int) -> None:
    """Asks for `job` at a later instant; of several such wishes for the same job, the earliest counts.

    The scheduler grants it within a second or so. One that Redis loses is what the sweeps are for.
    """
    wish = _BETWEEN.join([job.value, str(company_id), *map(str, arguments)])
    try:
        redis().zadd(_LATER, {wish: instant.timestamp()}, lt=True)
    except RedisError as problem:
        log.warning("job_not_planned", job=job.value, company_id=str(company_id), problem=type(problem).__name__)


def next_planned(connection: Redis) -> datetime | None:
    """When the next of the wishes for later is due."""
    first: Any = connection.zrange(_LATER, 0, 0, withscores=True)
    return datetime.fromtimestamp(first[0][1], UTC) if first else None


def hand_out_planned(connection: Redis) -> int:
    """Gives out the wishes whose time has come, and returns how many."""
    due: Any = connection.zrangebyscore(_LATER, "-inf", now().timestamp(), start=0, num=_AT_ONCE)
    return sum(_grant(connection, wish) for wish in due)


def _grant(connection: Redis, wish: bytes) -> bool:
    if not connection.zrem(_LATER, wish):
        return False  # another scheduler was faster
    name, *words = wish.decode().split(_BETWEEN)
    return name in set(Job) and _give(connection, Job(name), words)


def _give(connection: Redis, job: Job, words: list[str]) -> bool:
    if not connection.set(_waiting_key(job, words), b"1", nx=True, ex=_WAITING_SECONDS):
        return False
    _hand_out(connection, job, words)
    return True


def _hand_out(connection: Redis, job: Job, words: list[str]) -> None:
    Queue(QUEUE_OF[job].value, connection=connection).enqueue(
        job.value,
        *words,
        # without an interval, which would need RQ's own scheduler; the sweeps come back to what fails for longer
        retry=Retry(max=3),
        result_ttl=_KEPT_SECONDS,
        failure_ttl=86_400,
        job_timeout=300,
    )


def taken(job: Job, *words: str) -> None:
    """Said by a job when it starts, before it looks for work: from now on a new hint is news."""
    redis().delete(_waiting_key(job, list(words)))


def _waiting_key(job: Job, words: list[str]) -> str:
    return ":".join(["carillon", "waiting", job.value, *words])
