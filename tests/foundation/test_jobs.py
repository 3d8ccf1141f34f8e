"""A job is a hint: not given twice, never lost for long."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from redis.exceptions import ConnectionError as RedisConnectionError
from rq import Queue

from app import jobs
from app.clock import now
from app.extensions import redis
from app.jobs import Job, JobQueue
from app.models import new_id


def _waiting(queue: JobQueue) -> list[tuple[str, ...]]:
    return [tuple(job.args) for job in Queue(queue.value, connection=redis()).jobs]


def test_a_hint_that_is_waiting_is_not_given_twice(app: Flask) -> None:
    company: UUID = new_id()
    assert jobs.enqueue(Job.SEND_DUE, company) is True
    assert jobs.enqueue(Job.SEND_DUE, company) is False
    assert _waiting(JobQueue.SEND) == [(str(company),)]


def test_a_hint_given_while_the_job_runs_is_news(app: Flask) -> None:
    company: UUID = new_id()
    jobs.enqueue(Job.SEND_DUE, company)
    jobs.taken(Job.SEND_DUE, str(company))
    assert jobs.enqueue(Job.SEND_DUE, company) is True


def test_another_company_or_another_file_is_another_hint(app: Flask) -> None:
    company, file = new_id(), new_id()
    assert jobs.enqueue(Job.LOAD_FILE, company, file)
    assert jobs.enqueue(Job.LOAD_FILE, company, new_id())
    assert jobs.enqueue(Job.LOAD_FILE, new_id(), file)
    assert len(_waiting(JobQueue.INGEST)) == 3


def test_work_goes_on_without_redis(app: Flask) -> None:
    client = app.extensions["carillon-redis"]
    app.extensions["carillon-redis"] = type(client).from_url("redis://127.0.0.1:1/0")
    try:
        assert jobs.enqueue(Job.SEND_DUE, new_id()) is False
    finally:
        app.extensions["carillon-redis"] = client


def test_a_hint_that_redis_did_not_take_can_be_given_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    company = new_id()

    def away(*_: object, **__: object) -> None:
        raise RedisConnectionError

    with monkeypatch.context() as moment:
        moment.setattr(Queue, "enqueue", away)
        assert jobs.enqueue(Job.SEND_DUE, company) is False
    assert jobs.enqueue(Job.SEND_DUE, company) is True
    assert _waiting(JobQueue.SEND) == [(str(company),)]


def test_a_job_for_later_is_handed_out_when_its_time_has_come(app: Flask) -> None:
    company, other = new_id(), new_id()
    jobs.enqueue_at(now() - timedelta(seconds=1), Job.SEND_DUE, company)
    jobs.enqueue_at(now() + timedelta(seconds=60), Job.SEND_DUE, other)
    assert jobs.hand_out_planned(redis()) == 1
    assert jobs.hand_out_planned(redis()) == 0
    assert _waiting(JobQueue.SEND) == [(str(company),)]


def test_of_several_wishes_for_one_job_the_earliest_counts(app: Flask) -> None:
    company, soon = new_id(), now()
    for minutes in (5, 0, 10):
        jobs.enqueue_at(soon + timedelta(minutes=minutes), Job.SEND_DUE, company)
    assert jobs.next_planned(redis()) == soon


def test_a_job_that_waits_already_is_not_handed_out_once_more(app: Flask) -> None:
    company = new_id()
    jobs.enqueue(Job.SEND_DUE, company)
    jobs.enqueue_at(now(), Job.SEND_DUE, company)
    assert jobs.hand_out_planned(redis()) == 0
    assert len(_waiting(JobQueue.SEND)) == 1


def test_a_wish_for_a_job_that_no_longer_exists_is_dropped(app: Flask) -> None:
    redis().zadd("carillon:later", {f"workers.send.gone {new_id()}": 0})
    assert jobs.hand_out_planned(redis()) == 0
    assert jobs.next_planned(redis()) is None
