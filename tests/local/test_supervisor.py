"""The supervisor brings back what crashes and leaves nothing behind, however it ends itself."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local.errors import StackFailedError
from local.ports import free_port
from local.supervisor import Stack, procfile_processes

ROOT = Path(__file__).parents[2]

# A supervisor in a process of its own, which a test can end in every way there is.
SUPERVISOR = """
import os, sys, time
from pathlib import Path
from local.supervisor import Stack, orderly_exit
logs = Path(sys.argv[1])
with orderly_exit(), Stack(os.environ, {"one": "sleep 60", "two": "sleep 60"}, logs, logs) as stack:
    print(*(child.pid for child in stack.processes.values()), flush=True)
    time.sleep(60)
"""


def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_running(pid: int) -> bool:
    # a process that nobody reaped still has a directory here, but no working directory any more
    return os.path.lexists(f"/proc/{pid}/cwd") and Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


def stack(tmp_path: Path, **processes: str) -> Stack:
    return Stack(os.environ, processes, tmp_path / "log", tmp_path)


def test_what_a_process_says_is_in_its_log_and_its_pid_is_the_programs_own(tmp_path: Path) -> None:
    with stack(tmp_path, talker='sh -c "echo $$; echo oops >&2; sleep 60"') as running:
        child = running.processes["talker"]
        assert eventually(lambda: "oops" in child.log.read_text())
        assert child.log.read_text().split() == [str(child.pid), "oops"]


def test_a_killed_process_is_started_again_and_its_log_says_so(tmp_path: Path) -> None:
    with stack(tmp_path, sleeper="sleep 60", other="sleep 60") as running:
        child, other = running.processes["sleeper"], running.processes["other"]
        first, untouched = child.pid, other.pid
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: child.starts == 2)
        assert eventually(lambda: is_running(child.pid))
        assert child.pid != first
        assert other.pid == untouched
        log = child.log.read_text()
        assert "ended with -9" in log
        assert f"started again as {child.pid}" in log


def test_a_process_that_keeps_ending_is_restarted_ever_more_slowly(tmp_path: Path) -> None:
    with stack(tmp_path, broken="false") as running:
        started = time.monotonic()
        assert eventually(lambda: running.processes["broken"].starts >= 4)
        # pauses of 0.1, 0.2 and 0.4 s
        assert time.monotonic() - started > 0.7


def test_leaving_ends_every_process_even_one_that_is_deaf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.supervisor.GRACE_SECONDS", 0.3)
    deaf = "sh -c \"trap '' TERM; sleep 60; sleep 60\""
    with stack(tmp_path, polite="sleep 60", deaf=deaf) as running:
        pids = [child.pid for child in running.processes.values()]
        assert all(is_running(pid) for pid in pids)
    assert not any(is_running(pid) for pid in pids)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_outlives_the_supervisor(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-c", SUPERVISOR, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as parent:
        assert parent.stdout is not None
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 2
        assert all(is_running(pid) for pid in pids)
        parent.send_signal(number)
        parent.wait(10)
    assert eventually(lambda: not any(is_running(pid) for pid in pids))


def test_ready_means_that_the_address_answers(tmp_path: Path) -> None:
    port = free_port()
    server = f"{sys.executable} -m http.server --bind 127.0.0.1 {port}"
    with stack(tmp_path, web=server) as running:
        running.wait_ready(f"http://127.0.0.1:{port}/", 10)
        assert is_running(running.processes["web"].pid)


def test_a_process_that_keeps_ending_is_reported_with_its_log(tmp_path: Path) -> None:
    broken = 'sh -c "echo no such table: records; exit 3"'
    with (
        stack(tmp_path, web=broken) as running,
        pytest.raises(StackFailedError, match=r"web keeps ending[\s\S]*no such table"),
    ):
        running.wait_ready(f"http://127.0.0.1:{free_port()}/", 10)


def test_an_address_that_never_answers_is_reported_in_time(tmp_path: Path) -> None:
    with (
        stack(tmp_path, web="sleep 60") as running,
        pytest.raises(StackFailedError, match=r"within 0 s: http://\S+ did not answer"),
    ):
        running.wait_ready(f"http://127.0.0.1:{free_port()}/", 0.3)


def test_the_release_command_is_no_process_to_keep_running(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text(
        "release: flask db upgrade\nweb: gunicorn wsgi:app\nworker-send: python -m w send\n"
    )
    assert procfile_processes(tmp_path / "Procfile") == {"web": "gunicorn wsgi:app", "worker-send": "python -m w send"}
