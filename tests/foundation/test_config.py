"""Settings come from the environment, and forgotten ones are safe."""

import pytest
from sendgrid.helpers.eventwebhook import EventWebhook

from app.config import Settings
from app.local_credentials import sendgrid_public_key
from local import code_reference, settings_reference
from tests.foundation.test_config_checks import PRODUCTION


def test_without_credentials_every_provider_is_the_local_carrier() -> None:
    settings = Settings(simulator_port=8123)
    assert settings.local_carrier == "http://127.0.0.1:8123"
    bases = {settings.twilio_api_base, settings.sendgrid_api_base, settings.meta_graph_base}
    assert bases == {settings.local_carrier}


def test_credentials_lead_to_the_real_provider_and_leave_the_others() -> None:
    settings = Settings(twilio_account_sid="AC1", twilio_auth_token="t")
    assert settings.twilio_api_base == "https://api.twilio.com"
    assert settings.sendgrid_api_base.startswith("http://127.0.0.1")


def test_derived_secrets_differ_with_the_secret_key() -> None:
    assert Settings(secret_key="a").twilio_auth_token != Settings(secret_key="b").twilio_auth_token


def test_the_derived_public_key_is_one_that_sendgrids_own_code_reads() -> None:
    EventWebhook(sendgrid_public_key("a"))
    assert sendgrid_public_key("a") != sendgrid_public_key("b")


@pytest.mark.parametrize(
    ("environment", "sign_up", "takes"),
    [
        ("development", "", True),
        ("development", "closed", False),
        ("production", "", False),
        ("production", "open", True),
    ],
)
def test_strangers_sign_up_where_it_is_said_or_nothing_is_at_stake(environment: str, sign_up: str, takes: bool) -> None:
    assert Settings(**PRODUCTION | {"carillon_env": environment, "sign_up": sign_up}).takes_sign_ups is takes


@pytest.mark.parametrize("given", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_every_spelling_of_the_database_leads_to_psycopg_3(given: str) -> None:
    assert Settings(database_url=given).database_url == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize(
    ("given", "verify", "used"),
    [
        ("rediss://:p@h:1/0", False, "rediss://:p@h:1/0?ssl_cert_reqs=none"),
        ("rediss://h/0?timeout=5", False, "rediss://h/0?timeout=5&ssl_cert_reqs=none"),
        ("rediss://h/0", True, "rediss://h/0"),
        ("redis://h/0", False, "redis://h/0"),
    ],
)
def test_a_certificate_is_left_unchecked_where_that_is_said(given: str, verify: bool, used: str) -> None:
    assert Settings(redis_url=given, redis_verify_certificate=verify).redis_url == used


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://portal.example/")
    monkeypatch.setenv("SECRET_KEY", "not the development key")
    monkeypatch.setenv("SWEEP_SECONDS", "60")
    settings = Settings()
    assert (settings.public_base_url, settings.sweep_seconds) == ("https://portal.example", 60)


def test_the_pages_of_reference_are_what_the_code_says() -> None:
    for page in (settings_reference, code_reference):
        assert page.TARGET.read_text() == page.reference()
