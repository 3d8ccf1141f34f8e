"""A run in delivery over a file of two people."""

import pytest

from app.campaigns.definition import Definition
from app.models import Company, DataSource, Run
from tests import factories


@pytest.fixture
def source(company: Company) -> DataSource:
    """Ann in row 2, Bob in row 3."""
    return factories.source(
        [
            ["EXAMPLE, ANN", "(202) 555-0143", "ann@example.com", "Dr. Bell", "12/01/2026", "9:30 AM"],
            ["EXAMPLE, BOB", "(202) 555-0143", "bob@example.com", "Dr. Bell", "12/01/2026", "9:45 AM"],
        ]
    )


@pytest.fixture
def run(source: DataSource) -> Run:
    """A run that is delivering."""
    return factories.run(factories.campaign(Definition(), [source]))
