"""Messages that were sent, and the doors seen from outside, where no company is bound."""

import contextvars
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from prometheus_client import REGISTRY
from werkzeug.test import TestResponse

from app.campaigns.definition import Definition
from app.models import Company, DataSource, Message, Run
from app.webhooks.refusals import Refusal
from tests import factories
from tests.receipts import rows

Call = Callable[..., TestResponse]
Refused = Callable[[str, str], float]


@pytest.fixture
def source(company: Company) -> DataSource:
    """Ann in row 2."""
    return factories.source([["EXAMPLE, ANN", "(202) 555-0143", "ann@example.com", "Dr. Bell", "", ""]])


@pytest.fixture
def run(source: DataSource) -> Run:
    """A run that is delivering."""
    return factories.run(factories.campaign(Definition(), [source]))


@pytest.fixture
def message(run: Run, source: DataSource) -> Message:
    """A text to Ann about tomorrow's appointment, sent an hour ago."""
    return rows.message(run, source.id)


@pytest.fixture
def mail(run: Run, source: DataSource) -> Message:
    """An e-mail to Ann about the same."""
    return rows.mail(run, source.id)


@pytest.fixture
def post(client: FlaskClient) -> Call:
    """Posts as a stranger: in a context where the test's own company is not bound."""
    return lambda **request: contextvars.Context().run(client.post, **request)


@pytest.fixture
def get(client: FlaskClient) -> Call:
    """Fetches as a stranger."""
    return lambda **request: contextvars.Context().run(client.get, **request)


@pytest.fixture
def refused() -> Refused:
    """How many callbacks of a provider were refused for a reason since the test began."""
    before: dict[tuple[str, str], float] = {}

    def count(provider: str, reason: str) -> float:
        labels = {"provider": provider, "reason": reason}
        return REGISTRY.get_sample_value("carillon_callbacks_refused_total", labels) or 0.0

    for provider in ("twilio", "sendgrid"):
        for reason in Refusal:
            before[provider, reason.value] = count(provider, reason.value)
    return lambda provider, reason: count(provider, reason) - before[provider, reason]
