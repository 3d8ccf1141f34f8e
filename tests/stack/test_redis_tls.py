"""A Redis that is reached by TLS and has signed its certificate itself."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from limits.storage import RedisStorage, storage_from_string
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from rq import Queue

from app.config import Settings
from app.extensions import redis
from app.jobs import JobQueue
from tests.stack.conftest import eventually, program
from tests.stack.tls_door import HOST, self_signed, tls_door

pytestmark = pytest.mark.stack


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    return self_signed(tmp_path)


@pytest.fixture
def address(app: Flask, certificate: tuple[Path, Path]) -> Iterator[str]:
    """The `rediss://` address of the test's Redis."""
    plain = urlsplit(app.config["SETTINGS"].redis_url)
    assert plain.port is not None
    with tls_door(plain.port, *certificate) as port:
        yield f"rediss://{HOST}:{port}{plain.path}"


@pytest.fixture
def environment_by_tls(environment: dict[str, str], address: str) -> dict[str, str]:
    return environment | {"REDIS_URL": address, "REDIS_VERIFY_CERTIFICATE": "false"}


def test_a_certificate_that_nobody_vouches_for_is_refused(address: str) -> None:
    with pytest.raises(RedisConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
        Redis.from_url(Settings(redis_url=address).redis_url).ping()


def test_its_file_vouches_for_it(address: str, certificate: tuple[Path, Path]) -> None:
    settings = Settings(redis_url=f"{address}?ssl_ca_certs={certificate[0]}")

    assert Redis.from_url(settings.redis_url).ping()


def test_rate_limits_are_counted_there(address: str) -> None:
    storage = storage_from_string(Settings(redis_url=address, redis_verify_certificate=False).redis_url)

    assert isinstance(storage, RedisStorage)
    assert storage.incr("a test", 60) == 1


def test_a_worker_takes_its_job_from_there(environment_by_tls: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    with program(environment_by_tls, log, "workers.runtime", JobQueue.RECEIPTS):
        Queue(JobQueue.RECEIPTS.value, connection=redis()).enqueue("tests.stack.probes.tell_surroundings")

        eventually(lambda: redis().hgetall("probe"), said=log.read_text)


def test_the_scheduler_plans_its_sweeps_there(environment_by_tls: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "scheduler.log"
    with program(environment_by_tls, log, "workers.scheduler"):
        eventually(lambda: Queue(JobQueue.PERIODIC.value, connection=redis()).job_ids, said=log.read_text)
