"""A company with senders, and a loaded list of three patients."""

import pytest

from app.models import Channel, Company, DataSource, Sender
from tests import factories

VISIT = ["12/24/2099", "9:00 AM"]
ANN = ["EXAMPLE, ANN", "(202) 555-0143", "ann@clinic.example", "Dr. Bell", *VISIT]
BOB = ["EXAMPLE, BOB", "310-555-0144", "bob@clinic.example", "Dr. Crick", *VISIT]
CYD = ["EXAMPLE, CYD", "none", "cyd@clinic.example", "Dr. Crick", *VISIT]


@pytest.fixture
def senders(company: Company) -> list[Sender]:
    """A number and a mailbox."""
    return [
        factories.sender(Channel.SMS, "+12025550100"),
        factories.sender(Channel.EMAIL, "reminders@clinic.example"),
    ]


@pytest.fixture
def patients(company: Company) -> DataSource:
    """Rows 2 to 4; the last has no phone number."""
    return factories.source([ANN, BOB, CYD])
