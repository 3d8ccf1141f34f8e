"""Each stage, measured beside its baseline."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from app import tenancy
from app.campaigns import dry_runs, editing, fire, lifecycle
from app.campaigns.definition import ContactWindow, Content, Definition, DeliveryMethod
from app.extensions import db, settings
from app.ingest import uploads
from app.ingest.table import Limits
from app.models import Channel, RunTrigger, RunUntil, Sender, new_id
from app.reporting.questions import run_counts
from bench.accounting import Cost
from bench.baselines import calamine_seconds, copy_seconds, post_seconds
from bench.ground import CONCURRENCY, Ground
from bench.lines import Line
from bench.workbook import write_workbook

WORKERS = 2
"""Processes that share a stage: what the two cores of the reference machine carry."""
_TURNS = 5
"""How often what takes only seconds is measured, each time right after its baseline."""
TEXT = (
    "Hi {{ patient_name | first_name }}, your visit with {{ provider | trim }} at {{ location }} is on"
    " {{ appt_date }} at {{ appt_time }}. Reply C to confirm, X to cancel, R to reschedule, STOP to opt out."
)
"""About 160 characters, five fields, two functions."""


def ingest(here: Ground) -> tuple[Line, UUID]:
    r"""The list as CSV into the records, next to `\copy`; and the data source that was loaded."""
    baseline, cost, source_id = _in_turns(here, here.path, lambda: copy_seconds(*here.psql, here.path))
    return Line("ingest", here.rows, here.rows, "rows", cost, r"psql \copy", here.rows / baseline), source_id


def ingest_xlsx(here: Ground) -> Line:
    """The same list as a spreadsheet, next to calamine's making Python values of it."""
    path = here.path.with_suffix(".xlsx")
    write_workbook(path, here.path)
    baseline, cost, _ = _in_turns(here, path, lambda: calamine_seconds(path))
    return Line("ingest_xlsx", here.rows, here.rows, "rows", cost, "calamine's bare read", here.rows / baseline)


def dry_run(here: Ground, source_id: UUID, copied_per_s: float) -> tuple[Line, UUID]:
    """What a text message for every row would come to, counted by one worker; and the campaign that would send them."""
    campaign_id = _describe_texts(source_id)
    cost = here.work("dry_run", dry_runs.lay_out_dry_run(campaign_id, None).id)
    return Line("dry_run", here.rows, here.rows, "rows", cost, r"psql \copy", copied_per_s), campaign_id


def queue(here: Ground, campaign_id: UUID, copied_per_s: float) -> tuple[Line, UUID]:
    """A text message for every row, made by workers side by side; and the run."""
    run_id = _fire_texts(campaign_id)
    cost = here.work("queue", run_id, WORKERS)
    messages = run_counts(run_id).total.queued
    return Line("queue", here.rows, messages, "messages", cost, r"psql \copy", copied_per_s), run_id


def send(here: Ground, run_id: UUID) -> Line:
    """The run's messages to the provider, next to a loop that does nothing but post."""
    messages = run_counts(run_id).total.queued
    url = here.sink + "/2010-04-01/Accounts/AC0/Messages.json"
    posted = messages / post_seconds(url, messages, CONCURRENCY)
    cost = here.work("send", run_id, WORKERS)
    return Line("send", messages, messages, "messages", cost, "bare libcurl-multi loop", posted)


def end_to_end(loaded: Line, queued: Line, sent: Line) -> Line:
    """The stages one after the other, next to their baselines one after the other."""
    baseline = 1 / (1 / loaded.baseline_per_s + 1 / sent.baseline_per_s)
    cost = loaded.cost + queued.cost + sent.cost
    return Line("end_to_end", loaded.rows, loaded.rows, "rows", cost, "copy, then post every row", baseline)


def _in_turns(here: Ground, path: Path, baseline: Callable[[], float]) -> tuple[float, Cost, UUID]:
    """Seconds of the baseline, cost of loading the list right after it, and a data source that was loaded.

    Of several turns the one whose ratio is the median: a machine that others use is as busy for both halves of a turn.
    """
    turns = []
    for _ in range(_TURNS):
        seconds = baseline()
        source_id = _upload(path)
        turns.append((seconds, here.work("ingest", source_id), source_id))
    return sorted(turns, key=lambda turn: turn[0] / turn[1].seconds)[_TURNS // 2]


def _upload(path: Path) -> UUID:
    with path.open("rb") as stream:
        return uploads.register_upload(stream, path.name, None, Limits.from_settings(settings())).id


def _describe_texts(source_id: UUID) -> UUID:
    """Makes a campaign of one text message a row, which has passed its checks, and returns it."""
    db.session.add(Sender(company_id=tenancy.company_id(), id=new_id(), channel=Channel.SMS, address="+12025550100"))
    campaign = editing.create_campaign("Bench", None, files=[source_id])
    suggested = editing.definition_of(campaign)
    definition = Definition(
        mapping=suggested.mapping,
        methods=(DeliveryMethod(key="sms", channel=Channel.SMS, content=Content(text=TEXT)),),
        window=ContactWindow(weekdays=frozenset(range(1, 8)), lift_quiet_hours=True),
    )
    editing.change_campaign(campaign.id, None, definition=definition)
    return campaign.id


def _fire_texts(campaign_id: UUID) -> UUID:
    """Fires a campaign after its dry run, and returns the run."""
    lifecycle.mark_ready(campaign_id)
    return fire.fire(campaign_id, until=RunUntil.DELIVERING, start_at=None, trigger=RunTrigger.DEMAND, by=None).id
