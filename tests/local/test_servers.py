"""The embedded servers start anywhere, are shared, and give the application no more rights than it needs."""

import os
import signal
import socket
import stat
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import redis

from local import accounts
from local.errors import ServerUnavailableError
from local.ports import free_port
from local.postgres_cluster import PostgresCluster
from local.redis_server import RedisServer
from local.servers import LocalServers, running_servers

pytestmark = pytest.mark.xdist_group("local-servers")


def connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(url.replace("+psycopg", ""), connect_timeout=5)


def postmaster(cluster: PostgresCluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}/cwd").exists():
        time.sleep(0.01)


def test_the_application_connects_as_an_ordinary_role_that_owns_its_database(servers: LocalServers) -> None:
    with connect(servers.postgres.url("carillon")) as connection:
        role = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        owner = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert role == ("carillon", False, False, False)
    assert owner == ("carillon",)


def test_the_superuser_needs_a_password_that_only_the_owner_of_the_directory_can_read(servers: LocalServers) -> None:
    with pytest.raises(psycopg.OperationalError):
        connect(servers.postgres.url("postgres").replace("carillon@", "postgres@"))
    password = (servers.postgres.home / "superuser-password").stat()
    assert stat.S_IMODE(password.st_mode) == 0o600


def test_no_server_runs_as_root(servers: LocalServers) -> None:
    redis_pid = int((servers.redis.home / "redis.pid").read_text())
    expected = os.geteuid() or accounts.NOBODY
    for pid in (postmaster(servers.postgres), redis_pid):
        assert Path(f"/proc/{pid}").stat().st_uid == expected


def test_statement_statistics_are_preloaded(servers: LocalServers) -> None:
    with psycopg.connect(servers.postgres.admin_url()) as connection:
        assert connection.execute("SHOW shared_preload_libraries").fetchone() == ("pg_stat_statements",)


def test_a_second_start_joins_the_running_servers(servers: LocalServers) -> None:
    before = postmaster(servers.postgres), servers.redis.url()
    servers.start(database="carillon")
    assert (postmaster(servers.postgres), servers.redis.url()) == before


def test_servers_stop_when_the_last_user_gives_them_up(servers: LocalServers) -> None:
    other = LocalServers(servers.postgres.home.parent)
    other.start()
    assert not other.stop()
    assert servers.postgres.is_running()
    assert servers.redis.is_running()
    assert servers.stop()
    assert not servers.postgres.is_running()
    assert not servers.redis.is_running()
    servers.start()


def test_killed_servers_start_again_with_their_data(servers: LocalServers) -> None:
    with connect(servers.postgres.url("carillon")) as connection:
        connection.execute("CREATE TABLE kept (id int)")
    kill(postmaster(servers.postgres))
    kill(int((servers.redis.home / "redis.pid").read_text()))
    servers.start()
    with connect(servers.postgres.url("carillon")) as connection:
        connection.execute("DROP TABLE kept")
    with redis.Redis.from_url(servers.redis.url()) as client:
        assert client.ping()


def test_a_killed_servers_pid_that_belongs_to_another_program_now_is_no_obstacle(servers: LocalServers) -> None:
    killed = postmaster(servers.postgres)
    kill(killed)
    stranger = accounts.seat(Path("/bin"), "sleep", servers.postgres.home).account.prefix
    with subprocess.Popen([*stranger, "sleep", "60"]) as sleeper:
        pid_file = servers.postgres.data / "postmaster.pid"
        pid_file.write_text(pid_file.read_text().replace(str(killed), str(sleeper.pid), 1))
        servers.start()
        assert sleeper.poll() is None
        assert postmaster(servers.postgres) != sleeper.pid
        sleeper.kill()


def test_a_taken_port_is_left_alone(directory: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = RedisServer(directory / "redis", preferred_port=port, durable=False)
        server.start()
        try:
            assert free_port(port) != port
            assert f":{port}/" not in server.url()
        finally:
            server.stop()


def test_a_wished_port_is_used_when_it_is_free(directory: Path) -> None:
    port = free_port()
    server = RedisServer(directory / "redis", preferred_port=port, durable=False)
    server.start()
    try:
        assert f":{port}/" in server.url()
    finally:
        server.stop()


def test_two_starters_at_once_share_one_new_cluster(directory: Path) -> None:
    pair = [LocalServers(directory, durable=False) for _ in range(2)]
    # what an initdb that was killed half-way leaves behind
    (directory / "pg" / "data.new").mkdir(parents=True)
    (directory / "pg" / "data.new" / "PG_VERSION").write_text("17")
    try:
        with ThreadPoolExecutor(2) as starters:
            list(starters.map(lambda each: each.start(database="carillon"), pair))
        assert pair[0].postgres.url("carillon") == pair[1].postgres.url("carillon")
        assert pair[0].postgres.databases() == ["carillon"]
    finally:
        assert [each.stop() for each in pair] == [False, True]


def test_servers_named_in_the_environment_win(directory: Path) -> None:
    environment = {"DATABASE_URL": "postgresql://db.example/app", "REDIS_URL": "redis://cache.example/0"}
    with running_servers(LocalServers(directory), "carillon", environment) as addresses:
        assert addresses.database_url == environment["DATABASE_URL"]
        assert addresses.redis_url == environment["REDIS_URL"]
    assert not (directory / "pg").exists()
    assert not (directory / "redis").exists()


def test_where_no_capability_opens_a_closed_directory_the_server_lives_outside(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "CAPABILITIES", ())
    server = RedisServer(directory / "redis", durable=False)
    server.start()
    try:
        moved = os.geteuid() == 0
        assert server.home.is_symlink() == moved
        assert server.is_running()
        server.stop()
        server.start()
        assert server.is_running()
    finally:
        server.stop()
        if server.home.is_symlink():
            subprocess.run(["rm", "-r", server.home.resolve().parent], check=True)


def test_a_server_that_cannot_start_says_why(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.postgres_cluster.START_ATTEMPTS", 1)
    cluster = PostgresCluster(directory / "pg")
    (directory / "pg" / "data").mkdir(parents=True)
    (directory / "pg" / "data" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(ServerUnavailableError, match="did not start"):
        cluster.start()
