"""Walking a run's records: each batch of them becomes messages and failures in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlalchemy import select, update

from app import tenancy
from app.accounts import senders
from app.campaigns.definition import Definition
from app.clock import now
from app.extensions import db, settings
from app.models import Campaign, CampaignVersion, Company, DataSource, MessageStatus, RunPart
from app.queueing.batch import Row, outcomes_of
from app.queueing.compose import line_for
from app.queueing.course import Course
from app.queueing.line import Line
from app.queueing.outcome import Failed, Outcome, Staged
from app.queueing.repeats import repeat_failures, split_repeats
from app.queueing.writing import Batch, count, write_failures, write_messages
from app.records import rows_after


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of rows that this transaction holds."""

    data_source_id: UUID
    first_row: int
    last_row: int
    position: int


class RecordWalk:
    """One worker's way through a run's records. What it reads of the campaign, it reads once."""

    def __init__(self, course: Course) -> None:
        self._run_id = course.run_id
        self._campaign_id = course.campaign_id
        self._version = course.version
        self._lines: dict[UUID, Line] = {}

    def next_batch(self, course: Course) -> bool:
        """Walks the next batch of a part that nobody else holds, and commits. False when there is no such part."""
        part = self._free_part()
        if part is None:
            return False
        limit = settings().queue_batch_records
        rows = rows_after(part.data_source_id, part.position, limit, part.last_row)
        outcomes = outcomes_of(self._line(part.data_source_id), rows, now(), course.start_at)
        self._write(course, part, rows, outcomes, is_last=len(rows) < limit)
        db.session.commit()
        return True

    def _write(
        self, course: Course, part: _Part, rows: Sequence[Row], outcomes: Sequence[Outcome], *, is_last: bool
    ) -> None:
        batch = Batch(
            company_id=tenancy.company_id(),
            run_id=self._run_id,
            campaign_id=self._campaign_id,
            data_source_id=part.data_source_id,
            status=MessageStatus.QUEUED if course.is_released else MessageStatus.STAGED,
            senders=self._senders,
            at=now(),
        )
        firsts, repeats = split_repeats(outcome for outcome in outcomes if isinstance(outcome, Staged))
        said_before = write_messages(batch, firsts)
        failures = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
        failures += repeat_failures(firsts, repeats, said_before)
        write_failures(batch, failures)
        self._move_on(part, part.last_row if is_last else rows[-1][0], is_last)
        count(batch, (message for message in firsts if message.dedupe_key not in said_before), failures)

    def _free_part(self) -> _Part | None:
        found = db.session.execute(
            select(RunPart.data_source_id, RunPart.first_row, RunPart.last_row, RunPart.position)
            .where(RunPart.company_id == tenancy.company_id(), RunPart.run_id == self._run_id, ~RunPart.done)
            .order_by(RunPart.data_source_id, RunPart.first_row)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        return _Part(*found) if found else None

    def _move_on(self, part: _Part, position: int, done: bool) -> None:
        db.session.execute(
            update(RunPart)
            .where(
                RunPart.company_id == tenancy.company_id(),
                RunPart.run_id == self._run_id,
                RunPart.data_source_id == part.data_source_id,
                RunPart.first_row == part.first_row,
            )
            .values(position=position, done=done),
            execution_options={"synchronize_session": False},
        )

    def _line(self, data_source_id: UUID) -> Line:
        if data_source_id not in self._lines:
            source = tenancy.get(DataSource, data_source_id)
            campaign = tenancy.get(Campaign, self._campaign_id)
            company = db.session.get_one(Company, tenancy.company_id())
            self._lines[data_source_id] = line_for(self._definition, company, campaign, source)
        return self._lines[data_source_id]

    @cached_property
    def _definition(self) -> Definition:
        version = tenancy.get(CampaignVersion, self._campaign_id, self._version)
        return Definition.model_validate(version.definition)

    @cached_property
    def _senders(self) -> dict[str, UUID | None]:
        """The sender of each delivery method: the chosen one, else the company's first of the channel."""
        firsts = {channel: sender.id for channel, sender in senders.firsts().items()}
        return {method.key: method.sender_id or firsts.get(method.channel) for method in self._definition.methods}
