"""An embedded Redis in a directory of ours, on a loopback port."""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.backoff import ConstantBackoff, NoBackoff
from redis.retry import Retry

from local.accounts import Seat, seat
from local.errors import ServerUnavailableError
from local.executables import redis_program
from local.ports import LOOPBACK, free_port

START_ATTEMPTS = 3
LOADING_SECONDS = 60  # longest time it may read its append-only file
NO_RETRY = Retry(NoBackoff(), 0)
DATABASES = 64  # one for each parallel test process


@dataclass(frozen=True)
class RedisServer:
    """One Redis under `home`, which holds its data, `server.log` and `port`.

    `start` and `stop` are not safe against each other: `local.servers` calls them under its lock.
    """

    home: Path
    preferred_port: int = 0
    durable: bool = True

    def url(self, database: int = 0) -> str:
        """The address of one of its numbered databases."""
        return f"redis://{LOOPBACK}:{self._port_on_file()}/{database}"

    def is_running(self) -> bool:
        """True when the server on the port on file answers and works in this very directory."""
        try:
            with self._client() as client:
                directory = client.config_get("dir")["dir"]
        except (OSError, ValueError, redis.RedisError):
            return False
        # answered while it still reads its file, too: two servers must never write the same one
        return bool(directory == str(self.home.resolve()))

    def start(self) -> None:
        """Start it, or find it running. Raises `ServerUnavailableError` with the end of the server's log."""
        if self.is_running():
            return
        place = seat(redis_program(), "", self.home)
        output = ""
        for _ in range(START_ATTEMPTS):
            output = self._launch(place)
            if self._wait_until_ready():
                return
            self._kill_launched()
        raise ServerUnavailableError(f"Redis did not start in {self.home}.\n{output}\n{_tail(self._log)}")

    def stop(self) -> None:
        """Stop it in good order; nothing happens when it is not running."""
        if not self.is_running():
            return
        with self._client() as client:
            client.shutdown()

    @property
    def _log(self) -> Path:
        return self.home.resolve() / "server.log"

    @property
    def _pid_file(self) -> Path:
        return self.home.resolve() / "redis.pid"

    def _launch(self, place: Seat) -> str:
        port = free_port(self.preferred_port)
        (self.home / "port").write_text(str(port))
        self._pid_file.unlink(missing_ok=True)
        launched = place.account.run(
            *(place.program, "--bind", LOOPBACK, "--port", port, "--dir", place.home),
            *("--daemonize", "yes", "--pidfile", self._pid_file, "--logfile", self._log),
            *("--databases", DATABASES, "--maxmemory-policy", "noeviction"),
            # the append-only file loses a second at most; snapshots would only write the same data twice
            *("--save", "", "--appendonly", "yes" if self.durable else "no"),
        )
        return launched.stdout + launched.stderr

    def _kill_launched(self) -> None:
        with suppress(FileNotFoundError, ValueError, ProcessLookupError):
            os.kill(int(self._pid_file.read_text()), signal.SIGKILL)

    def _wait_until_ready(self, seconds: float = 5.0) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.is_running():
                with self._client(Retry(ConstantBackoff(0.05), LOADING_SECONDS * 20)) as client:
                    return bool(client.ping())
            time.sleep(0.02)
        return False

    def _client(self, retry: Retry = NO_RETRY) -> redis.Redis:
        # an address, because "localhost" is a name that a bare machine may not know
        return redis.Redis(LOOPBACK, port=self._port_on_file(), socket_timeout=5, decode_responses=True, retry=retry)

    def _port_on_file(self) -> int:
        return int((self.home / "port").read_text())


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:] if log.exists() else ""
