"""What a stage's processes are charged for."""

import os
import sys
from collections.abc import Sequence

import pytest

from bench.accounting import run_workers

READY = "import subprocess, sys, time\nprint('ready', flush=True)\nsys.stdin.readline()\n"
MB = 1024 * 1024


def worker(work: str, before: str = "") -> Sequence[str]:
    return [sys.executable, "-c", f"{before}\n{READY}{work}"]


def test_the_clock_starts_when_all_are_ready() -> None:
    slow_to_start = worker("pass", before="import time\ntime.sleep(0.6)\nfor _ in range(10**6): pass")
    cost = run_workers([slow_to_start, worker("time.sleep(0.05)")], os.environ, os.getpid())
    assert 0.05 <= cost.seconds < 0.5
    assert cost.cpu_seconds < 0.1


def test_workers_side_by_side_share_the_time_and_add_up_their_cpu() -> None:
    busy = worker("until = time.process_time() + 0.3\nwhile time.process_time() < until: pass")
    cost = run_workers([busy, busy], os.environ, os.getpid())
    assert cost.cpu_seconds == pytest.approx(0.6, abs=0.15)


def test_what_a_worker_starts_counts_too() -> None:
    child = f"held = bytearray({80 * MB}); import time; time.sleep(0.2)"
    cost = run_workers([worker(f"subprocess.run([sys.executable, '-c', {child!r}])")], os.environ, os.getpid())
    assert 80 < cost.peak_mb < 130
    assert cost.peak_together_mb > cost.peak_mb + 5


def test_a_worker_that_fails_is_no_measurement() -> None:
    with pytest.raises(RuntimeError):
        run_workers([worker("sys.exit(3)")], os.environ, os.getpid())
    with pytest.raises(RuntimeError):
        run_workers([[sys.executable, "-c", "pass"]], os.environ, os.getpid())
