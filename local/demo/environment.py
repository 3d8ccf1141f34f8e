"""What every process of the demo finds in its environment."""

import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from local.frontend import installed_version
from local.ports import LOOPBACK, free_port
from local.servers import Addresses

PROVIDERS = ("TWILIO_", "SENDGRID_", "META_")
"""Never handed on: sample rows go to the local carrier, whatever credentials the person at the keyboard has."""

WEB_PORT = 5000
CARRIER_PORT = 8100

QUICK = {
    # a killed worker's work is found again within seconds, not minutes
    "SWEEP_SECONDS": "5",
    "LEASE_SECONDS": "15",
    "SEND_TIMEOUT_SECONDS": "5",
    "SETTLE_EVENTS_SECONDS": "20",
    # people answer in a second instead of twenty
    "CARRIER_SPEED": "20",
    "CARRIER_PEOPLE": "follows_links=0.3",
}
"""Settings for somebody who watches; those in the environment win."""


def demo_environment(
    inherited: Mapping[str, str], addresses: Addresses, directory: Path, preferred_ports: tuple[int, int]
) -> dict[str, str]:
    """The environment of the demo's processes, on ports that are free.

    `directory` keeps the secret key and the uploaded files; `preferred_ports` are wishes for web and carrier, 0 is any.
    """
    web, carrier = (free_port(wish) for wish in preferred_ports)
    kept = {name: value for name, value in inherited.items() if not name.upper().startswith(PROVIDERS)}
    return {
        "SECRET_KEY": kept_secret(directory / "secret-key"),
        "STORAGE_URL": f"file://{directory / 'files'}",
        "FRONTEND_ASSETS": "local" if installed_version() else "cdn",
        **QUICK,
        **kept,
        "CARILLON_ENV": "development",
        "DATABASE_URL": addresses.database_url,
        "REDIS_URL": addresses.redis_url,
        "PUBLIC_BASE_URL": f"http://{LOOPBACK}:{web}",
        "SIMULATOR_PORT": str(carrier),
        "GUNICORN_CMD_ARGS": f"--bind {LOOPBACK}:{web} --graceful-timeout 5",
        # the Procfile's `python` and `gunicorn` are those of our own environment
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), inherited.get("PATH", os.defpath))),
        # a proxy of the environment is not asked for addresses of this machine
        **dict.fromkeys(("NO_PROXY", "no_proxy"), ",".join(filter(None, (inherited.get("NO_PROXY"), LOOPBACK)))),
    }


def adopt(environment: Mapping[str, str]) -> None:
    """Makes it the environment of this process too."""
    os.environ.clear()
    os.environ.update(environment)


def kept_secret(path: Path) -> str:
    """The secret in a file that only its owner can read, made up at the first time."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text()
