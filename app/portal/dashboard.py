"""The first page: what goes on, and what needs somebody."""

from collections.abc import Sequence
from typing import TypeVar

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import exists, select

from app import tenancy
from app.clock import now
from app.delivery.undecided import unknown_for_a_person
from app.extensions import db
from app.models import Campaign, DataSource, Disposition, Reply, ReplyMatch, Run, Sender, SourceStatus
from app.models.base import Owned
from app.portal import formats, labels
from app.portal.run_progress import shares_of, wholes
from app.reporting.questions import counts_of_runs, report

blueprint = Blueprint("dashboard", __name__)

Row = TypeVar("Row", bound=Owned)

_RECENT = 5


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Recent files, campaigns and runs, the numbers of today, and what waits for a person."""
    today = formats.local(now()).date()
    files, campaigns, runs = _newest(DataSource), _newest(Campaign), _newest(Run)
    counts = counts_of_runs(run.id for run in runs)
    return render_template(
        "dashboard/index.html",
        today=report(today, today).total,
        decisions=Disposition,
        files=files,
        campaigns=campaigns,
        runs=runs,
        counts=counts,
        shares={run_id: shares_of(found) for run_id, found in counts.items()},
        wholes=wholes(runs),
        names=labels.campaign_names(run.campaign_id for run in runs),
        broken=[source for source in files if source.status is SourceStatus.FAILED or source.rows_rejected],
        unsettled=_unsettled(),
        in_doubt=unknown_for_a_person(_RECENT),
        has_sender=db.session.scalar(select(exists().where(Sender.company_id == tenancy.company_id()))),
    )


def _newest(model: type[Row]) -> Sequence[Row]:
    return db.session.scalars(tenancy.rows(model).order_by(model.id.desc()).limit(_RECENT)).all()


def _unsettled() -> Sequence[Reply]:
    """Among the newest replies, those that nobody could be sure of."""
    return [
        reply
        for reply in _newest(Reply)
        if reply.disposition is Disposition.UNCLEAR or reply.match is not ReplyMatch.MATCHED
    ]
