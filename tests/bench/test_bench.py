"""The bench itself, on a few rows: how fast it is there says nothing, and is not looked at."""

import json
import subprocess
import sys

import pytest

from bench.__main__ import RESULTS
from local.servers import ROOT


@pytest.mark.stack
def test_a_quick_run_measures_every_stage_and_leaves_the_results_alone() -> None:
    before = RESULTS.read_bytes()
    said = subprocess.run(
        [sys.executable, "-m", "bench", "300"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    lines = {line["stage"]: line for line in map(json.loads, said[:-1])}
    assert list(lines) == ["ingest", "ingest_xlsx", "dry_run", "queue", "send", "end_to_end"]
    assert {lines[stage]["rows"] for stage in ("ingest", "ingest_xlsx", "dry_run", "queue", "end_to_end")} == {300}
    assert all(line["per_s"] > 0 and line["baseline_per_s"] > 0 and line["peak_mb"] > 0 for line in lines.values())
    assert lines["ingest_xlsx"]["peak_together_mb"] > lines["ingest_xlsx"]["peak_mb"]
    assert RESULTS.read_bytes() == before
    assert "left as it is" in said[-1]
