"""Rows that tests start from. Each function commits and returns what it made."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app import tenancy
from app.accounts import companies, people
from app.campaigns.definition import Definition
from app.clock import now
from app.extensions import db
from app.ingest.blocks import insert_records
from app.models import (
    Campaign,
    CampaignFile,
    CampaignStatus,
    CampaignVersion,
    Channel,
    Company,
    DataSource,
    Message,
    MessageStatus,
    Run,
    RunStatus,
    Sender,
    SourceStatus,
    User,
    new_id,
)

PASSWORD = "a long enough password"
HEADER = ["Patient Name", "Cell Phone", "E-mail", "Provider", "Appt Date", "Appt Time"]
FIELDS = ["patient_name", "cell_phone", "e_mail", "provider", "appt_date", "appt_time"]


def person(email: str) -> User:
    """A person with `PASSWORD`."""
    user = people.add_person(email, PASSWORD)
    db.session.commit()
    return user


def company(name: str, owner: User, *, sandbox: bool = False) -> Company:
    """A company with an owner."""
    return companies.found_company(name, owner, sandbox=sandbox)


def source(rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER, fields: Sequence[str] = FIELDS) -> DataSource:
    """A data source of the bound company that is loaded already; row numbers start at 2, after the header."""
    made = DataSource(
        company_id=tenancy.company_id(),
        id=new_id(),
        filename="list.csv",
        storage_path=f"{tenancy.company_id()}/list.csv",
        size_bytes=1000,
        sha256="0" * 64,
        encoding="utf-8",
        delimiter=",",
        columns=list(header),
        fields=list(fields),
        status=SourceStatus.LOADED,
        position_row=len(rows) + 1,
        rows_loaded=len(rows),
        load_requested_at=now(),
        finished_at=now(),
    )
    db.session.add(made)
    db.session.flush()
    insert_records(made, [(number, list(cells)) for number, cells in enumerate(rows, 2)])
    db.session.commit()
    return made


def sender(channel: Channel, address: str) -> Sender:
    """A sender of the bound company."""
    made = Sender(company_id=tenancy.company_id(), channel=channel, address=address)
    db.session.add(made)
    db.session.commit()
    return made


def campaign(
    definition: Definition, sources: Sequence[DataSource] = (), status: CampaignStatus = CampaignStatus.READY
) -> Campaign:
    """A campaign of the bound company in `status`, its only version holding `definition`."""
    made = Campaign(
        company_id=tenancy.company_id(),
        id=new_id(),
        name="Reminders",
        status=status,
        version=1,
    )
    db.session.add(made)
    db.session.flush()
    db.session.add(
        CampaignVersion(
            company_id=made.company_id,
            campaign_id=made.id,
            number=1,
            definition=definition.model_dump(mode="json"),
        )
    )
    db.session.add_all(
        CampaignFile(company_id=made.company_id, campaign_id=made.id, data_source_id=each.id, position=position)
        for position, each in enumerate(sources)
    )
    db.session.commit()
    return made


def run(of: Campaign, status: RunStatus = RunStatus.DELIVERING) -> Run:
    """A run of a campaign, without parts."""
    made = Run(company_id=of.company_id, id=new_id(), campaign_id=of.id, version=of.version, status=status)
    db.session.add(made)
    db.session.commit()
    return made


def message(of: Run, data_source_id: UUID, **changes: Any) -> Message:
    """A queued text message of a run, due now; `changes` override any column."""
    instant = now()
    values: dict[str, Any] = {
        "company_id": of.company_id,
        "id": new_id(),
        "run_id": of.id,
        "campaign_id": of.campaign_id,
        "method": "sms",
        "data_source_id": data_source_id,
        "row_number": 2,
        "channel": Channel.SMS,
        "endpoint": "+12025550143",
        "person": "Ann Example",
        "doctor": "Dr. Bell",
        "body": "Reply C to confirm",
        "status": MessageStatus.QUEUED,
        "day": instant.date(),
        "not_before": instant,
        "zone": "America/New_York",
    }
    made = Message(**(values | changes))
    db.session.add(made)
    db.session.commit()
    return made
