"""Failures by what they have in common, and how many of them still stand."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Self
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select

from app import tenancy
from app.extensions import db
from app.models import Channel, Failure, FailureStage, Tally, TallyKind
from app.models.base import Json

REASON_COLUMNS = ("Failed channel", "Failed stage", "Failed code", "Failed because")
"""What stands behind a file's own columns where its failures are exported."""

REASON_FIELDS = ("failed_channel", "failed_stage", "failed_code", "failed_because")
"""Their stable names, when such a file is uploaded again."""


@dataclass(frozen=True, slots=True)
class FailureFilter:
    """Which failures; None means any."""

    run_id: UUID | None = None
    campaign_id: UUID | None = None
    data_source_id: UUID | None = None
    stage: FailureStage | None = None
    code: str | None = None
    channel: Channel | None = None
    requeued: bool | None = None
    """False: those that still stand."""

    def as_json(self) -> Json:
        """What is asked for, as it can be kept."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        return {name: str(value) if isinstance(value, UUID | StrEnum) else value for name, value in given.items()}

    @classmethod
    def of_json(cls, kept: Json) -> Self:
        """From what `as_json` gives."""
        return cls(**{name: _READ[name](value) for name, value in kept.items()})


_READ: dict[str, Any] = {
    "run_id": UUID,
    "campaign_id": UUID,
    "data_source_id": UUID,
    "stage": FailureStage,
    "code": str,
    "channel": Channel,
    "requeued": bool,
}


class Group(NamedTuple):
    """Failures that are counted under one key, but for their day."""

    campaign_id: UUID
    run_id: UUID
    stage: FailureStage
    code: str
    method: str


def standing(wanted: FailureFilter) -> dict[Group, int]:
    """How many of the bound company's failures still stand, in groups. Reads counts; the failures only of one file."""
    if wanted.data_source_id is not None:
        return _standing_of_file(wanted)
    still = func.sum(case((Tally.kind == TallyKind.FAILURE, Tally.n), else_=-Tally.n))
    key = (Tally.campaign_id, Tally.run_id, Tally.stage, Tally.code, Tally.method)
    found = db.session.execute(
        select(*key, still)
        .where(
            Tally.company_id == tenancy.company_id(),
            Tally.kind.in_([TallyKind.FAILURE, TallyKind.REQUEUED]),
            *_asked(wanted),
        )
        .group_by(*key)
        .having(still > 0)
        .order_by(*key)
    )
    return {
        Group(campaign_id, run_id, FailureStage(stage), code, method): int(n)
        for campaign_id, run_id, stage, code, method, n in found
    }


def _standing_of_file(wanted: FailureFilter) -> dict[Group, int]:
    key = (Failure.campaign_id, Failure.run_id, Failure.stage, Failure.code, Failure.method)
    found = db.session.execute(
        select(*key, func.count())
        .where(
            Failure.company_id == tenancy.company_id(),
            Failure.data_source_id == wanted.data_source_id,
            Failure.requeue_run_id.is_(None),
            *_asked(wanted, Failure),
        )
        .group_by(*key)
        .order_by(*key)
    )
    return {Group(*row[:-1]): row[-1] for row in found}


def _asked(wanted: FailureFilter, of: type[Tally | Failure] = Tally) -> list[ColumnElement[bool]]:
    columns: dict[Any, Any] = {
        of.run_id: wanted.run_id,
        of.campaign_id: wanted.campaign_id,
        of.stage: wanted.stage,
        of.code: wanted.code,
        of.channel: wanted.channel,
    }
    return [column == value for column, value in columns.items() if value is not None]
