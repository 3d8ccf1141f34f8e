"""A test process gets a migrated database of its own without running the migrations."""

from pathlib import Path

import psycopg
import pytest

from local.servers import LocalServers
from local.templates import migrated_template

pytestmark = pytest.mark.xdist_group("local-servers")


def execute(url: str, statement: str) -> None:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute(statement)


def test_a_template_is_migrated_once_for_each_content_of_the_migrations(servers: LocalServers, tmp_path: Path) -> None:
    migrations = tmp_path / "0001_start.py"
    calls: list[str] = []

    def migrate(url: str) -> None:
        calls.append(url)
        execute(url, "CREATE TABLE records (id int)")

    migrations.write_text("first")
    first = migrated_template(servers.postgres, migrate, [migrations])
    assert migrated_template(servers.postgres, migrate, [migrations]) == first
    assert len(calls) == 1

    migrations.write_text("second")
    second = migrated_template(servers.postgres, migrate, [migrations])
    assert len(calls) == 2
    assert first not in servers.postgres.databases()
    assert second in servers.postgres.databases()


def test_a_copy_belongs_to_the_ordinary_role_and_leaves_its_template_untouched(
    servers: LocalServers, tmp_path: Path
) -> None:
    source = tmp_path / "0001_start.py"
    source.write_text("copied")
    template = migrated_template(servers.postgres, lambda url: execute(url, "CREATE TABLE records (id int)"), [source])
    for name in ("copy_one", "copy_two"):
        servers.postgres.create_database(name, template)
        execute(servers.postgres.url(name), "INSERT INTO records VALUES (1)")
    with psycopg.connect(servers.postgres.url("copy_two").replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT count(*) FROM records").fetchone() == (1,)


def test_a_migration_that_fails_leaves_no_template(servers: LocalServers, tmp_path: Path) -> None:
    source = tmp_path / "0001_start.py"
    source.write_text("broken")

    def fail(url: str) -> None:
        raise RuntimeError(url)

    with pytest.raises(RuntimeError):
        migrated_template(servers.postgres, fail, [source])
    template = migrated_template(servers.postgres, lambda url: execute(url, "CREATE TABLE records (id int)"), [source])
    assert template in servers.postgres.databases()
