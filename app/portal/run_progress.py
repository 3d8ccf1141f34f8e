"""How far a run is, for the piece of a page that is asked for again and again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, tuple_

from app import tenancy
from app.campaigns import editing
from app.campaigns.definition import DeliveryMethod
from app.extensions import db
from app.models import Campaign, CampaignVersion, MessageStatus, Run, RunStatus, RunTrigger
from app.reporting.questions import Counts, RunCounts, run_counts
from app.reporting.waiting import next_opening, waiting_by_day


class Share(NamedTuple):
    """A part of what a run has to do."""

    name: str
    number: int
    tone: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A run and what has become of it so far."""

    run: Run
    methods: Sequence[DeliveryMethod]
    counts: RunCounts
    whole: int
    """Records x delivery methods; of a requeue, the failures that it walks."""
    waiting: dict[date, int]
    """Queued messages by the local day on which they go out."""
    opens_at: datetime | None
    """When the next of them may go out, as far as that is known."""

    @property
    def has_ended(self) -> bool:
        """True when nothing more will change but by receipts and replies."""
        return has_ended(self.run)

    @property
    def shares(self) -> list[Share]:
        """What became of the whole, in parts that add up to what has been walked so far."""
        return shares_of(self.counts.total)

    @property
    def seconds(self) -> int:
        """How long to wait before asking again."""
        if self.run.status in (RunStatus.STAGING, RunStatus.QUEUEING):
            return 1
        return 2 if self.counts.total.of(MessageStatus.SENDING) else 5


def has_ended(run: Run) -> bool:
    """True for a run with nothing left to do; one that is cancelled may still be calling its messages off."""
    return run.finished_at is not None


def progress_of(run: Run) -> Progress:
    """How far a run of the bound company is. Reads counts that the writers keep, never the run's messages."""
    methods = editing.definition_of(tenancy.get(Campaign, run.campaign_id), run.version).methods
    waiting = waiting_by_day(run.id) if run.status is RunStatus.DELIVERING else {}
    return Progress(
        run,
        methods,
        run_counts(run.id),
        _whole(run, len(methods)),
        waiting,
        next_opening(run.id, {method.channel for method in methods}) if waiting else None,
    )


def shares_of(counts: Counts) -> list[Share]:
    """What became of records x delivery methods; each is in one share."""
    sent = counts.of(MessageStatus.SENT)
    called_off = counts.of(MessageStatus.CANCELLED)
    failed = sum(map(counts.of, (MessageStatus.FAILED, MessageStatus.UNDELIVERED, MessageStatus.EXPIRED)))
    return [
        Share("Delivered", counts.delivered, "success"),
        Share("Sent", sent, "info"),
        Share("On the way", counts.open - sent, "primary"),
        Share("Failed", failed, "danger"),
        Share("Not queued", counts.not_queued, "warning"),
        Share("Called off", called_off, "secondary"),
    ]


def wholes(runs: Iterable[Run]) -> dict[UUID, int]:
    """Records x delivery methods, or the failures of a requeue, of several runs of the bound company."""
    listed = list(runs)
    methods = {
        (campaign_id, number): count
        for campaign_id, number, count in db.session.execute(
            select(
                CampaignVersion.campaign_id,
                CampaignVersion.number,
                func.jsonb_array_length(CampaignVersion.definition["methods"]),
            ).where(
                CampaignVersion.company_id == tenancy.company_id(),
                tuple_(CampaignVersion.campaign_id, CampaignVersion.number).in_(
                    {(run.campaign_id, run.version) for run in listed}
                ),
            )
        )
    }
    return {run.id: _whole(run, methods[run.campaign_id, run.version]) for run in listed}


def _whole(run: Run, methods: int) -> int:
    return run.records_total if run.trigger is RunTrigger.REQUEUE else run.records_total * methods
