"""Requeueing: a new run of a campaign over failures of its earlier runs, each on the delivery method that failed.

The run pins the campaign's newest version and goes the way of every run. A failure is requeued once; what comes of it
is the new run's message or the new run's failure, which can be requeued in its turn.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import any_, cast, exists, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONPATH
from sqlalchemy.types import Uuid

from app import tenancy
from app.campaigns import states
from app.campaigns.errors import CampaignError, RefusedError
from app.campaigns.runs import hand_over
from app.campaigns.states import MOVES, Move
from app.clock import now
from app.extensions import db
from app.failures import FailureFilter, standing
from app.models import (
    Campaign,
    CampaignStatus,
    CampaignVersion,
    Failure,
    Run,
    RunPart,
    RunStatus,
    RunTrigger,
    RunUntil,
    new_id,
)
from app.models.base import Json
from app.queueing.engine import mark_slice
from app.queueing.parts import lay_out
from app.queueing.requeued import can_be_walked, mark_these

_AT_ONCE = timedelta(seconds=2)
"""How long whoever asks waits for failures to be marked, before workers go on with it."""


def requeue_matching(wanted: FailureFilter, by: UUID | None) -> Run:
    """Starts a run over all failures of one campaign that `wanted` leaves and that still stand. Commits.

    Workers go on with what cannot be marked within two seconds. `by` is the person, None for a program. Raises
    `RefusedError`.
    """
    campaign = _held(group.campaign_id for group in standing(wanted))
    wanted = replace(wanted, campaign_id=campaign.id, requeued=None)
    version = tenancy.get(CampaignVersion, campaign.id, campaign.version)
    # asked for again: somebody may have been faster
    still = standing(wanted)
    groups = can_be_walked(still, version)
    if not groups:
        raise RefusedError(_why_none(any_stands=bool(still)))
    runs = {group.run_id for group in groups}
    run = _started(campaign, RunStatus.STAGING, wanted.as_json(), runs, by)
    lay_out(run, _spans_of_runs(runs))
    db.session.commit()
    mark_slice(run.id, now() + _AT_ONCE)
    return _handed_over(run)


def requeue_these(ids: Collection[UUID], by: UUID | None) -> Run:
    """Starts a run over failures of one campaign, those of them that still stand. Commits.

    Raises `RefusedError`, and `NotFoundError` for a failure that is not the bound company's.
    """
    runs = _runs_of(ids)
    campaign = _held(runs.values())
    version = tenancy.get(CampaignVersion, campaign.id, campaign.version)
    run = _started(campaign, RunStatus.QUEUEING, {}, runs, by)
    if not mark_these(run, ids, {method["key"] for method in version.definition["methods"]}):
        db.session.rollback()
        raise RefusedError(_why_none(any_stands=_any_stands(ids)))
    lay_out(run, _spans_of_failures(run.id))
    db.session.commit()
    return _handed_over(run)


def requeueable(wanted: FailureFilter) -> dict[UUID, int]:
    """How many failures a requeue would take, by the campaign that they are of; only campaigns that may do it now."""
    counts = standing(wanted)
    keys = func.jsonb_path_query_array(CampaignVersion.definition, cast("$.methods[*].key", JSONPATH))
    methods = db.session.execute(
        select(Campaign.id, keys)
        .join(
            CampaignVersion,
            (CampaignVersion.company_id == Campaign.company_id)
            & (CampaignVersion.campaign_id == Campaign.id)
            & (CampaignVersion.number == Campaign.version),
        )
        .where(
            Campaign.company_id == tenancy.company_id(),
            Campaign.id.in_({group.campaign_id for group in counts}),
            Campaign.status.in_(MOVES[Move.REQUEUE][0]),
        )
    )
    can_do = {(campaign_id, key) for campaign_id, found in methods for key in found}
    numbers: Counter[UUID] = Counter()
    for group, n in counts.items():
        if (group.campaign_id, group.method) in can_do:
            numbers[group.campaign_id] += n
    return dict(numbers)


def _held(campaign_ids: Iterable[UUID]) -> Campaign:
    """The one campaign, locked, if it may have a further run."""
    concerned = set(campaign_ids)
    if not concerned:
        raise RefusedError(CampaignError.NOTHING_TO_REQUEUE)
    if len(concerned) > 1:
        raise RefusedError(CampaignError.SEVERAL_CAMPAIGNS)
    campaign = tenancy.get(Campaign, concerned.pop(), for_update=True)
    states.require(campaign, Move.REQUEUE)
    being_marked = exists().where(
        Run.company_id == campaign.company_id, Run.campaign_id == campaign.id, Run.status == RunStatus.STAGING
    )
    if db.session.scalar(select(being_marked)):
        raise RefusedError(CampaignError.REQUEUE_UNDER_WAY)
    return campaign


def _why_none(*, any_stands: bool) -> CampaignError:
    return CampaignError.METHOD_GONE if any_stands else CampaignError.NOTHING_TO_REQUEUE


def _any_stands(ids: Collection[UUID]) -> bool:
    stands = exists().where(
        Failure.company_id == tenancy.company_id(),
        Failure.id == any_(literal(list(ids), ARRAY(Uuid))),
        Failure.requeue_run_id.is_(None),
    )
    return bool(db.session.scalar(select(stands)))


def _started(campaign: Campaign, status: RunStatus, requeues: Json, of_runs: Collection[UUID], by: UUID | None) -> Run:
    # one that is ready has not said what it is ready for, and has yet to be fired
    if campaign.status is not CampaignStatus.READY:
        states.make(campaign, Move.REQUEUE)
    until, start_at = _as_cautious_as(of_runs)
    run = Run(
        company_id=campaign.company_id,
        id=new_id(),
        campaign_id=campaign.id,
        version=campaign.version,
        status=status,
        until=until,
        start_at=start_at,
        trigger=RunTrigger.REQUEUE,
        requeues=requeues,
        records_total=0,
        created_by=by,
    )
    db.session.add(run)
    db.session.flush()
    return run


def _as_cautious_as(run_ids: Collection[UUID]) -> tuple[RunUntil, datetime | None]:
    """How far a requeue of runs goes by itself, and from when on: no further and no sooner than any of them."""
    found = db.session.execute(
        select(Run.until, Run.start_at).where(
            Run.company_id == tenancy.company_id(), Run.id == any_(literal(list(run_ids), ARRAY(Uuid)))
        )
    ).all()
    all_deliver = all(until is RunUntil.DELIVERING for until, _ in found)
    starts = [start_at for _, start_at in found if start_at]
    return RunUntil.DELIVERING if all_deliver else RunUntil.QUEUED, max(starts, default=None)


def _handed_over(run: Run) -> Run:
    hand_over(run)
    db.session.refresh(run)
    return run


def _runs_of(ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The runs that failures are of, each with its campaign. Raises `NotFoundError`."""
    rows = db.session.execute(
        select(Failure.id, Failure.run_id, Failure.campaign_id).where(
            Failure.company_id == tenancy.company_id(), Failure.id == any_(literal(list(ids), ARRAY(Uuid)))
        )
    ).all()
    known = {row.id for row in rows}
    for id_ in ids:
        if id_ not in known:
            raise tenancy.NotFoundError(Failure.__name__, id_)
    return {row.run_id: row.campaign_id for row in rows}


def _spans_of_runs(run_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """The stretches in which failures of these runs can be: the runs' own."""
    found = db.session.execute(
        select(RunPart.data_source_id, func.min(RunPart.first_row), func.max(RunPart.last_row))
        .where(RunPart.company_id == tenancy.company_id(), RunPart.run_id == any_(literal(list(run_ids), ARRAY(Uuid))))
        .group_by(RunPart.data_source_id)
    )
    return {source_id: (first, last) for source_id, first, last in found}


def _spans_of_failures(run_id: UUID) -> dict[UUID, tuple[int, int]]:
    found = db.session.execute(
        select(Failure.data_source_id, func.min(Failure.row_number), func.max(Failure.row_number))
        .where(Failure.company_id == tenancy.company_id(), Failure.requeue_run_id == run_id)
        .group_by(Failure.data_source_id)
    )
    return {source_id: (first, last) for source_id, first, last in found}
