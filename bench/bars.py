"""What the measured lines have to reach."""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.lines import Line

SMALL, LARGE = 100_000, 1_000_000
"""Rows: how many the bars speak of."""
MOST_MB = 250


@dataclass(frozen=True, slots=True)
class Bar:
    """A claim, the figure it is about, and what that must be, as it is written."""

    claim: str
    measured: str
    required: str
    is_met: bool


def bars(lines: Sequence[Line]) -> list[Bar]:
    """Every bar, judged by the lines of a whole run."""
    found = {(line.stage, line.rows): line for line in lines}
    small, large = found["queue", SMALL], found["queue", LARGE]
    largest = max(lines, key=lambda line: line.cost.peak_mb)
    spreadsheet = found["ingest_xlsx", SMALL]
    return [
        _at_least(0.5, f"ingest of {LARGE:,} rows of CSV, in parts of `\\copy`", found["ingest", LARGE].ratio),
        _at_least(0.6, f"ingest of {SMALL:,} rows of XLSX, in parts of calamine's bare read", spreadsheet.ratio),
        _at_least(12_000, f"messages a second queued by two workers, {SMALL:,} rows", small.per_s),
        _at_least(12_000, f"messages a second queued by two workers, {LARGE:,} rows", large.per_s),
        _bar(
            f"CPU a queued row at {LARGE:,} rows, in parts of that at {SMALL:,}",
            large.cpu_ms_per_row / small.cpu_ms_per_row,
            operator.le,
            1.15,
        ),
        _bar(f"MB at the peak of the largest process ({largest.stage})", largest.cost.peak_mb, operator.lt, MOST_MB),
    ]


def _at_least(required: float, claim: str, measured: float) -> Bar:
    return _bar(claim, measured, operator.ge, required)


_SIGN = {operator.ge: "≥", operator.le: "≤", operator.lt: "<"}


def _bar(claim: str, measured: float, holds: Callable[[float, float], bool], required: float) -> Bar:
    return Bar(claim, _shown(measured), f"{_SIGN[holds]} {_shown(required)}", holds(measured, required))


def _shown(figure: float) -> str:
    return f"{figure:.2f}" if figure < 10 else f"{figure:,.0f}"
