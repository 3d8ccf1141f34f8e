"""CPU seconds and peak memory of a stage: its own processes, those that they start, and PostgreSQL's.

Linux only: it reads `/proc`. CPU time is what a busy machine cannot distort much; seconds are.
"""

import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.memory import children, watched

READY = b"ready\n"
"""What a stage's process says once it has imported everything; a line from us is its sign to begin."""
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """What some work took: wall seconds, CPU seconds of its processes and of PostgreSQL, peak resident megabytes.

    `peak_mb` is of the largest process; `peak_together_mb` of a worker and a process that it started, as if both peaks
    had come at once, and counts twice what they share.
    """

    seconds: float
    cpu_seconds: float
    database_cpu_seconds: float
    peak_mb: float
    peak_together_mb: float

    def __add__(self, later: "Cost") -> "Cost":
        """The cost of one piece of work after another."""
        return Cost(
            self.seconds + later.seconds,
            self.cpu_seconds + later.cpu_seconds,
            self.database_cpu_seconds + later.database_cpu_seconds,
            max(self.peak_mb, later.peak_mb),
            max(self.peak_together_mb, later.peak_together_mb),
        )


def run_workers(commands: Sequence[Sequence[str]], environment: Mapping[str, str], postmaster: int) -> Cost:
    """Runs the commands side by side to their end and accounts for them. Raises when one fails.

    Seconds and CPU count from when all are ready: a worker has imported the application before it gets a job, and
    what it is measured against does not count its own start either. Memory is that of the processes' whole lives.
    """
    workers = [
        subprocess.Popen(command, env=dict(environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for command in commands
    ]
    for worker in workers:
        _await_ready(worker)
    pids = [worker.pid for worker in workers]
    cpu_before = sum(map(_own_cpu, pids))
    database_before = _family_cpu(postmaster)
    with watched(pids) as peaks:
        started = time.monotonic()
        for worker in workers:
            _begin(worker)
        usages = [_reap(worker) for worker in workers]
        seconds = time.monotonic() - started
    return Cost(
        seconds=seconds,
        cpu_seconds=sum(usage.ru_utime + usage.ru_stime for usage in usages) - cpu_before,
        database_cpu_seconds=_family_cpu(postmaster) - database_before,
        peak_mb=max(map(peaks.of_largest, pids)) / 1024,
        peak_together_mb=max(map(peaks.together, pids)) / 1024,
    )


def _await_ready(worker: "subprocess.Popen[bytes]") -> None:
    assert worker.stdout
    if worker.stdout.readline() != READY:
        worker.communicate()
        raise RuntimeError(f"{worker.args!r} ended with status {worker.returncode} before it was ready")


def _begin(worker: "subprocess.Popen[bytes]") -> None:
    assert worker.stdin
    worker.stdin.write(b"begin\n")
    worker.stdin.close()


def _reap(worker: "subprocess.Popen[bytes]") -> resource.struct_rusage:
    assert worker.stdout
    worker.stdout.close()
    _, status, usage = os.wait4(worker.pid, 0)
    worker.returncode = os.waitstatus_to_exitcode(status)
    if worker.returncode:
        raise RuntimeError(f"{worker.args!r} ended with status {worker.returncode}")
    return usage


def _family_cpu(pid: int) -> float:
    """CPU seconds of a process, its living children and those it has reaped."""
    return _own_cpu(pid, reaped=True) + sum(map(_own_cpu, children(pid)))


def _own_cpu(pid: int, *, reaped: bool = False) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(map(int, fields[11 : 15 if reaped else 13])) / _TICKS
