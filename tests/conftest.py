"""Real PostgreSQL and real Redis for every test that asks for `app`; a database and a Redis number per worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import settings as hypothesis_settings
from sqlalchemy import text

from app import create_app, tenancy
from app.config import Settings
from app.extensions import db, redis
from app.models import Company, User
from local import testing
from tests import factories

# how long an example takes says more about the machine than about the code
hypothesis_settings.register_profile("carillon", deadline=None)
hypothesis_settings.load_profile("carillon")

MIGRATIONS = Path(__file__).parent.parent / "migrations"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a test process: its own migrated database, Redis number and file store."""
    testing.ensure_test_servers()
    slot = testing.worker_slot()
    migrated = testing.migrated_template(_migrate, sorted((MIGRATIONS / "versions").glob("*.py")))
    return Settings(
        carillon_env="test",
        secret_key="a test's secret key",
        database_url=testing.create_worker_database(f"carillon_test_{slot}", migrated),
        redis_url=testing.worker_redis_url(slot),
        storage_url=f"file://{tmp_path_factory.mktemp('files')}",
        public_base_url="http://carillon.test",
        frontend_assets="cdn",
        log_level="WARNING",
        metrics_token="a test's metrics token",
    )


def _migrate(url: str) -> None:
    with create_app(Settings(carillon_env="test", database_url=url, log_level="WARNING")).app_context():
        upgrade(directory=str(MIGRATIONS))
        db.engine.dispose()


@pytest.fixture(scope="session")
def whole_app(settings: Settings) -> Flask:
    """The application, made once for the test process."""
    return create_app(settings)


@pytest.fixture
def app(whole_app: Flask) -> Iterator[Flask]:
    """The application inside its context, with empty tables and an empty Redis."""
    with whole_app.app_context():
        _empty_tables()
        redis().flushdb()
        yield whole_app
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
