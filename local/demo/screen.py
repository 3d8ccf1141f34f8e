"""What a person sees of the demo: a progress bar in a terminal, plain lines elsewhere, and a table at the end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from local.demo.reckoning import Reckoning


class Stage:
    """One stage of the job under way."""

    def __init__(self, title: str, bar: Progress | None) -> None:
        self.title = title
        self.words = ""
        self._bar = bar
        self._task = bar.add_task(title, total=None, words="") if bar else None

    def show(self, words: str, done: int = 0, total: int | None = None) -> None:
        """How far it is."""
        self.words = words
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total, words=words)


class Screen:
    """Writes to standard output, and keeps how many seconds each stage took."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, title: str) -> Iterator[Stage]:
        """A stage for the length of the block; its time is kept under `name`, however it ends."""
        started = time.monotonic()
        try:
            if self._console.is_terminal:
                with self._progress() as bar:
                    yield Stage(title, bar)
            else:
                stage = Stage(title, None)
                yield stage
                self.say(f"{title}: {stage.words} ({time.monotonic() - started:.1f} s)")
        finally:
            self.seconds[name] = round(time.monotonic() - started, 3)

    def say(self, words: str) -> None:
        """One line, or several."""
        self._console.print(escape(words))

    def show(self, found: Reckoning) -> None:
        """The table of what became of every row on every delivery method, and what does not add up."""
        table = Table(title=f"What became of {found.rows} rows x {len(found.methods)} delivery methods")
        table.add_column("")
        for heading in (*found.methods, "all"):
            table.add_column(heading, justify="right")
        for words, by_method in found.fates.items():
            table.add_row(words, *_numbers([by_method.get(method, 0) for method in found.methods]))
        table.add_section()
        sums = [sum(by_method.get(method, 0) for by_method in found.fates.values()) for method in found.methods]
        table.add_row("rows", *_numbers(sums), style="bold")
        self._console.print()
        self._console.print(table, soft_wrap=False)
        self.say(
            f"{found.queued} messages were queued, {found.sent} sent, {found.delivered} delivered; for"
            f" {sum(found.failures.values())} there is a reason why not. People decided: {_listed(found)}."
        )
        for flaw in found.flaws:
            self.say(f"DOES NOT ADD UP: {flaw}")

    def _progress(self) -> Progress:
        return Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=12),
            MofNCompleteColumn(),
            TextColumn("{task.fields[words]}"),
            console=self._console,
        )


def _numbers(by_method: list[int]) -> list[str]:
    return [str(n) if n else "-" for n in (*by_method, sum(by_method))]


def _listed(found: Reckoning) -> str:
    return ", ".join(f"{code} {n}" for code, n in found.dispositions.items()) or "nothing yet"
