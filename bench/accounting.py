"""CPU seconds and peak memory of a stage: its own processes and PostgreSQL's.

Linux only: it reads `/proc`. CPU time is what a busy machine cannot distort much; seconds are.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """What some work took: wall seconds, CPU seconds of its processes and of PostgreSQL, peak resident megabytes."""

    seconds: float
    cpu_seconds: float
    database_cpu_seconds: float
    peak_mb: float

    def __add__(self, later: "Cost") -> "Cost":
        """The cost of one piece of work after another."""
        return Cost(
            self.seconds + later.seconds,
            self.cpu_seconds + later.cpu_seconds,
            self.database_cpu_seconds + later.database_cpu_seconds,
            max(self.peak_mb, later.peak_mb),
        )


def run_workers(commands: Sequence[Sequence[str]], environment: Mapping[str, str], postmaster: int) -> Cost:
    """Runs the commands side by side to their end and accounts for them. Raises when one fails.

    `peak_mb` is that of the largest single process.
    """
    database_before = _family_cpu(postmaster)
    started = time.monotonic()
    children = [subprocess.Popen(command, env=dict(environment), stdout=sys.stderr) for command in commands]
    usages = [_reap(child) for child in children]
    seconds = time.monotonic() - started
    return Cost(
        seconds=seconds,
        cpu_seconds=sum(usage.ru_utime + usage.ru_stime for usage in usages),
        database_cpu_seconds=_family_cpu(postmaster) - database_before,
        peak_mb=max(usage.ru_maxrss for usage in usages) / 1024,
    )


def _reap(child: "subprocess.Popen[bytes]") -> resource.struct_rusage:
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{child.args!r} ended with status {child.returncode}")
    return usage


def _family_cpu(pid: int) -> float:
    """CPU seconds of a process, its living children and those it has reaped."""
    total = 0.0
    for member in (pid, *_children(pid)):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        own, reaped = fields[11:13], fields[13:15]
        total += sum(map(int, own)) + (sum(map(int, reaped)) if member == pid else 0)
    return total / _TICKS


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()]
