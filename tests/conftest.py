"""Real PostgreSQL and real Redis for every test that asks for `app`; a database and a Redis number per worker."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from local.testing import create_worker_database, ensure_test_servers
from sqlalchemy import text

from app import create_app, tenancy
from app.config import Settings
from app.extensions import db, redis
from app.models import Company, User
from tests import factories


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a test process: its own database, Redis number and file store."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    servers = ensure_test_servers()
    return Settings(
        carillon_env="test",
        secret_key="a test's secret key",
        database_url=create_worker_database(f"carillon_test_{worker}"),
        redis_url=f"{servers.redis_url.rsplit('/', 1)[0]}/{int(worker.removeprefix('gw'))}",
        storage_url=f"file://{tmp_path_factory.mktemp('files')}",
        public_base_url="http://carillon.test",
        frontend_assets="cdn",
        log_level="WARNING",
        metrics_token="a test's metrics token",
    )


@pytest.fixture(scope="session")
def migrated_app(settings: Settings) -> Flask:
    """The application over a freshly migrated database, one for the whole process."""
    from flask_migrate import upgrade

    app = create_app(settings)
    with app.app_context():
        upgrade(directory=str(Path(__file__).parent.parent / "migrations"))
    return app


@pytest.fixture
def app(migrated_app: Flask) -> Iterator[Flask]:
    """The application inside its context, with empty tables and an empty Redis."""
    with migrated_app.app_context():
        _empty_tables()
        redis().flushdb()
        yield migrated_app
        db.session.remove()


def _empty_tables() -> None:
    tables = ", ".join(table.name for table in db.metadata.sorted_tables)
    db.session.execute(text(f"TRUNCATE {tables} CASCADE"))
    db.session.commit()


@pytest.fixture
def owner(app: Flask) -> User:
    """A person who signs in as owner@clinic.example with `factories.PASSWORD`."""
    return factories.person("owner@clinic.example")


@pytest.fixture
def company(app: Flask, owner: User) -> Iterator[Company]:
    """A company, bound for the length of the test."""
    made = factories.company("Northside Clinics", owner)
    with tenancy.company(made.id):
        yield made


@pytest.fixture
def other_company(app: Flask) -> Company:
    """A second tenant, not bound, with an owner of its own."""
    return factories.company("Southside Labs", factories.person("owner@lab.example"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with."""
    return app.test_client()
