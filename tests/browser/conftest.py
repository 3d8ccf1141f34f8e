"""A clinic's portal as its people meet it: a real browser, a web server, a carrier that calls back."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from app import create_app
from app.config import Settings
from local.ports import free_port
from tests.chromium import answer_cdn, complaints_of, launched
from tests.simulator.carrier import CREDENTIALS, RunningCarrier, running_carrier
from tests.webhooks.served import served


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return launched(browser_type_launch_args)


@pytest.fixture
def carrier(app: Flask) -> Iterator[RunningCarrier]:
    """A carrier whose people say nothing of their own accord."""
    with running_carrier() as running:
        yield running


@pytest.fixture(params=["cdn", "local"])
def clinic(request: pytest.FixtureRequest, settings: Settings, carrier: RunningCarrier) -> Iterator[Flask]:
    """The application behind a web server, with htmx from the CDN or from npm's package."""
    port = free_port()
    made = create_app(
        settings.model_copy(
            update={
                "frontend_assets": request.param,
                "public_base_url": f"http://127.0.0.1:{port}",
                "twilio_api_base": carrier.base_url,
                "sendgrid_api_base": carrier.base_url,
                "twilio_account_sid": CREDENTIALS["twilio_account_sid"],
                "twilio_auth_token": CREDENTIALS["twilio_auth_token"],
                "sendgrid_api_key": CREDENTIALS["sendgrid_api_key"],
                "sendgrid_event_public_key": carrier.event_public_key,
            }
        )
    )
    with served(made, port):
        yield made


@pytest.fixture
def portal(browser: Browser, clinic: Flask) -> Iterator[Page]:
    """A browser that nobody has signed in with."""
    with browser.new_context(base_url=clinic.config["SETTINGS"].public_base_url) as context:
        page = context.new_page()
        page.set_default_timeout(20_000)
        answer_cdn(page)
        yield page


@pytest.fixture
def complaints(portal: Page) -> list[str]:
    """What the browser's console complains of."""
    return complaints_of(portal)
