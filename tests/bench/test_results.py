"""How what was measured is judged, and told."""

from bench.accounting import Cost
from bench.bars import LARGE, SMALL, Bar, bars
from bench.lines import Line
from bench.results import as_markdown


def measured(stage: str, rows: int, per_s: float, *, cpu: float = 1.0, mb: float = 100, baseline: float = 1.0) -> Line:
    """A line of so many rows a second; `cpu` in ms a row."""
    cost = Cost(rows / per_s, cpu * rows / 1000, 0.0, mb, mb)
    return Line(stage, rows, rows, "rows", cost, "a baseline", baseline)


def judged(**changed: Line) -> dict[str, Bar]:
    """The bars by what they speak of, with lines in which everything is met but what has been `changed`."""
    lines = {
        "ingest": measured("ingest", LARGE, 500, baseline=1000),
        "ingest_xlsx": measured("ingest_xlsx", SMALL, 600, baseline=1000),
        "queue": measured("queue", SMALL, 12_000),
        "queue_large": measured("queue", LARGE, 12_000, cpu=1.15),
    } | changed
    names = ("ingest", "ingest_xlsx", "queue", "queue_large", "cost", "memory")
    return dict(zip(names, bars(list(lines.values())), strict=True))


def missed(found: dict[str, Bar]) -> list[str]:
    return [name for name, bar in found.items() if not bar.is_met]


def test_a_figure_at_its_bar_meets_it() -> None:
    assert missed(judged()) == []


def test_a_figure_short_of_its_bar_misses_it_and_no_other_does() -> None:
    assert missed(judged(ingest=measured("ingest", LARGE, 499, baseline=1000))) == ["ingest"]
    assert missed(judged(ingest_xlsx=measured("ingest_xlsx", SMALL, 599, baseline=1000))) == ["ingest_xlsx"]
    assert missed(judged(queue=measured("queue", SMALL, 11_999))) == ["queue"]
    assert missed(judged(queue_large=measured("queue", LARGE, 11_999))) == ["queue_large"]
    assert missed(judged(queue_large=measured("queue", LARGE, 12_000, cpu=1.16))) == ["cost"]
    assert missed(judged(send=measured("send", SMALL, 1, mb=250))) == ["memory"]


def test_messages_count_and_not_the_rows_that_became_none() -> None:
    line = Line("queue", 1000, 900, "messages", Cost(1.0, 0.5, 0.5, 100, 100), "a baseline", 1800)
    assert (line.per_s, line.ratio, line.cpu_ms_per_row) == (900, 0.5, 1.0)


def test_the_page_says_what_was_missed_and_where_it_was_measured() -> None:
    lines = [measured("ingest", LARGE, 250_000, baseline=500_000, mb=150)]
    page = as_markdown(
        lines, [Bar("speed", "0.49", "≥ 0.50", False), Bar("memory", "150", "< 250", True)], {"CPU": "fast"}
    )
    assert "| CPU | fast |" in page
    assert "| speed | 0.49 | ≥ 0.50 | **missed** |" in page
    assert "| memory | 150 | < 250 | met |" in page
    assert "| ingest | 1,000,000 | 250,000 rows/s | 1000.0 us | 150 MB | a baseline: 500,000/s | 0.50 |" in page
