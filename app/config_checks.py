"""What settings must not be, in words for whoever starts the process. The settings themselves are in `app.config`."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fsspec import get_filesystem_class
from fsspec.core import split_protocol

if TYPE_CHECKING:
    from app.config import Settings

DEVELOPMENT_KEY = "development-only-key-set-SECRET_KEY-in-production"

_NEEDED_BESIDE = {
    "twilio_account_sid": "twilio_auth_token",
    "twilio_auth_token": "twilio_account_sid",
    "sendgrid_event_public_key": "sendgrid_api_key",
}
_SHORTEST_SECRET = 32
_FEWEST_CHARACTERS = 8
_SPARE_SECONDS = 5


def half_set(given: Mapping[str, Any]) -> Iterator[str]:
    """Credentials that lack their other half. `given` is what was set, before anything is filled in."""
    for name, other in _NEEDED_BESIDE.items():
        if given.get(name) and not given.get(other):
            yield f"{name.upper()} is set and {other.upper()} is not: set both, or neither"


def always(settings: "Settings") -> Iterator[str]:
    """What is wrong anywhere."""
    if settings.lease_seconds < settings.send_timeout_seconds + _SPARE_SECONDS:
        # no request is started that its lease does not cover: with less, nothing would ever be sent
        yield f"LEASE_SECONDS must be at least {_SPARE_SECONDS} more than SEND_TIMEOUT_SECONDS"
    if settings.secret_key == DEVELOPMENT_KEY and not _is_loopback(settings.public_base_url):
        yield "SECRET_KEY must be set where PUBLIC_BASE_URL is not this machine: everybody knows the development key"
    try:
        get_filesystem_class(_protocol(settings.storage_url))
    except (ImportError, ValueError) as problem:
        yield f"STORAGE_URL cannot be used: {problem}"


def in_production(settings: "Settings") -> Iterator[str]:
    """What is wrong where real people's data is at stake."""
    for name in ("secret_key", "security_password_salt"):
        if _is_weak(getattr(settings, name)):
            yield (
                f"{name.upper()} must be set in production, to {_SHORTEST_SECRET} characters or more that nobody can"
                " guess; `openssl rand -hex 32` makes some"
            )
    if urlsplit(settings.public_base_url).scheme != "https":
        yield "PUBLIC_BASE_URL must be set in production, to the https:// address that people and providers use"
    protocol, path = split_protocol(settings.storage_url)
    if protocol in (None, "file", "local") and not path.startswith("/"):
        yield (
            "STORAGE_URL must be set in production: web and workers have to find the same files, and Heroku's dynos"
            " share no disk. s3://bucket/prefix, or file:///a/path where all processes run on one machine"
        )


def _protocol(url: str) -> str:
    return split_protocol(url)[0] or "file"


def _is_weak(secret: str) -> bool:
    return len(secret) < _SHORTEST_SECRET or len(set(secret)) < _FEWEST_CHARACTERS or secret == DEVELOPMENT_KEY


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
