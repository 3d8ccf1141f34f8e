"""Where the bench stands: a PostgreSQL of its own with default durability, a sink for a provider, a company, a list."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from flask import Flask
from flask_migrate import upgrade

from app import create_app, tenancy
from app.accounts import companies, people
from app.extensions import db
from bench.accounting import Cost, run_workers
from bench.make_sample import write_sample
from local.executables import postgres_directory
from local.ports import free_port
from local.servers import ROOT, LocalServers

CONCURRENCY = 64
"""Requests in flight per process, the baseline's too."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What stages and baselines run on."""

    rows: int
    company_id: UUID
    path: Path
    """The list to load: twelve columns, as CSV."""
    postmaster: int
    psql: tuple[str, str]
    """The program, and the address of the database."""
    sink: str
    """Base address of the provider."""

    def work(self, stage: str, id_: UUID, workers: int = 1) -> Cost:
        """Runs a stage to its end in processes of its own; `id_` is the file or the run."""
        command = [sys.executable, "-m", "bench.stage", stage, str(self.company_id), str(id_)]
        return run_workers([command] * workers, os.environ, self.postmaster)


@contextmanager
def ground(rows: int) -> Iterator[Ground]:
    """Everything made and started, the company bound; everything stopped and thrown away at the end."""
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as directory:
        servers = LocalServers(Path(directory))
        port = free_port()
        sink = subprocess.Popen([sys.executable, "-m", "bench.sink", str(port)], cwd=ROOT)
        try:
            servers.start(database="carillon")
            os.environ.update(_environment(servers, directory, port))
            path = Path(directory) / "appointments.csv"
            write_sample(path, rows, 1, date.today(), empty_columns=0)  # noqa: DTZ011  the list's dates are the clinic's own
            with _migrated().app_context(), tenancy.company(_found()):
                url = servers.postgres.url("carillon")
                yield Ground(
                    rows=rows,
                    company_id=tenancy.company_id(),
                    path=path,
                    postmaster=servers.postgres.pid(),
                    psql=(str(postgres_directory() / "bin" / "psql"), url.replace("+psycopg", "")),
                    sink=f"http://127.0.0.1:{port}",
                )
                db.session.remove()
                db.engine.dispose()
        finally:
            sink.terminate()
            sink.wait()
            servers.stop()


def _environment(servers: LocalServers, directory: str, sink_port: int) -> dict[str, str]:
    return {
        "DATABASE_URL": servers.postgres.url("carillon"),
        "REDIS_URL": servers.redis.url(),
        "STORAGE_URL": f"file://{directory}/files",
        "LOG_LEVEL": "WARNING",
        # without credentials the providers are the local carrier, whose place the sink takes
        "SIMULATOR_PORT": str(sink_port),
        "SEND_CONCURRENCY": str(CONCURRENCY),
    }


def _migrated() -> Flask:
    app = create_app()
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
    return app


def _found() -> UUID:
    owner = people.add_person("bench@carillon.example", "a password for the bench")
    return companies.found_company("Bench", owner, sandbox=True).id
