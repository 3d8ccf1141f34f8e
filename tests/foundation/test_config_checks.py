"""A process with unsafe settings does not start, and names the setting."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.config import Settings
from app.config_checks import DEVELOPMENT_KEY

ROOT = Path(__file__).parents[2]
RANDOM = "9f2c7b1e5d8a4036c1b7e9d2f4a60835"
PRODUCTION: dict[str, Any] = {
    "carillon_env": "production",
    "secret_key": RANDOM,
    "security_password_salt": RANDOM[::-1],
    "public_base_url": "https://portal.example",
    "storage_url": "s3://bucket/files",
}


def refused(**settings: Any) -> str:
    """What somebody reads who starts a process with these settings."""
    with pytest.raises(ValidationError) as caught:
        Settings(**settings)
    return str(caught.value)


def test_production_starts_with_what_it_needs() -> None:
    Settings(**PRODUCTION)
    Settings(**PRODUCTION | {"storage_url": "file:///srv/carillon/files"})


@pytest.mark.parametrize("name", ["secret_key", "security_password_salt", "public_base_url", "storage_url"])
def test_production_asks_for_each_of_them(name: str) -> None:
    given = {key: value for key, value in PRODUCTION.items() if key != name}

    assert f"{name.upper()} must be set" in refused(**given)


@pytest.mark.parametrize("name", ["secret_key", "security_password_salt"])
@pytest.mark.parametrize("secret", ["", "secret", "changeme" * 3, "abc" * 20, " " * 40, DEVELOPMENT_KEY])
def test_production_refuses_secrets_that_can_be_guessed(name: str, secret: str) -> None:
    assert f"{name.upper()} must be set" in refused(**PRODUCTION | {name: secret})


@pytest.mark.parametrize("url", ["http://portal.example", "http://127.0.0.1:5000", "portal.example"])
def test_production_is_reached_by_https(url: str) -> None:
    assert "PUBLIC_BASE_URL must be set" in refused(**PRODUCTION | {"public_base_url": url})


@pytest.mark.parametrize("url", ["file://./var/files", "var/files", "file://files"])
def test_production_keeps_files_where_every_process_finds_them(url: str) -> None:
    assert "dynos share no disk" in refused(**PRODUCTION | {"storage_url": url})


def test_all_that_is_wrong_is_said_at_once() -> None:
    words = refused(carillon_env="production")

    for name in ("SECRET_KEY", "SECURITY_PASSWORD_SALT", "PUBLIC_BASE_URL", "STORAGE_URL"):
        assert f"{name} must be set" in words


def test_what_is_said_holds_no_secret() -> None:
    words = refused(**PRODUCTION | {"secret_key": "guessable", "twilio_account_sid": "AC1"})
    words += refused(**PRODUCTION | {"secret_key": "guessable"})

    assert "guessable" not in words
    assert PRODUCTION["security_password_salt"] not in words


@pytest.mark.parametrize(
    ("given", "lacks"),
    [
        ({"twilio_account_sid": "AC1"}, "TWILIO_AUTH_TOKEN is not"),
        ({"twilio_auth_token": "t"}, "TWILIO_ACCOUNT_SID is not"),
        ({"sendgrid_event_public_key": "k"}, "SENDGRID_API_KEY is not"),
    ],
)
def test_half_a_providers_credentials_are_refused(given: dict[str, str], lacks: str) -> None:
    assert lacks in refused(**given)


@pytest.mark.parametrize("url", ["https://portal.example", "http://192.168.1.20:5000", "http://[2001:db8::1]:5000"])
def test_the_development_key_stays_on_this_machine(url: str) -> None:
    assert "SECRET_KEY must be set where PUBLIC_BASE_URL" in refused(public_base_url=url)
    Settings(public_base_url=url, secret_key="another key")


@pytest.mark.parametrize("url", ["http://127.0.0.1:5000", "http://localhost:5000", "http://[::1]:5000"])
def test_on_this_machine_nothing_has_to_be_set(url: str) -> None:
    Settings(public_base_url=url)


def test_a_store_that_nothing_here_can_reach_is_refused() -> None:
    assert "STORAGE_URL cannot be used: Please install gcsfs" in refused(storage_url="gs://bucket/files")
    assert "STORAGE_URL cannot be used: Protocol not known: nonsense" in refused(storage_url="nonsense://bucket")


@pytest.mark.parametrize(
    "command", [["-c", "import wsgi"], ["-m", "workers.runtime", "send"], ["-m", "workers.scheduler"]]
)
def test_no_process_starts_in_production_with_nothing_set(command: list[str]) -> None:
    environment = {"PATH": os.environ["PATH"], "CARILLON_ENV": "production"}

    started = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )

    assert started.returncode == 1
    assert "SECRET_KEY must be set" in started.stderr
