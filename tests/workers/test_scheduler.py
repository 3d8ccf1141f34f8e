"""One round of the scheduler at a time."""

import time

import pytest
from flask import Flask
from redis import Redis
from rq import Queue
from rq.job import Job

from app import jobs
from app.clock import now
from app.extensions import redis
from app.jobs import JobQueue
from app.models import new_id
from workers.scheduler import SweepScheduler
from workers.sweeps import SWEEPS

INTERVAL = 300


@pytest.fixture
def scheduler(app: Flask) -> SweepScheduler:
    return SweepScheduler(redis(), INTERVAL)


def waiting() -> list[str]:
    """The functions that wait in the queue."""
    return [job.func_name for job in Queue(JobQueue.PERIODIC.value, connection=redis()).jobs]


def times(client: Redis) -> dict[str, float]:
    return {raw.decode(): score for raw, score in client.zrange("rq:scheduler:scheduled_jobs", 0, -1, withscores=True)}


def make_due(job_id: str, seconds_ago: float = 0.0) -> float:
    planned = time.time() - seconds_ago
    redis().zadd("rq:scheduler:scheduled_jobs", {job_id: planned})
    return planned


def test_the_first_round_gives_every_sweep_at_once_and_plans_the_next(scheduler: SweepScheduler) -> None:
    before = time.time()
    scheduler.enqueue_jobs()
    assert sorted(waiting()) == sorted(SWEEPS)
    assert all(INTERVAL - 2 <= planned - before <= INTERVAL + 1 for planned in times(redis()).values())


def test_a_sweep_that_is_not_due_is_left_alone(scheduler: SweepScheduler) -> None:
    scheduler.enqueue_jobs()
    redis().delete("rq:queue:periodic")
    scheduler.enqueue_jobs()
    assert waiting() == []


def test_a_sweep_that_nobody_has_taken_is_not_given_twice(scheduler: SweepScheduler) -> None:
    scheduler.enqueue_jobs()
    for job_id in times(redis()):
        make_due(job_id)
    scheduler.enqueue_jobs()
    assert sorted(waiting()) == sorted(SWEEPS)
    assert all(planned > time.time() for planned in times(redis()).values())


@pytest.mark.parametrize("late", [1.0, INTERVAL - 1.0, 10 * INTERVAL + 7.0])
def test_looking_late_does_not_make_the_sweeps_drift(scheduler: SweepScheduler, late: float) -> None:
    scheduler.enqueue_jobs()
    job_id = min(times(redis()))
    planned = make_due(job_id, late)
    scheduler.enqueue_jobs()
    following = times(redis())[job_id]
    assert time.time() < following <= time.time() + INTERVAL
    intervals = (following - planned) / INTERVAL
    assert intervals == pytest.approx(round(intervals), abs=1e-5)


def test_an_emptied_redis_is_filled_again(scheduler: SweepScheduler) -> None:
    scheduler.enqueue_jobs()
    redis().flushdb()
    scheduler.enqueue_jobs()
    assert sorted(waiting()) == sorted(SWEEPS)
    assert len(times(redis())) == len(SWEEPS)


@pytest.mark.parametrize(
    "poison",
    [{"status": "nonsense"}, {"data": b"\x80not a pickle"}, {"created_at": "yesterday"}, {"meta": b"\x80nor this"}],
    ids=min,
)
def test_a_poisoned_sweep_is_made_anew_and_holds_up_no_other(
    scheduler: SweepScheduler, poison: dict[str, str | bytes]
) -> None:
    scheduler.enqueue_jobs()
    redis().delete("rq:queue:periodic")
    poisoned, *others = times(redis())
    redis().hset(Job.key_for(poisoned), mapping=poison)
    for job_id in (poisoned, *others):
        make_due(job_id)
    scheduler.enqueue_jobs()
    assert sorted(waiting()) == sorted(SWEEPS)


def test_a_poisoned_job_that_is_no_sweep_is_dropped_and_holds_up_no_other(scheduler: SweepScheduler) -> None:
    redis().set(Job.key_for("stranger"), "not even a hash")
    make_due("stranger")
    scheduler.enqueue_jobs()
    assert sorted(waiting()) == sorted(SWEEPS)
    assert "stranger" not in times(redis())


def test_a_changed_interval_takes_the_place_of_the_old_one(scheduler: SweepScheduler) -> None:
    scheduler.enqueue_jobs()
    old = set(times(redis()))
    SweepScheduler(redis(), INTERVAL * 2).enqueue_jobs()
    planned = times(redis())
    assert len(planned) == len(SWEEPS)
    assert not old & planned.keys()
    assert not any(redis().exists(Job.key_for(job_id)) for job_id in old)


def test_a_round_hands_out_what_was_wanted_for_now(scheduler: SweepScheduler) -> None:
    company = new_id()
    jobs.enqueue_at(now(), jobs.Job.SEND_DUE, company)
    scheduler.enqueue_jobs()
    assert [tuple(job.args) for job in Queue(JobQueue.SEND.value, connection=redis()).jobs] == [(str(company),)]
