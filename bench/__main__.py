"""`python -m bench`: every stage next to what it is measured against in the same run, one JSON line each.

    {"stage", "rows", "seconds", "per_s", "unit", "cpu_ms_per_row", "peak_mb", "peak_together_mb", "baseline",
     "baseline_per_s", "ratio"}

What the fields mean: `bench/lines.py`, `bench/accounting.py`. Ends with the bars and whether they are met, and writes
all of it to `bench/RESULTS.md`. With a number of rows (`python -m bench 20000`) it measures each stage once at that
size, judges nothing and writes nothing.

PostgreSQL is started for the bench with default durability (fsync on) and thrown away with it.
"""

import json
import sys
from collections.abc import Iterator

from bench import measures
from bench.bars import LARGE, SMALL, bars
from bench.ground import Ground, ground
from bench.lines import Line
from bench.machine import machine
from bench.results import as_markdown
from local.servers import ROOT

RESULTS = ROOT / "bench" / "RESULTS.md"


def main(arguments: list[str]) -> None:
    """Measures everything that the bars speak of, or each stage at a number of rows."""
    if arguments:
        with ground(int(arguments[0])) as here:
            for line in every_stage(here):
                show(line)
        print(f"A quick run: {RESULTS.relative_to(ROOT)} is left as it is.")
        return
    measured_on = machine()
    lines = []
    for line in everything():
        show(line)
        lines.append(line)
    judged = bars(lines)
    for bar in judged:
        print(f"{'met' if bar.is_met else 'MISSED'}: {bar.claim}: {bar.measured} ({bar.required})")
    RESULTS.write_text(as_markdown(lines, judged, measured_on))


def every_stage(here: Ground) -> Iterator[Line]:
    """The way of a list through the house, stage by stage."""
    loaded, source_id = measures.ingest(here)
    yield loaded
    yield measures.ingest_xlsx(here)
    counted, campaign_id = measures.dry_run(here, source_id, loaded.baseline_per_s)
    yield counted
    queued, run_id = measures.queue(here, campaign_id, loaded.baseline_per_s)
    yield queued
    sent = measures.send(here, run_id)
    yield sent
    yield measures.end_to_end(loaded, queued, sent)


def everything() -> Iterator[Line]:
    """Every stage at 100,000 rows; at 1,000,000, with a database as new, those whose bars speak of so many."""
    with ground(SMALL) as here:
        yield from every_stage(here)
    with ground(LARGE) as here:
        loaded, source_id = measures.ingest(here)
        yield loaded
        counted, campaign_id = measures.dry_run(here, source_id, loaded.baseline_per_s)
        yield counted
        yield measures.queue(here, campaign_id, loaded.baseline_per_s)[0]


def show(line: Line) -> None:
    """Prints a line as soon as it is known."""
    print(json.dumps(line.values()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
