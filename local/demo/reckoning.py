"""What became of every row on every delivery method.

Counted one by one from the API's lists and held against the run's own counts: the demo proves that nothing is lost, and
does not only say so.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.models import FINAL, Disposition, MessageStatus
from local.demo.program import Program

CUT = "Bill amt:"
"""What the demo's text filter takes out, from there to the end of the line."""

_ANSWERS = {
    Disposition.CONFIRMED: "confirmed",
    Disposition.CANCELLED: "cancelled by the person",
    Disposition.RESCHEDULE: "asked for another time",
    Disposition.OPTED_OUT: "opted out",
    Disposition.UNCLEAR: "answered something unclear",
}
_ARRIVED = frozenset({MessageStatus.DELIVERED, MessageStatus.READ})
_OPEN = frozenset(status.value for status in MessageStatus if status not in FINAL)


@dataclass(frozen=True)
class Reckoning:
    """The sum of a run. Every row x delivery method is in `fates` once."""

    rows: int
    records: int
    rejected: int
    methods: tuple[str, ...]
    messages: Mapping[str, int]
    """By the status that they have now."""
    failures: Mapping[str, int]
    """Rows that did not become a message, by `stage.code`."""
    delivery_failures: Mapping[str, int]
    """Messages that failed or came back, by `deliver.code`."""
    dispositions: Mapping[str, int]
    fates: Mapping[str, Mapping[str, int]]
    """In words, by delivery method."""
    flaws: tuple[str, ...]
    """What does not add up."""

    @property
    def queued(self) -> int:
        """Messages that were made."""
        return sum(self.messages.values())

    @property
    def sent(self) -> int:
        """Messages that a provider took."""
        return sum(self.messages.get(status, 0) for status in ("sent", "delivered", "read", "undelivered"))

    @property
    def delivered(self) -> int:
        """Messages that arrived."""
        return sum(self.messages.get(status, 0) for status in _ARRIVED)

    @property
    def open(self) -> Mapping[str, int]:
        """Messages without a final state, by status."""
        return {status: n for status, n in self.messages.items() if status in _OPEN}

    @property
    def complete(self) -> bool:
        """True when everything has come to an end and adds up."""
        return not self.open and not self.flaws

    def as_json(self) -> dict[str, Any]:
        """`messages`, `failures` and `rejected` x `methods` add up to `rows` x `methods`."""
        return {
            "rows": self.rows,
            "records": self.records,
            "rejected": self.rejected,
            "methods": list(self.methods),
            "messages": dict(self.messages),
            "failures": dict(self.failures),
            "delivery_failures": dict(self.delivery_failures),
            "dispositions": dict(self.dispositions),
            "open": sum(self.open.values()),
            "adds_up": not self.flaws,
            "flaws": list(self.flaws),
        }


def is_open(status: str) -> bool:
    """True for the status of a message that has not come to its end."""
    return status in _OPEN


def reckon(
    program: Program, rows: int, file: Mapping[str, Any], run_id: str, methods: Iterable[str], reached_twice: int
) -> Reckoning:
    """Lists all messages and failures of a run over one file of `rows` rows and adds them up.

    `reached_twice` is how many messages the carrier delivered more than once.
    """
    messages = list(program.items("/messages", run_id=run_id))
    failures = list(program.items("/failures", run_id=run_id))
    before = [failure for failure in failures if failure["stage"] != "deliver"]
    reasons = {failure["message_id"]: _code(failure) for failure in failures if failure["stage"] == "deliver"}
    run = program.get(f"/runs/{run_id}")
    keys = tuple(methods)
    fates: dict[str, Counter[str]] = {"rejected on loading": Counter(dict.fromkeys(keys, file["rows_rejected"]))}
    for failure in sorted(before, key=_code):
        fates.setdefault(f"failed: {_code(failure)}", Counter())[failure["method"]] += 1
    for words, method in sorted((_fate(message, reasons), message["method"]) for message in messages):
        fates.setdefault(words, Counter())[method] += 1
    found = Reckoning(
        rows=rows,
        records=file["rows_loaded"],
        rejected=file["rows_rejected"],
        methods=keys,
        messages=Counter(message["status"] for message in messages),
        failures=Counter(map(_code, before)),
        delivery_failures=Counter(reasons.values()),
        dispositions=run["dispositions"],
        fates=fates,
        flaws=(),
    )
    flaws = tuple(_flaws(found, run, messages, before))
    doubled = (f"{reached_twice} messages reached their person twice",) if reached_twice else ()
    return replace(found, flaws=flaws + doubled)


def _fate(message: Mapping[str, Any], reasons: Mapping[str, str]) -> str:
    status = MessageStatus(message["status"])
    if status in _ARRIVED:
        answer = message["disposition"]
        return f"{status.value}, {_ANSWERS[Disposition(answer)] if answer else 'no answer'}"
    if reason := reasons.get(message["id"]):
        return f"{status.value}: {reason}"
    return status.value if status in FINAL else f"still {status.value}"


def _flaws(
    found: Reckoning, run: Mapping[str, Any], messages: list[dict[str, Any]], failures: list[dict[str, Any]]
) -> Iterable[str]:
    if found.records + found.rejected != found.rows:
        yield f"of {found.rows} rows {found.records} were loaded and {found.rejected} rejected"
    if run["records_total"] != found.records:
        yield f"{found.records} records were loaded, and the run has {run['records_total']}"
    seen = Counter((each["row_number"], each["method"]) for each in (*messages, *failures))
    if twice := [place for place, n in seen.items() if n > 1]:
        yield f"{len(twice)} rows have two outcomes on one delivery method, such as {min(twice)}"
    if len(seen) != found.records * len(found.methods):
        yield f"{len(seen)} outcomes for {found.records} records x {len(found.methods)} delivery methods"
    counted = {**found.failures, **found.delivery_failures}
    if run["messages"] != found.messages or run["failures"] != counted:
        yield f"the run counts {run['messages']} and {run['failures']}; listed are {found.messages} and {counted}"
    if told := sum(CUT.lower() in message["body"].lower() for message in messages):
        yield f"{told} messages say “{CUT}”, which a text filter should have cut"


def _code(failure: Mapping[str, Any]) -> str:
    return f"{failure['stage']}.{failure['code']}"
