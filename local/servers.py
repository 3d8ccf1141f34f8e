"""PostgreSQL and Redis for one directory, started when the first process needs them, stopped when the last is done.

`python -m local.servers stop` stops what a killed process left running in this clone.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.postgres_cluster import PostgresCluster
from local.redis_server import RedisServer
from local.sharing import Usage, exclusive

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"


@dataclass(frozen=True)
class Addresses:
    """Where the application finds its servers."""

    database_url: str
    redis_url: str


class LocalServers:
    """The pair of servers that live under `directory`."""

    def __init__(self, directory: Path, *, durable: bool = True, postgres_port: int = 0, redis_port: int = 0) -> None:
        """`durable` is False for data that may be lost with the machine's power; ports are wishes, 0 is any."""
        self.postgres = PostgresCluster(directory / "pg", postgres_port, durable)
        self.redis = RedisServer(directory / "redis", redis_port, durable)
        self._lock = directory / "servers.lock"
        self._usage = Usage(directory / "servers.users")

    def start(self, *, postgres: bool = True, redis: bool = True, database: str = "") -> None:
        """Start those wanted, or join those that run already; makes `database` unless there is one.

        Raises `ServerUnavailableError`; it is safe to call `stop` after that.
        """
        with exclusive(self._lock):
            self._usage.begin()
            if postgres:
                self.postgres.start()
                if database and database not in self.postgres.databases():
                    self.postgres.create_database(database)
            if redis:
                self.redis.start()

    def stop(self) -> bool:
        """Give them up; they stop unless another process still uses them. True when they are stopped."""
        with exclusive(self._lock):
            if not self._usage.end():
                return False
            self.postgres.stop()
            self.redis.stop()
            return True


def demo_servers(directory: Path = VAR) -> LocalServers:
    """Those of `make demo`: kept between two runs, at ports that a person can remember if they are free."""
    return LocalServers(directory, postgres_port=54329, redis_port=63799)


@contextmanager
def running_servers(
    servers: LocalServers, database: str, environment: Mapping[str, str] = os.environ
) -> Iterator[Addresses]:
    """PostgreSQL with an empty or earlier `database`, and Redis, for as long as the block lasts.

    A DATABASE_URL or REDIS_URL in `environment` wins: that server is then neither started nor stopped nor changed.
    """
    database_url, redis_url = environment.get("DATABASE_URL"), environment.get("REDIS_URL")
    try:
        servers.start(postgres=not database_url, redis=not redis_url, database=database)
        yield Addresses(database_url or servers.postgres.url(database), redis_url or servers.redis.url())
    finally:
        servers.stop()


if __name__ == "__main__":
    if sys.argv[1:] != ["stop"]:
        sys.exit("usage: python -m local.servers stop")
    if not demo_servers().stop():
        sys.exit("still in use by another process of this clone")
