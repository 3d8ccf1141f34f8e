"""Test processes never meet in one database."""

import subprocess
import sys

from local.testing import worker_slot

SAY_SLOT = "from local.testing import worker_slot; print(worker_slot(), worker_slot())"


def test_a_process_keeps_its_slot_and_no_other_process_gets_it() -> None:
    mine = worker_slot()
    said = subprocess.run([sys.executable, "-c", SAY_SLOT], capture_output=True, text=True, check=True).stdout.split()
    assert worker_slot() == mine
    assert said[0] == said[1]
    assert said[0] != str(mine)
