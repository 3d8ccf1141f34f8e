"""`make demo ONCE=1`, on a few rows, in a directory of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack.conftest import ROOT

pytestmark = pytest.mark.stack

ROWS = 40


def test_the_demo_does_the_main_job_and_accounts_for_every_row(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local.demo", "--rows", str(ROWS), "--once", "--directory", str(tmp_path)]
    # servers that the environment names are somebody's; the demo would use them
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["rows"], found["records"], found["rejected"], found["open"]) == (ROWS, ROWS, 0, 0)
    ends = sum(found["messages"].values()) + sum(found["failures"].values())
    assert ends == ROWS * len(found["methods"]) == 2 * ROWS
    assert sum(found["dispositions"].values()) > 0
    assert found["adds_up"] is True
    # whatever it started has been stopped again
    assert list(tmp_path.glob("pg/**/postmaster.pid")) == []
