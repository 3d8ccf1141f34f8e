"""The demo's processes: the local carrier, and all that the Procfile names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from rq import Queue, Worker

from app.config import Settings, load_settings
from app.extensions import redis
from app.jobs import JobQueue
from app.receipts.apply import companies_with_pending
from local.demo.carrier import DemoCarrier
from local.demo.company import DemoCompany, demo_app, prepared_company
from local.demo.environment import CARRIER_PORT, WEB_PORT, adopt, demo_environment
from local.demo.program import Program
from local.errors import StackFailedError
from local.servers import ROOT, Addresses
from local.supervisor import Stack, procfile_processes

START_SECONDS = 60.0
_PORTS = ((WEB_PORT, CARRIER_PORT), (0, 0), (0, 0))
"""Wishes. A free port can be taken by somebody else's demo before we listen on it; then other ports are tried."""


@dataclass(frozen=True)
class Served:
    """A demo that serves."""

    app: Flask
    settings: Settings
    company: DemoCompany
    carrier: DemoCarrier
    program: Program

    def all_applied(self) -> bool:
        """True when every event that came in for the company has been applied."""
        with self.app.app_context():
            return self.company.id not in companies_with_pending(limit=1_000)


def api_key_file(directory: Path) -> Path:
    """Where the demo keeps the key of its own program, which README's example takes too."""
    return directory / "demo-api-key"


@contextmanager
def serving(addresses: Addresses, directory: Path) -> Iterator[Served]:
    """Prepares the database and the company, and runs all processes for as long as the block lasts.

    Raises `StackFailedError` with the end of the logs.
    """
    inherited = dict(os.environ)
    for ports in _PORTS:
        environment = demo_environment(inherited, addresses, directory, ports)
        adopt(environment)
        app = demo_app()
        served = _served(app, prepared_company(app, api_key_file(directory)))
        with Stack(environment, _processes(), directory / "log") as stack:
            if _came_up(stack, served, last_try=ports is _PORTS[-1]):
                served.carrier.take_number(served.company.id)
                yield served
                return
    raise StackFailedError("Somebody else answers on every port that was free a moment ago.")


def _processes() -> dict[str, str]:
    return {"carrier": "python -m simulator"} | procfile_processes(ROOT / "Procfile")


def _served(app: Flask, company: DemoCompany) -> Served:
    settings = load_settings()
    program = Program(settings.public_base_url, company.api_key)
    return Served(app, settings, company, DemoCarrier(settings), program)


def _came_up(stack: Stack, served: Served, last_try: bool) -> bool:
    """True when web and carrier answer and are ours, and every queue has a worker."""
    with suppress(*(() if last_try else (StackFailedError,))):
        stack.wait_ready(f"{served.settings.public_base_url}/readyz", START_SECONDS)
        stack.wait_ready(f"{served.carrier.address}/_carrier/health", START_SECONDS)
        with served.app.app_context():
            stack.wait_until(_missing_workers, START_SECONDS)
        return served.program.is_known() and served.carrier.is_ours()
    return False


def _missing_workers() -> str:
    queues = [Queue(name.value, connection=redis()) for name in JobQueue]
    missing = [queue.name for queue in queues if not Worker.count(queue=queue)]
    return f"no worker for {', '.join(missing)}" if missing else ""
