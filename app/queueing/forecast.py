"""What would become of a list, in counts: kept with a dry run as one document. Pure."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from app.campaigns.definition import DeliveryMethod
from app.models import Channel, FailureStage
from app.queueing.errors import DeduplicateError, Facts
from app.queueing.outcome import Failed, Outcome, Staged, failed


class Example(BaseModel):
    """The first record that failed for a reason."""

    file_id: UUID
    row_number: int
    facts: Facts
    """What the words of the code speak of."""


class Reason(BaseModel):
    """Why records would not become messages, and how many."""

    stage: FailureStage
    n: int = 0
    example: Example


class MethodForecast(BaseModel):
    """What would become of a list on one delivery method."""

    method: str
    channel: Channel
    messages: int = 0
    units: int = 0
    """SMS segments; messages on other channels."""
    first_at: datetime | None = None
    """When the first of them may go out."""
    last_at: datetime | None = None
    days: dict[date, int] = {}
    """Messages by the recipients' local day on which they go out."""
    reasons: dict[str, Reason] = {}
    """By code."""
    repeats_in_list: int = 0
    """Of the duplicates: those of an earlier record of the same list."""
    repeats_of_messages: int = 0
    """Of the duplicates: those of a message that is there already."""

    @property
    def failures(self) -> int:
        """Records that would not become messages."""
        return sum(reason.n for reason in self.reasons.values())

    @property
    def ranked(self) -> list[tuple[str, Reason]]:
        """The reasons with their codes, the most frequent first."""
        return sorted(self.reasons.items(), key=lambda item: (-item[1].n, item[0]))


class Forecast(BaseModel):
    """What would become of a list: one part for each delivery method, in their order."""

    methods: list[MethodForecast]

    @classmethod
    def of(cls, methods: Sequence[DeliveryMethod]) -> "Forecast":
        """With nothing counted yet."""
        return cls(methods=[MethodForecast(method=method.key, channel=method.channel) for method in methods])

    @property
    def messages(self) -> int:
        """Messages that would go out."""
        return sum(method.messages for method in self.methods)

    @property
    def failures(self) -> int:
        """Records x delivery methods that would not become messages."""
        return sum(method.failures for method in self.methods)

    @property
    def units(self) -> int:
        """SMS segments, and messages on other channels."""
        return sum(method.units for method in self.methods)

    @property
    def first_at(self) -> datetime | None:
        """When the first message may go out."""
        return min((method.first_at for method in self.methods if method.first_at), default=None)

    @property
    def last_at(self) -> datetime | None:
        """When the last one may go out."""
        return max((method.last_at for method in self.methods if method.last_at), default=None)

    @property
    def days(self) -> dict[date, int]:
        """Messages by the recipients' local day, earliest first."""
        found: dict[date, int] = {}
        for method in self.methods:
            for day, n in method.days.items():
                found[day] = found.get(day, 0) + n
        return dict(sorted(found.items()))

    def count(
        self, file_id: UUID, outcomes: Sequence[Outcome], said: Collection[UUID], counted: Collection[UUID]
    ) -> None:
        """Counts what the line made of a batch of one file's records.

        `said` are the dedupe keys, of these outcomes', of messages that are there already; `counted` are those of
        records that were counted before.
        """
        parts = {part.method: part for part in self.methods}
        seen = set(counted)
        for outcome in outcomes:
            part = parts[outcome.method]
            if isinstance(outcome, Failed):
                _count_failure(part, file_id, outcome)
            elif outcome.dedupe_key in said:
                part.repeats_of_messages += 1
                _count_failure(part, file_id, _duplicate(outcome))
            elif outcome.dedupe_key in seen:
                part.repeats_in_list += 1
                _count_failure(part, file_id, _duplicate(outcome))
            else:
                seen.add(outcome.dedupe_key)
                _count_message(part, outcome)


def _duplicate(message: Staged) -> Failed:
    return failed(message, FailureStage.DEDUPLICATE, DeduplicateError.DUPLICATE.value, {})


def _count_message(part: MethodForecast, message: Staged) -> None:
    opens = message.opening.not_before
    part.messages += 1
    part.units += message.units
    part.first_at = min(part.first_at or opens, opens)
    part.last_at = max(part.last_at or opens, opens)
    part.days[message.day] = part.days.get(message.day, 0) + 1


def _count_failure(part: MethodForecast, file_id: UUID, failure: Failed) -> None:
    if failure.code not in part.reasons:
        example = Example(file_id=file_id, row_number=failure.row_number, facts=failure.facts)
        part.reasons[failure.code] = Reason(stage=failure.stage, example=example)
    part.reasons[failure.code].n += 1
