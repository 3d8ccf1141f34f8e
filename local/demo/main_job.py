"""The main job by program: a list becomes messages in people's hands, and their answers come back."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.make_sample import write_sample
from local.demo.carrier import DemoCarrier
from local.demo.errors import DemoError
from local.demo.program import Program
from local.demo.reckoning import CUT, Reckoning, is_open, reckon
from local.demo.screen import Screen, Stage

POLL_SECONDS = 0.2
PATIENCE_SECONDS = 180.0
"""How long nothing may move before the demo gives up waiting."""
ANSWER_SECONDS = 60.0
LONGEST_THOUGHT_SECONDS = 32.0
"""How long, at a carrier's speed of 1, people take to answer a message or to follow its link."""
SHORTEST_STILLNESS_SECONDS = 1.0


class MainJob:
    """One list's way through the application, told to a screen stage by stage."""

    def __init__(self, program: Program, carrier: DemoCarrier, screen: Screen) -> None:
        self._program = program
        self._carrier = carrier
        self._screen = screen

    def run(self, directory: Path, rows: int, all_applied: Callable[[], bool], speed: float) -> Reckoning:
        """Makes a list of `rows` rows in `directory` and does everything with it.

        `all_applied` tells whether every event that came in has been applied; `speed` is the carrier's. Raises
        `DemoError` when a stage stands still; what is open after sending is in the reckoning.
        """
        file = self._load(_sample(directory, rows))
        methods, run_id = self._fire(file)
        self._queue(run_id, file["rows_loaded"] * len(methods))
        self._deliver(run_id)
        self._hear(run_id, all_applied, max(LONGEST_THOUGHT_SECONDS / speed, SHORTEST_STILLNESS_SECONDS))
        return reckon(self._program, rows, file, run_id, methods, self._carrier.reached_twice())

    def _load(self, sample: Path) -> Mapping[str, Any]:
        with self._screen.stage("ingest", "Loading the list") as stage:
            path = f"/files/{self._program.upload('/files', sample)['id']}"
            self._program.post(f"{path}/load")

            def loaded() -> Mapping[str, Any] | None:
                file: Mapping[str, Any] = self._program.get(path)
                stage.show(f"{file['rows_loaded']} records, {file['rows_rejected']} rejected", file["percent"], 100)
                return file if file["status"] in ("loaded", "failed") else None

            file: Mapping[str, Any] | None = _moving(loaded, stage)
            if file is None or file["status"] == "failed":
                raise DemoError(f"The list was not loaded: {stage.words}. {file['error_words'] if file else ''}")
            return file

    def _fire(self, file: Mapping[str, Any]) -> tuple[list[str], str]:
        """The keys of the delivery methods, and the run's id."""
        with self._screen.stage("campaign", "Describing the campaign") as stage:
            name = f"Reminders of {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
            campaign = self._program.post("/campaigns", {"name": name, "files": [file["id"]]})
            path = f"/campaigns/{campaign['id']}"
            campaign = self._program.patch(path, {"definition": _definition(campaign["definition"])})
            methods = [method["key"] for method in campaign["definition"]["methods"]]
            forecast = self._forecast(path, stage)
            self._program.post(f"{path}/ready")
            stage.show(f"{' and '.join(methods)}; {forecast['messages']} messages foretold", 1, 1)
        run_id: str = self._program.post(f"{path}/runs")["id"]
        return methods, run_id

    def _forecast(self, path: str, stage: Stage) -> Mapping[str, Any]:
        self._program.post(f"{path}/dry-run")

        def walked() -> Mapping[str, Any] | None:
            dry_run: Mapping[str, Any] = self._program.get(f"{path}/dry-run")
            stage.show(
                f"dry run of {dry_run['records_done']} records", dry_run["records_done"], dry_run["records_total"]
            )
            return dry_run if dry_run["status"] != "running" else None

        forecast: Mapping[str, Any] | None = _moving(walked, stage)
        if forecast is None or forecast["status"] != "finished":
            raise DemoError(f"The dry run was not finished: {stage.words}.")
        return forecast

    def _queue(self, run_id: str, expected: int) -> None:
        with self._screen.stage("queue", "Making messages") as stage:

            def queued() -> bool:
                run = self._program.get(f"/runs/{run_id}")
                made = sum(run["messages"].values())
                failed = sum(n for code, n in run["failures"].items() if not code.startswith("deliver."))
                stage.show(f"{made} messages, {failed} rows without one", made + failed, expected)
                return run["status"] in ("queued", "delivering", "finished")

            if not _moving(queued, stage):
                raise DemoError(f"The run is still being queued: {stage.words}.")

    def _deliver(self, run_id: str) -> None:
        with self._screen.stage("deliver", "Delivering") as stage:

            def delivered() -> bool:
                run = self._program.get(f"/runs/{run_id}")
                counts: dict[str, int] = run["messages"]
                still_open = {status: n for status, n in counts.items() if is_open(status)}
                total = sum(counts.values())
                stage.show(_listed(counts), total - sum(still_open.values()), total)
                return bool(run["status"] == "finished")

            if not _moving(delivered, stage):
                self._screen.say(f"Nothing has moved for {PATIENCE_SECONDS:.0f} s: {stage.words}.")

    def _hear(self, run_id: str, all_applied: Callable[[], bool], stillness: float) -> None:
        """Waits until the carrier has told all and nothing has changed for as long as people think."""
        with self._screen.stage("answers", "Hearing the answers") as stage:
            deadline = time.monotonic() + ANSWER_SECONDS
            before: tuple[object, object] | None = None
            still_since = time.monotonic()
            while time.monotonic() < min(deadline, still_since + stillness):
                run = self._program.get(f"/runs/{run_id}")
                stage.show(_listed(run["dispositions"]), sum(run["dispositions"].values()))
                counts = run["messages"], run["dispositions"]
                if counts != before or not (self._carrier.is_quiet() and all_applied()):
                    before, still_since = counts, time.monotonic()
                time.sleep(POLL_SECONDS)


def _sample(directory: Path, rows: int) -> Path:
    """A fresh list: other people than the last time, so that nobody is a repeat of this morning's run."""
    path = directory / "appointments.csv"
    write_sample(path, rows, seed=time.time_ns(), start=datetime.now(UTC).date())
    return path


def _definition(suggested: dict[str, Any]) -> dict[str, Any]:
    """What was suggested, with notes that say too much, a filter that cuts them, and a window open at any hour."""
    methods: list[dict[str, Any]] = suggested["methods"]
    for method in methods:
        content = method["content"]
        content["text"] += "\n{{ notes }}"
        if content["html"]:
            content["text"] += f"\n{CUT} {{{{ bill_amt }}}}"
            content["html"] += f"\n<p>\n{{{{ notes }}}}\n{CUT} {{{{ bill_amt }}}}\n</p>"
    return {
        "methods": methods,
        "filters": [{"what": CUT, "cut": "to_line_end"}],
        "window": {"weekdays": [1, 2, 3, 4, 5, 6, 7], "lift_quiet_hours": True},
    }


def _moving(look: Callable[[], Any], stage: Stage) -> Any:
    """Looks until it gets an answer and returns it; None when what the stage shows has not changed for long."""
    said, moved = "", time.monotonic()
    while not (found := look()):
        if stage.words != said:
            said, moved = stage.words, time.monotonic()
        if time.monotonic() - moved > PATIENCE_SECONDS:
            return None
        time.sleep(POLL_SECONDS)
    return found


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{code} {n}" for code, n in sorted(counts.items()) if n) or "none yet"
