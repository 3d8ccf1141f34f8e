"""Runs the Procfile's process types on one machine: restarts what crashes, and leaves nothing behind.

honcho's own manager stops everything when one process ends. Here a killed worker has to come back, as it does on
the platform, so of honcho only the Procfile's grammar is used.
"""

import signal
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from honcho.environ import parse_procfile

from local.child import Child
from local.errors import StackFailedError
from local.servers import ROOT, VAR

POLL_SECONDS = 0.1
GRACE_SECONDS = 10.0  # between SIGTERM and SIGKILL; a worker may need 6 s to hand its job back
HOPELESS_STARTS = 4


def procfile_processes(path: Path) -> dict[str, str]:
    """The Procfile's process types and their commands, without `release`, which runs once and not for ever."""
    processes: dict[str, str] = parse_procfile(path.read_text()).processes
    return {name: command for name, command in processes.items() if name != "release"}


@contextmanager
def orderly_exit() -> Iterator[None]:
    """Let SIGTERM and a closed terminal unwind the `with` blocks inside, as Ctrl-C does. For the main thread."""

    def leave(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    signals = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(each, leave) for each in signals]
    try:
        yield
    finally:
        for each, handler in zip(signals, before, strict=True):
            signal.signal(each, handler)


class Stack:
    """The given processes, running for as long as the `with` block lasts.

    `processes[name].pid` is the pid of the moment. Each process writes to `NAME.log` in `log_directory`, emptied at
    the start; restarts are noted there too.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        processes: Mapping[str, str],
        log_directory: Path = VAR / "log",
        cwd: Path = ROOT,
    ) -> None:
        log_directory.mkdir(parents=True, exist_ok=True)
        self.processes = {
            name: Child(name, command, environment, cwd, log_directory / f"{name}.log")
            for name, command in processes.items()
        }
        self._leaving = threading.Event()
        self._started: Future[None] = Future()
        # The kernel ties a child to the thread that started it, so one thread starts, restarts and stops them all.
        self._keeper = threading.Thread(target=self._keep, name="supervisor", daemon=True)

    def __enter__(self) -> Self:
        self._keeper.start()
        self._started.result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._leaving.set()
        self._keeper.join()

    def wait_ready(self, url: str, seconds: float) -> None:
        """Wait until `url` answers 2xx; raises as `wait_until`."""
        self.wait_until(lambda: _problem_at(url), seconds)

    def wait_until(self, problem: Callable[[], str], seconds: float) -> None:
        """Wait until `problem()` finds none and gives back an empty text.

        Raises `StackFailedError`, with the end of the logs, after `seconds` or as soon as a process keeps ending.
        """
        deadline = time.monotonic() + seconds
        while found := problem():
            hopeless = [child for child in self.processes.values() if child.starts >= HOPELESS_STARTS]
            if hopeless:
                raise StackFailedError("\n".join(f"{child.name} keeps ending.\n{child.tail()}" for child in hopeless))
            if time.monotonic() > deadline:
                logs = "\n".join(f"{child.log}:\n{child.tail()}" for child in self.processes.values())
                raise StackFailedError(f"Not ready within {seconds:.0f} s: {found}\n{logs}")
            time.sleep(POLL_SECONDS)

    def _keep(self) -> None:
        try:
            for child in self.processes.values():
                child.start()
        except BaseException as error:
            self._stop_all()
            self._started.set_exception(error)
            return
        self._started.set_result(None)
        while not self._leaving.wait(POLL_SECONDS):
            for child in self.processes.values():
                child.revive()
        self._stop_all()

    def _stop_all(self) -> None:
        for child in self.processes.values():
            child.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < deadline and any(child.is_alive() for child in self.processes.values()):
            time.sleep(0.02)
        for child in self.processes.values():
            child.kill()


def _problem_at(url: str) -> str:
    """Why `url` does not answer 2xx; empty when it does."""
    # a proxy of the environment is not asked for an address of this machine
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5):
            return ""
    except (OSError, HTTPException) as error:
        return f"{url} did not answer: {error}"
