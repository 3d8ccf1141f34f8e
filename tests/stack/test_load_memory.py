"""What loading takes of memory does not grow with the file."""

import subprocess
import sys

import pytest

from app.models import Company, DataSource
from tests.ingest.lists import state_of, uploaded
from tests.stack.conftest import ROOT

pytestmark = pytest.mark.stack

MARGIN_KB = 10 * 1024
NOTE = b"x" * 200
"""So long that the rows between the two lists, kept, would be more than twice the margin."""
PROGRAM = """
import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from app import create_app
from app.clock import now
from app.ingest.loader import load_slice

with create_app().app_context():
    while load_slice(UUID(sys.argv[1]), UUID(sys.argv[2]), now() + timedelta(seconds=1)).more:
        pass
# not ru_maxrss, which begins with the memory of the process that started this one
print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line))
"""


def peak_of_loading(environment: dict[str, str], source: DataSource) -> int:
    """Kilobytes that a process had resident at most which loaded the file whole."""
    command = [sys.executable, "-c", PROGRAM, str(source.company_id), str(source.id)]
    ended = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True, timeout=60)
    return int(ended.stdout.split()[-1])


def test_a_list_five_times_as_long_takes_no_more_memory(company: Company, environment: dict[str, str]) -> None:
    peaks = []
    for count in (30_000, 150_000):
        source = uploaded(b"n,note\n" + b"".join(b"%d,%s\n" % (n, NOTE) for n in range(count)))
        peaks.append(peak_of_loading(environment, source))
        assert state_of(company.id, source.id).rows_loaded == count
    assert peaks[1] < peaks[0] + MARGIN_KB
