"""What processes of their own need to work beside a test: its database, its Redis, its files."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

ROOT = Path(__file__).parents[2]
PROVIDERS = ("TWILIO_", "SENDGRID_", "META_", "CARRIER_", "SIMULATOR_")


@pytest.fixture
def environment(app: Flask) -> dict[str, str]:
    """The environment of a process that shares the test's servers, which are empty."""
    settings = app.config["SETTINGS"]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PROVIDERS)}
    return inherited | {
        "CARILLON_ENV": "test",
        "SECRET_KEY": settings.secret_key,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "STORAGE_URL": settings.storage_url,
        "LOG_LEVEL": "INFO",
    }


@contextmanager
def program(environment: dict[str, str], log: Path, *command: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`python -m COMMAND` for the length of the block, its words in `log`; killed at the end."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def eventually(condition: Callable[[], Any], seconds: float = 40.0, said: Callable[[], str] = str) -> Any:
    """Waits until `condition()` holds and returns it. Fails after `seconds` with what `said` says."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"still not so after {seconds} s. {said()}"
        time.sleep(0.02)
    return value


def is_running(pid: int) -> bool:
    """False for a process that has ended, reaped or not."""
    # a process that nobody reaped still has a directory there, but no working directory any more
    return os.path.lexists(f"/proc/{pid}/cwd")
