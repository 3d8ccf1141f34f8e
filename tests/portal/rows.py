"""Rows that the portal shows and no other test needs yet. Each function commits and returns what it made."""

from typing import Any

from app import tenancy
from app.clock import now
from app.extensions import db
from app.models import Channel, Company, Failure, FailureStage, Membership, Role, Run, User


def membership(of: Company, person: User, role: Role) -> Membership:
    """A person's place in the bound company."""
    made = Membership(company_id=of.id, user_id=person.id, role=role)
    db.session.add(made)
    db.session.commit()
    return made


def failure(of: Run, **changes: Any) -> Failure:
    """A record of a run whose number was not valid; `changes` override any column."""
    values: dict[str, Any] = {
        "company_id": tenancy.company_id(),
        "run_id": of.id,
        "campaign_id": of.campaign_id,
        "method": "sms",
        "data_source_id": of.id,
        "row_number": 2,
        "channel": Channel.SMS,
        "stage": FailureStage.VALIDATE,
        "code": "phone_invalid",
        "facts": {"value": "555"},
        "person": "Ann Example",
        "endpoint": "555",
        "data": {"patient_name": "EXAMPLE, ANN", "cell_phone": "555"},
        "day": now().date(),
    }
    made = Failure(**(values | changes))
    db.session.add(made)
    db.session.commit()
    return made
