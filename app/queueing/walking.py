"""Walking a run's records or failures: each batch of them becomes messages and failures in one transaction."""

from collections.abc import Sequence
from functools import cached_property
from uuid import UUID

from app import tenancy
from app.accounts import senders
from app.campaigns.definition import Definition
from app.clock import now
from app.extensions import db, settings
from app.models import Campaign, CampaignVersion, Company, DataSource, MessageStatus
from app.queueing.batch import outcomes_again, outcomes_of
from app.queueing.compose import line_for
from app.queueing.course import Course
from app.queueing.line import Line
from app.queueing.outcome import Failed, Outcome, Staged
from app.queueing.parts import Part, move_on, take_part
from app.queueing.repeats import repeat_failures, split_repeats
from app.queueing.requeued import marked_after
from app.queueing.said import without_repeats
from app.queueing.writing import Batch, count, write_failures, write_messages
from app.records import rows_after


class RecordWalk:
    """One worker's way through a run's records. What it reads of the campaign, it reads once."""

    def __init__(self, course: Course) -> None:
        self._run_id = course.run_id
        self._campaign_id = course.campaign_id
        self._version = course.version
        self._lines: dict[UUID, Line] = {}

    def next_batch(self, course: Course) -> bool:
        """Walks the next batch of a part that nobody else holds, and commits. False when there is no such part."""
        part = take_part(self._run_id)
        if part is None:
            return False
        limit = settings().queue_batch_records
        walk = self._walk_failures if course.is_requeue else self._walk_records
        numbers, outcomes = walk(course, part, limit)
        is_last = len(numbers) < limit
        move_on(self._run_id, part, part.last_row if is_last else numbers[-1], done=is_last)
        self._write(course, part, outcomes)
        db.session.commit()
        return True

    def _walk_records(self, course: Course, part: Part, limit: int) -> tuple[list[int], list[Outcome]]:
        rows = rows_after(part.data_source_id, part.position, limit, part.last_row)
        outcomes = outcomes_of(self._line(part.data_source_id), rows, now(), course.start_at)
        return [number for number, _ in rows], outcomes

    def _walk_failures(self, course: Course, part: Part, limit: int) -> tuple[list[int], list[Outcome]]:
        failures = marked_after(self._run_id, part.data_source_id, part.position, limit, part.last_row)
        line = self._line(part.data_source_id)
        outcomes = outcomes_again(line, failures, now(), course.start_at)
        outcomes = without_repeats(line, part.data_source_id, failures, outcomes)
        return [failure.row_number for failure in failures], outcomes

    def _write(self, course: Course, part: Part, outcomes: Sequence[Outcome]) -> None:
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
        count(batch, (message for message in firsts if message.dedupe_key not in said_before), failures)

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
