"""The results as people read them."""

from collections.abc import Iterable, Mapping, Sequence

from bench.bars import Bar
from bench.lines import Line

HEAD = """\
# Results

Written by `make bench`; what is said here was measured in one run, beside its baselines.

- Seconds and CPU count from the moment at which the stage's processes have imported the application, as a worker has
  before it gets a job. `\\copy` is timed by psql itself, calamine from inside its process: neither counts its start.
- Ingest is measured five times, each time right after its baseline; what stands here is the time whose ratio is the
  median. Everything else is measured once.
- CPU is that of the stage's processes, of those that they start, and of PostgreSQL.
- Peak memory is that of the largest process. A spreadsheet is read by a process of its own, which a worker starts: in
  brackets both together, as if their peaks had come at once, what they share counted twice.
- PostgreSQL is started for the bench with default durability (fsync on). Texts have 160 characters, five fields and two
  functions; providers are a sink that accepts everything.
"""


def as_markdown(lines: Sequence[Line], judged: Sequence[Bar], machine: Mapping[str, str]) -> str:
    """The whole page: machine, bars, lines."""
    return "\n".join(
        [
            HEAD,
            *_table(("Machine", ""), machine.items()),
            *_table(
                ("Bar", "measured", "required", ""),
                [(bar.claim, bar.measured, bar.required, "met" if bar.is_met else "**missed**") for bar in judged],
            ),
            *_table(
                ("Stage", "rows", "speed", "CPU a row", "peak memory", "baseline", "ratio"), map(_line_cells, lines)
            ),
        ]
    )


def _line_cells(line: Line) -> tuple[str, ...]:
    memory = f"{line.cost.peak_mb:.0f} MB"
    if line.cost.peak_together_mb - line.cost.peak_mb > 1:
        memory += f" ({line.cost.peak_together_mb:.0f} MB)"
    return (
        line.stage,
        f"{line.rows:,}",
        f"{line.per_s:,.0f} {line.unit}/s",
        f"{line.cpu_ms_per_row * 1000:.1f} us",
        memory,
        f"{line.baseline}: {line.baseline_per_s:,.0f}/s",
        f"{line.ratio:.2f}",
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [*(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)), ""]
