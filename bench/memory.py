"""The most memory that processes took, by looking at them while they run."""

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_LOOK_EVERY_SECONDS = 0.02


@dataclass(slots=True)
class Peaks:
    """Peak resident kilobytes of workers, and of the processes that they started.

    What is asked of the kernel is the peak of each process so far, so that looking seldom misses little. (What a
    process leaves behind when it is reaped, `ru_maxrss`, would include that of the one which started it.)
    """

    of_worker: dict[int, int] = field(default_factory=dict)
    of_child: defaultdict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def look(self, workers: Sequence[int]) -> None:
        """Takes down what is there now."""
        for worker in workers:
            self.of_worker[worker] = max(self.of_worker.get(worker, 0), _peak(worker))
            for child in children(worker):
                seen = self.of_child[worker]
                seen[child] = max(seen.get(child, 0), _peak(child))

    def of_largest(self, worker: int) -> int:
        """The peak of a worker, or of a process that it started."""
        return max([self.of_worker[worker], *self.of_child[worker].values()])

    def together(self, worker: int) -> int:
        """A worker's peak and that of the largest process it started, as if they had come at once."""
        return self.of_worker[worker] + max(self.of_child[worker].values(), default=0)


@contextmanager
def watched(workers: Sequence[int]) -> Iterator[Peaks]:
    """Looks at the workers, and at what they start, for as long as the block lasts."""
    peaks, ended = Peaks(), threading.Event()
    peaks.look(workers)

    def watch() -> None:
        while not ended.wait(_LOOK_EVERY_SECONDS):
            peaks.look(workers)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peaks
    finally:
        ended.set()
        watcher.join()


def children(pid: int) -> list[int]:
    """The processes that a process has started and not yet reaped; none when it is gone itself."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _peak(pid: int) -> int:
    """Kilobytes; 0 when the process has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)
