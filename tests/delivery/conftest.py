"""A run whose messages are counted as the cleaning line would have counted them."""

from collections.abc import Callable

import pytest

from app import tallies
from app.campaigns.definition import Definition
from app.extensions import db
from app.models import Company, DataSource, Message, Run, TallyKind
from app.tallies import TallyKey
from tests import factories

MakeMessage = Callable[..., Message]


@pytest.fixture
def source(company: Company) -> DataSource:
    """One loaded row: Ann Example, whose address is that of `factories.message`."""
    return factories.source([["EXAMPLE, ANN", "(202) 555-0143", "ann@example.com", "Dr. Bell"]])


@pytest.fixture
def run(source: DataSource) -> Run:
    """A run that is delivering."""
    return factories.run(factories.campaign(Definition(), [source]))


@pytest.fixture
def make_message(run: Run, source: DataSource) -> MakeMessage:
    """Makes a message of the run, as `factories.message` does, and counts it."""

    def make(**changes: object) -> Message:
        made = factories.message(run, source.id, **changes)
        tallies.add({counted(made): 1})
        db.session.commit()
        return made

    return make


def counted(message: Message) -> TallyKey:
    """The count that a message belongs to."""
    return TallyKey(
        message.run_id,
        message.campaign_id,
        message.method,
        message.channel,
        message.day,
        TallyKind.MESSAGE,
        "",
        message.status.value,
    )
