"""What happened, by campaign and dates or by dates alone. Reads tallies and files, never messages: no page counts rows.

A tally holds messages under the status that they have *now*. So what a report calls sent is sent or further, what it
calls delivered is delivered or read, and a message that came back undelivered was sent but not delivered.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, cast, func, select

from app import tenancy
from app.extensions import db
from app.models import (
    FINAL,
    CampaignFile,
    Company,
    DataSource,
    Disposition,
    FailureStage,
    MessageStatus,
    SourceStatus,
    Tally,
    TallyKind,
)

_SENT = frozenset({MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ, MessageStatus.UNDELIVERED})


class Reason(NamedTuple):
    """Why something failed: a stage of the line and a code of that stage."""

    stage: FailureStage
    code: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the records x delivery methods that were asked about."""

    messages: Mapping[MessageStatus, int] = field(default_factory=dict)
    """Messages by the status that they have now."""
    failures: Mapping[Reason, int] = field(default_factory=dict)
    """Failures by reason, most frequent first. Includes messages that failed after they were queued."""
    dispositions: Mapping[Disposition, int] = field(default_factory=dict)
    """Decisions of people."""
    requeued: Mapping[Reason, int] = field(default_factory=dict)
    """Those of the failures that another run has taken up. What came of them is that run's."""

    @property
    def queued(self) -> int:
        """Messages that were made, whatever became of them since."""
        return sum(self.messages.values())

    @property
    def failed(self) -> int:
        """Failures of every stage, requeued or not."""
        return sum(self.failures.values())

    @property
    def taken_up(self) -> int:
        """Failures that were requeued."""
        return sum(self.requeued.values())

    @property
    def standing(self) -> int:
        """Failures that were not requeued: over several runs, nobody is counted twice among them."""
        return self.failed - self.taken_up

    @property
    def standing_by_reason(self) -> dict[Reason, int]:
        """The failures that were not requeued, by reason, most frequent first."""
        return dict((Counter(self.failures) - Counter(self.requeued)).most_common())

    @property
    def not_queued(self) -> int:
        """Failures before a message was made: with `queued` they add up to records x delivery methods."""
        return sum(n for reason, n in self.failures.items() if reason.stage != FailureStage.DELIVER)

    @property
    def sent(self) -> int:
        """Messages that a provider accepted."""
        return sum(n for status, n in self.messages.items() if status in _SENT)

    @property
    def delivered(self) -> int:
        """Messages that are known to have arrived."""
        return self.of(MessageStatus.DELIVERED) + self.of(MessageStatus.READ)

    @property
    def open(self) -> int:
        """Messages without a final state."""
        return sum(n for status, n in self.messages.items() if status not in FINAL)

    def of(self, code: MessageStatus | Disposition) -> int:
        """Messages that now have a status, or decisions of a kind."""
        if isinstance(code, MessageStatus):
            return self.messages.get(code, 0)
        return self.dispositions.get(code, 0)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a report, on the company's clock. Messages belong to the day on which they go out."""

    day: date
    loaded: int
    """Records of the files whose loading ended on this day."""
    counts: Counts


@dataclass(frozen=True, slots=True)
class Report:
    """The answer for some days, both ends included, and for each of them."""

    date_from: date
    date_to: date
    campaign_id: UUID | None
    loaded: int
    """Records loaded on these days; for a campaign, the records of its files, whenever they were loaded."""
    total: Counts
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class RunCounts:
    """The counts of one run, in all and by the key of the delivery method."""

    total: Counts
    by_method: Mapping[str, Counts]


def report(date_from: date, date_to: date, campaign_id: UUID | None = None) -> Report:
    """What happened in the bound company from `date_from` to `date_to`, both included, on the company's clock."""
    asked: list[ColumnElement[bool]] = [Tally.day.between(date_from, date_to)]
    if campaign_id is not None:
        asked.append(Tally.campaign_id == campaign_id)
    by_day = _counted(Tally.day, asked)
    loaded = _loaded_by_day(date_from, date_to, campaign_id)
    length = (date_to - date_from).days + 1
    days = tuple(date_from + timedelta(days=offset) for offset in range(length))
    return Report(
        date_from,
        date_to,
        campaign_id,
        loaded=sum(loaded.values()) if campaign_id is None else _records_of(campaign_id),
        total=_total(by_day.values()),
        days=tuple(Day(day, loaded.get(day, 0), by_day.get(day, Counts())) for day in days),
    )


def run_counts(run_id: UUID) -> RunCounts:
    """What has become so far of the records of one run of the bound company."""
    by_method = _counted(Tally.method, [Tally.run_id == run_id])
    return RunCounts(_total(by_method.values()), by_method)


def counts_of_runs(run_ids: Iterable[UUID]) -> dict[UUID, Counts]:
    """The counts of several runs of the bound company; every id has its entry."""
    wanted = list(run_ids)
    found = _counted(Tally.run_id, [Tally.run_id.in_(wanted)])
    return {run_id: found.get(run_id, Counts()) for run_id in wanted}


def failures_by_reason(
    run_id: UUID | None = None, campaign_id: UUID | None = None, requeued: bool | None = None
) -> Mapping[Reason, int]:
    """How often each reason was met in the bound company, in one run or in one campaign, most frequent first.

    `requeued` leaves the failures that were requeued, or with False those that still stand.
    """
    asked: list[ColumnElement[bool]] = [Tally.kind.in_([TallyKind.FAILURE, TallyKind.REQUEUED])]
    if run_id is not None:
        asked.append(Tally.run_id == run_id)
    if campaign_id is not None:
        asked.append(Tally.campaign_id == campaign_id)
    counts = _total(_counted(Tally.kind, asked).values())
    if requeued is None:
        return counts.failures
    return counts.requeued if requeued else counts.standing_by_reason


def _counted(group: Any, asked: Sequence[ColumnElement[bool]]) -> dict[Any, Counts]:
    query = (
        select(group, Tally.kind, Tally.stage, Tally.code, func.sum(Tally.n))
        .where(Tally.company_id == tenancy.company_id(), *asked)
        .group_by(group, Tally.kind, Tally.stage, Tally.code)
    )
    rows: dict[Any, list[tuple[TallyKind, str, str, int]]] = {}
    for key, kind, stage, code, n in db.session.execute(query):
        if n:
            rows.setdefault(key, []).append((kind, stage, code, int(n)))
    return {key: _counts(found) for key, found in rows.items()}


def _counts(rows: Iterable[tuple[TallyKind, str, str, int]]) -> Counts:
    messages: Counter[MessageStatus] = Counter()
    failures: Counter[Reason] = Counter()
    requeued: Counter[Reason] = Counter()
    dispositions: Counter[Disposition] = Counter()
    for kind, stage, code, n in rows:
        match kind:
            case TallyKind.MESSAGE:
                messages[MessageStatus(code)] += n
            case TallyKind.FAILURE:
                failures[Reason(FailureStage(stage), code)] += n
            case TallyKind.REQUEUED:
                requeued[Reason(FailureStage(stage), code)] += n
            case TallyKind.DISPOSITION:
                dispositions[Disposition(code)] += n
    return Counts(messages, dict(failures.most_common()), dispositions, dict(requeued.most_common()))


def _total(parts: Iterable[Counts]) -> Counts:
    messages: Counter[MessageStatus] = Counter()
    failures: Counter[Reason] = Counter()
    requeued: Counter[Reason] = Counter()
    dispositions: Counter[Disposition] = Counter()
    for part in parts:
        messages.update(part.messages)
        failures.update(part.failures)
        requeued.update(part.requeued)
        dispositions.update(part.dispositions)
    return Counts(messages, dict(failures.most_common()), dispositions, dict(requeued.most_common()))


def _loaded_by_day(date_from: date, date_to: date, campaign_id: UUID | None) -> dict[date, int]:
    company = db.session.get_one(Company, tenancy.company_id())
    day = cast(func.timezone(company.time_zone, DataSource.finished_at), Date)
    query = (
        select(day, func.sum(DataSource.rows_loaded))
        .where(
            DataSource.company_id == company.id,
            DataSource.status == SourceStatus.LOADED,
            day.between(date_from, date_to),
        )
        .group_by(day)
    )
    if campaign_id is not None:
        query = query.where(DataSource.id.in_(_files_of(campaign_id)))
    return {found: int(n) for found, n in db.session.execute(query)}


def _records_of(campaign_id: UUID) -> int:
    query = select(func.coalesce(func.sum(DataSource.rows_loaded), 0)).where(
        DataSource.company_id == tenancy.company_id(), DataSource.id.in_(_files_of(campaign_id))
    )
    return int(db.session.scalar(query) or 0)


def _files_of(campaign_id: UUID) -> Select[Any]:
    return select(CampaignFile.data_source_id).where(
        CampaignFile.company_id == tenancy.company_id(), CampaignFile.campaign_id == campaign_id
    )
