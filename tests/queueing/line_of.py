"""Lines for tests: a clinic in New York, its list, and two delivery methods."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.campaigns.definition import ContactWindow, Content, Definition, DeliveryMethod, Mapping, Role, Source
from app.models import Channel
from app.queueing.line import CampaignFacts, Line, Makers
from app.queueing.outcome import Failed, Outcome, Staged
from app.queueing.record import CompanyFacts

COLUMNS = ["patient_name", "cell_phone", "e_mail", "provider", "appt_date", "appt_time"]
ANN = ["EXAMPLE, ANN", "(202) 555-0143", "Ann@Clinic.Example", "Dr. Bell", "11/30/2026", "2:30 PM"]
NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)
COMPANY = CompanyFacts(UUID(int=1), "Northside Clinics", "America/New_York", "US", sandbox=False)
CAMPAIGN = CampaignFacts(UUID(int=2), "Reminders")

SMS = DeliveryMethod(
    key="sms",
    channel=Channel.SMS,
    content=Content(text="Hi {{ patient_name | first_name }}, {{ provider }} {{ appt_date | date: 'short' }}"),
)
EMAIL = DeliveryMethod(
    key="email",
    channel=Channel.EMAIL,
    content=Content(
        subject="Your visit to {{ company.name }}",
        text="{{ patient_name | name_order }}: {{ links.confirm }}",
        html="<p>{{ patient_name | name_order }}</p>",
    ),
)
MAPPING = Mapping(
    roles={
        Role.PERSON: (Source(column="patient_name", functions=("name_order",)),),
        Role.PHONE: (Source(column="cell_phone"),),
        Role.EMAIL: (Source(column="e_mail"),),
        Role.DOCTOR: (Source(column="provider"),),
        Role.APPOINTMENT_DATE: (Source(column="appt_date"),),
        Role.APPOINTMENT_TIME: (Source(column="appt_time"),),
    }
)
DEFINITION = Definition(mapping=MAPPING, methods=(SMS, EMAIL), window=ContactWindow(weekdays=frozenset(range(1, 8))))


def definition(**changes: Any) -> Definition:
    """The clinic's definition with some of it changed."""
    return DEFINITION.model_copy(update=changes)


def sms_saying(text: str) -> DeliveryMethod:
    """A text message with other words."""
    return SMS.model_copy(update={"content": Content(text=text)})


def line_of(
    of: Definition = DEFINITION,
    company: CompanyFacts = COMPANY,
    columns: list[str] = COLUMNS,
    everybody_speaks: str | None = None,
) -> Line:
    """A line whose ids count up from 1000 and whose links are readable."""
    ids = iter(range(1000, 100_000))
    makers = Makers(lambda: UUID(int=next(ids)), lambda message, choice: f"https://x.test/{choice}/{message.int}")
    return Line(of, company, CAMPAIGN, columns, makers, everybody_speaks=everybody_speaks)


def row(**changes: str) -> list[str]:
    """Ann's row with some cells changed."""
    return list((dict(zip(COLUMNS, ANN, strict=True)) | changes).values())


def only(outcomes: list[Outcome]) -> Outcome:
    """The outcome of a line with one delivery method."""
    (outcome,) = outcomes
    return outcome


def message(outcome: Outcome) -> Staged:
    """The outcome, which has to be a message."""
    assert isinstance(outcome, Staged), outcome
    return outcome


def failure(outcome: Outcome) -> Failed:
    """The outcome, which has to be a failure."""
    assert isinstance(outcome, Failed), outcome
    return outcome
