"""What was measured of a stage, as one line."""

from dataclasses import dataclass
from typing import Any

from bench.accounting import Cost


@dataclass(frozen=True, slots=True)
class Line:
    """A stage, what it took, and what it is measured against in the same run.

    `done` is what the speed counts, in `unit`: rows, or the messages that were made of them.
    """

    stage: str
    rows: int
    done: int
    unit: str
    cost: Cost
    baseline: str
    baseline_per_s: float

    @property
    def per_s(self) -> float:
        """How many a second."""
        return self.done / self.cost.seconds

    @property
    def ratio(self) -> float:
        """The speed, in parts of the baseline's."""
        return self.per_s / self.baseline_per_s

    @property
    def cpu_ms_per_row(self) -> float:
        """CPU time of the stage's own processes and of PostgreSQL."""
        return (self.cost.cpu_seconds + self.cost.database_cpu_seconds) * 1000 / self.rows

    def values(self) -> dict[str, Any]:
        """The line for machines, rounded to what means something."""
        return {
            "stage": self.stage,
            "rows": self.rows,
            "seconds": round(self.cost.seconds, 2),
            "per_s": round(self.per_s),
            "unit": self.unit,
            "cpu_ms_per_row": round(self.cpu_ms_per_row, 4),
            "peak_mb": round(self.cost.peak_mb),
            "peak_together_mb": round(self.cost.peak_together_mb),
            "baseline": self.baseline,
            "baseline_per_s": round(self.baseline_per_s),
            "ratio": round(self.ratio, 3),
        }
