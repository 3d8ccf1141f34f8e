"""Real servers for the tests: one throw-away cluster and one Redis for this clone, a database for each test process.

The demo's servers and whatever DATABASE_URL names are never touched: tests drop and make databases.
`python -m local.testing stop` is the end of `make test`.
"""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from local import templates
from local.errors import ServerUnavailableError
from local.redis_server import DATABASES
from local.servers import VAR, LocalServers
from local.sharing import try_alone

DIRECTORY = VAR / "test"


@dataclass(frozen=True)
class Servers:
    """Addresses of the test servers; `postgres_admin_url` is the superuser's, which row security does not bind."""

    postgres_admin_url: str
    redis_url: str


_marks: list[IO[str]] = []  # open for as long as the process lives


@cache
def _servers() -> LocalServers:
    return LocalServers(DIRECTORY, durable=False)


def ensure_test_servers() -> Servers:
    """Start the test servers or join them; any number of test processes may ask at the same time."""
    servers = _servers()
    servers.start()
    return Servers(servers.postgres.admin_url(), servers.redis.url())


def stop_test_servers() -> bool:
    """Give the test servers up; the last process to do so stops them, and gets True."""
    return _servers().stop()


def migrated_template(migrate: Callable[[str], None], sources: Iterable[Path]) -> str:
    """Name of a database that `migrate(url)` has filled, for `create_worker_database`; see `local.templates`."""
    return templates.migrated_template(_servers().postgres, migrate, sources)


def create_worker_database(name: str, template: str = "template1") -> str:
    """A fresh database `name`, a copy of `template`; an earlier one of that name is dropped.

    Returns its SQLAlchemy address for the application's ordinary role.
    """
    postgres = _servers().postgres
    postgres.drop_database(name)
    postgres.create_database(name, template)
    return postgres.url(name)


@cache
def worker_slot() -> int:
    """A number for names and Redis databases that no other running test process of this clone has.

    xdist numbers its workers too, but two people's (or two terminals') test runs would both have a `gw0` and drop
    each other's database. The number is held until the process ends, however it ends.
    """
    for number in range(DATABASES):
        if mark := try_alone(DIRECTORY / "slots" / str(number)):
            _marks.append(mark)
            return number
    raise ServerUnavailableError(f"{DATABASES} test processes run in this clone already.")


def worker_redis_url(slot: int) -> str:
    """The address of the Redis database that belongs to a test process' `worker_slot`."""
    return _servers().redis.url(slot)


if __name__ == "__main__":
    if sys.argv[1:] != ["stop"]:
        sys.exit("usage: python -m local.testing stop")
    stop_test_servers()
