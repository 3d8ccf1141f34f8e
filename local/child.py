"""One supervised program, through all its restarts."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from local.errors import StackFailedError

STEADY_SECONDS = 5.0  # what lived longer is restarted at once, anything else waits twice as long each time
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 10.0


class Child:
    """A program that is to run for as long as its supervisor does; `command` is one shell command."""

    def __init__(self, name: str, command: str, environment: Mapping[str, str], cwd: Path, log: Path) -> None:
        self.name = name
        self.log = log
        self.starts = 0
        # exec: the pid is the program's own, not that of a shell around it. The tie is made by the child itself, so it
        # looks whether the supervisor was killed before that.
        self._command = [*_tie_to_parent(), "sh", "-c", f"[ $PPID = {os.getpid()} ] && exec {command}"]
        self._environment = dict(environment)
        self._cwd = cwd
        self._pause = 0.0
        self._started_at = 0.0
        self._due_at: float | None = None
        self._process: subprocess.Popen[bytes] | None = None
        log.write_bytes(b"")

    @property
    def pid(self) -> int:
        """The running program's process id; after a restart it is another one."""
        if self._process is None:
            raise StackFailedError(f"{self.name} was never started")
        return self._process.pid

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C at the terminal reaches the supervisor alone."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._cwd,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.starts += 1
        self._started_at = time.monotonic()
        self._due_at = None

    def revive(self) -> None:
        """Start it again if it has ended and its pause is over."""
        now = time.monotonic()
        if self._due_at is None:
            if self.is_alive():
                return
            self._kill_group()  # what it left behind may hold its port
            steady = now - self._started_at > STEADY_SECONDS
            self._pause = 0.0 if steady else min(max(self._pause * 2, FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
            self._due_at = now + self._pause
            self._note(f"ended with {self._process.returncode if self._process else None}")
        if now >= self._due_at:
            self.start()
            self._note(f"started again as {self.pid}")

    def is_alive(self) -> bool:
        """True while the program runs."""
        return self._process is not None and self._process.poll() is None

    def terminate(self) -> None:
        """Ask it to end in good order."""
        if self._process is not None:
            self._process.terminate()

    def kill(self) -> None:
        """End it and all it started in its session."""
        self._kill_group()
        if self._process is not None:
            self._process.wait()

    def tail(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-1500:]

    def _kill_group(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _note(self, words: str) -> None:
        with self.log.open("a") as output:
            output.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} supervisor: {self.name} {words}\n")


def _tie_to_parent() -> tuple[str, ...]:
    """The command prefix with which the kernel kills a child when the supervisor dies by `kill -9`. Linux only."""
    return ("setpriv", "--pdeathsig=KILL") if shutil.which("setpriv") else ()
