"""How several processes share one server: starts and stops never overlap, and the last user turns off the light.

Both are kernel file locks (`flock`), which a `kill -9` releases too: a crashed process neither blocks the next one
nor keeps a server alive for ever.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Wait until no other process is inside the same block for `path`, then run it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def try_alone(path: Path) -> IO[str] | None:
    """Hold `path` against everyone else until the returned file is closed; None when somebody has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = path.open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle


class Usage:
    """This process' mark that it uses what `path` stands for.

    `begin` and `end` are called inside `exclusive`, so that the answer of `end` still holds when it is acted upon.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: IO[str] | None = None

    def begin(self) -> None:
        """Mark it used; a second call changes nothing."""
        if self._handle is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = self._path.open("a")
            fcntl.flock(self._handle, fcntl.LOCK_SH)

    def end(self) -> bool:
        """Take the mark away; True when no other process uses it."""
        if self._handle is not None:
            self._handle.close()
            self._handle = None
        alone = try_alone(self._path)
        if alone is None:
            return False
        alone.close()
        return True
