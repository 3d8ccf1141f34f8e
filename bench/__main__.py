"""`python -m bench ROWS`: one JSON line a stage, next to what it is measured against in the same run.

    {"stage", "rows", "seconds", "per_s", "cpu_ms_per_row", "peak_mb", "baseline", "baseline_per_s", "ratio"}

`cpu_ms_per_row` is the CPU time of the stage's own processes and of PostgreSQL; `peak_mb` is the largest of the
stage's processes. PostgreSQL is started for the bench with default durability (fsync on) and thrown away with it.
"""

import json
import sys
from typing import Any
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
from bench.baselines import copy_seconds, post_seconds
from bench.ground import CONCURRENCY, Ground, ground

WORKERS = 2
"""Processes that share a stage: what the two cores of the reference machine carry."""
TEXT = (
    "Hi {{ patient_name | first_name }}, your visit with {{ provider | trim }} at {{ location }} is on"
    " {{ appt_date }} at {{ appt_time }}. Reply C to confirm, X to cancel, R to reschedule, STOP to opt out."
)
"""About 160 characters, five fields, two functions."""


def main(rows: int) -> None:
    """Measures ingest, dry_run, queue, send and end_to_end."""
    with ground(rows) as here:
        copied = rows / copy_seconds(*here.psql, here.path)
        posted = rows / post_seconds(here.sink + "/2010-04-01/Accounts/AC0/Messages.json", rows, CONCURRENCY)

        source_id = upload(here)
        ingest = here.work("ingest", source_id)
        report("ingest", rows, ingest, r"psql \copy", copied)

        campaign_id = describe_texts(source_id)
        dry_run = here.work("dry_run", dry_runs.lay_out_dry_run(campaign_id, None).id)
        report("dry_run", rows, dry_run, r"psql \copy", copied)

        run_id = fire_texts(campaign_id)
        queue = here.work("queue", run_id, WORKERS)
        report("queue", rows, queue, r"psql \copy", copied)

        messages = run_counts(run_id).total.queued
        send = here.work("send", run_id, WORKERS)
        report("send", messages, send, "bare libcurl-multi loop", posted)

        one_after_the_other = 1 / (1 / copied + 1 / posted)
        report("end_to_end", rows, ingest + queue + send, "copy, then post every row", one_after_the_other)


def report(stage: str, rows: int, cost: Cost, baseline: str, baseline_per_s: float) -> None:
    """Prints a stage's line."""
    per_s = rows / cost.seconds
    line: dict[str, Any] = {
        "stage": stage,
        "rows": rows,
        "seconds": round(cost.seconds, 2),
        "per_s": round(per_s),
        "cpu_ms_per_row": round((cost.cpu_seconds + cost.database_cpu_seconds) * 1000 / rows, 4),
        "peak_mb": round(cost.peak_mb),
        "baseline": baseline,
        "baseline_per_s": round(baseline_per_s),
        "ratio": round(per_s / baseline_per_s, 3),
    }
    print(json.dumps(line), flush=True)


def upload(here: Ground) -> UUID:
    """Registers the list, and returns its data source."""
    with here.path.open("rb") as stream:
        return uploads.register_upload(stream, here.path.name, None, Limits.from_settings(settings())).id


def describe_texts(source_id: UUID) -> UUID:
    """Makes a campaign of one text message a row."""
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


def fire_texts(campaign_id: UUID) -> UUID:
    """Fires a campaign after its dry run, and returns the run."""
    lifecycle.mark_ready(campaign_id)
    run = fire.fire(campaign_id, until=RunUntil.DELIVERING, start_at=None, trigger=RunTrigger.DEMAND, by=None)
    return run.id


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
