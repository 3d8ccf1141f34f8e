"""The scheduler in processes of its own: it never gives a sweep twice, and never loses one."""

import signal
import time
from collections import defaultdict
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis

from app.extensions import redis
from local.ports import free_port
from local.redis_server import RedisServer
from tests.stack.conftest import eventually, program
from workers.sweeps import SWEEPS

pytestmark = pytest.mark.stack

QUEUE = "rq:queue:periodic"


def taken(client: Redis, seconds: float) -> str:
    """Takes the next sweep as a worker does, waiting for it; empty when none came."""
    found = client.blpop([QUEUE], timeout=seconds)
    return found[1].decode() if found else ""


def test_two_schedulers_give_each_sweep_once_in_each_interval(
    app: Flask, environment: dict[str, str], tmp_path: Path
) -> None:
    environment |= {"SWEEP_SECONDS": "1"}
    given: defaultdict[str, list[float]] = defaultdict(list)
    with (
        program(environment, tmp_path / "one.log", "workers.scheduler"),
        program(environment, tmp_path / "two.log", "workers.scheduler"),
    ):
        while len(given) < len(SWEEPS) or min(map(len, given.values())) < 4:
            sweep = taken(redis(), 10)
            assert sweep, "the sweeps have stopped coming"
            given[sweep].append(time.monotonic())
    assert len(given) == len(SWEEPS)
    for sweep, times in given.items():
        intervals = times[-1] - times[0] + 1
        assert len(times) <= intervals + 1, f"{sweep} came at {times}"


def test_sweeps_survive_that_redis_goes_away_and_comes_back_empty(
    app: Flask, environment: dict[str, str], tmp_path: Path
) -> None:
    server = RedisServer(tmp_path / "redis", preferred_port=free_port(), durable=False)
    log = tmp_path / "scheduler.log"
    server.start()
    try:
        environment |= {"REDIS_URL": server.url(), "SWEEP_SECONDS": "1"}
        with (
            program(environment, log, "workers.scheduler") as scheduler,
            Redis.from_url(server.url(), socket_timeout=60) as client,
        ):
            assert taken(client, 30)
            server.stop()
            eventually(lambda: "redis_away" in log.read_text())
            server.start()
            came_back = {taken(client, 30) for _ in SWEEPS}
            assert len(came_back) == len(SWEEPS)
            server.stop()
            scheduler.send_signal(signal.SIGTERM)
            assert scheduler.wait(30) == 0
    finally:
        server.stop()
