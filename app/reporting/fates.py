"""What became of every record of a run, by file and row, a page at a time. No page costs more than another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, false, func, or_, select, tuple_
from sqlalchemy.orm import load_only

from app import records, tenancy
from app.extensions import db
from app.models import Failure, Message, Run, RunPart, RunTrigger


class Place(NamedTuple):
    """A record's place in the order: data source, then row number. Written as `<data source>.<row number>`."""

    data_source_id: UUID
    row_number: int

    def __str__(self) -> str:
        return f"{self.data_source_id}.{self.row_number}"

    @classmethod
    def parse(cls, text: str) -> "Place":
        """From what `str` gives. Raises ValueError."""
        source, _, row = text.partition(".")
        return cls(UUID(source), int(row))


class Outcome(NamedTuple):
    """What a record became on one delivery method: a message, a failure, or a message that failed."""

    message: Message | None
    """Loaded without its texts."""
    failure: Failure | None
    """Loaded without the record's data."""


@dataclass(frozen=True, slots=True)
class Fate:
    """A record and what became of it, by the key of the delivery method; nothing as long as it was not walked."""

    place: Place
    person: str
    outcomes: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class Page:
    """Some fates, and the place that gives the next ones (None at the end)."""

    items: Sequence[Fate]
    next: Place | None


_MESSAGE = load_only(
    *(Message.data_source_id, Message.row_number, Message.method, Message.channel, Message.person),
    *(Message.status, Message.not_before, Message.disposition),
    raiseload=True,
)
_FAILURE = load_only(
    *(Failure.data_source_id, Failure.row_number, Failure.method, Failure.channel, Failure.person),
    *(Failure.stage, Failure.code, Failure.facts, Failure.message_id, Failure.repeats_message_id),
    Failure.requeue_run_id,
    raiseload=True,
)


def fates(run_id: UUID, after: Place | None = None, limit: int = 100) -> Page:
    """The records of a run of the bound company after a place. Costs a page's worth of rows, however long the run."""
    run = tenancy.find(Run, run_id)
    places_of = _requeued_places if run and run.trigger is RunTrigger.REQUEUE else _places
    found = places_of(run_id, after, limit + 1)
    places = found[:limit]
    messages = _by_place(Message, run_id, places, _MESSAGE)
    failures = _by_place(Failure, run_id, places, _FAILURE)
    return Page(
        [_fate(place, messages.get(place, {}), failures.get(place, {})) for place in places],
        places[-1] if len(found) > limit else None,
    )


def _places(run_id: UUID, after: Place | None, limit: int) -> list[Place]:
    """The places of the run's records, whether the run has come to them or not."""
    first, last = func.min(RunPart.first_row), func.max(RunPart.last_row)
    files = (
        select(RunPart.data_source_id, first, last)
        .where(RunPart.company_id == tenancy.company_id(), RunPart.run_id == run_id)
        .group_by(RunPart.data_source_id)
        .order_by(RunPart.data_source_id)
    )
    if after:
        files = files.where(RunPart.data_source_id >= after.data_source_id)
    found: list[Place] = []
    for source_id, first_row, last_row in db.session.execute(files):
        seen = after.row_number if after and after.data_source_id == source_id else first_row - 1
        numbers = records.numbers_after(source_id, seen, limit - len(found), last_row)
        found += [Place(source_id, number) for number in numbers]
        if len(found) == limit:
            break
    return found


def _requeued_places(run_id: UUID, after: Place | None, limit: int) -> list[Place]:
    """The places of the failures that a requeue walks."""
    place = (Failure.data_source_id, Failure.row_number)
    query = (
        select(*place)
        .where(Failure.company_id == tenancy.company_id(), Failure.requeue_run_id == run_id)
        .distinct()
        .order_by(*place)
        .limit(limit)
    )
    if after:
        query = query.where(tuple_(*place) > after)
    return [Place(*row) for row in db.session.execute(query)]


def _by_place(model: Any, run_id: UUID, places: Sequence[Place], columns: Any) -> dict[Place, dict[str, Any]]:
    """Rows of a page by place and method."""
    stretches = [
        and_(model.data_source_id == source_id, model.row_number.between(found[0].row_number, found[-1].row_number))
        for source_id, found in ((id_, list(group)) for id_, group in groupby(places, key=lambda place: place[0]))
    ]
    query = tenancy.rows(model).where(model.run_id == run_id, or_(false(), *stretches))
    by_place: dict[Place, dict[str, Any]] = {}
    for row in db.session.scalars(query.order_by(model.id).options(columns)):
        by_place.setdefault(Place(row.data_source_id, row.row_number), {})[row.method] = row
    return by_place


def _fate(place: Place, messages: Mapping[str, Message], failures: Mapping[str, Failure]) -> Fate:
    persons = [row.person for row in messages.values()] + [row.person for row in failures.values()]
    methods = {**failures, **messages}
    return Fate(
        place, next(filter(None, persons), ""), {key: Outcome(messages.get(key), failures.get(key)) for key in methods}
    )
