"""An embedded PostgreSQL in a directory of ours, on a loopback port."""

import os
import secrets
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from local.accounts import Seat, seat
from local.errors import ServerUnavailableError
from local.executables import postgres_directory
from local.ports import LOOPBACK, free_port

ROLE = "carillon"
SUPERUSER = "postgres"

SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "''",  # TCP only: a socket path has 107 bytes at most, a clone's path may have more
    "timezone": "UTC",
    "log_timezone": "UTC",
    # half of what a two-core machine with 4 GB can spare; the default of 128 MB thrashes at a million rows
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "random_page_cost": "1.1",  # flash, not turning disks
    "jit": "off",  # compiling costs more than our short statements take
}

# For data that are thrown away after the tests: a crash of the machine may then cost the whole cluster, and every
# commit saves a wait for the disk.
DISPOSABLE_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# Whoever can reach the port may be the application's role without a password, as on any development machine: that
# role owns the local databases and nothing else. The superuser could run programs under the server's account, so
# it needs the password that only the owner of this directory can read.
AUTHENTICATION = f"""\
host all {ROLE} {LOOPBACK}/32 trust
host all all {LOOPBACK}/32 scram-sha-256
"""

START_ATTEMPTS = 8


@dataclass(frozen=True)
class PostgresCluster:
    """One cluster under `home`, which holds `data/`, `server.log` and the superuser's password.

    `start` and `stop` are not safe against each other: `local.servers` calls them under its lock.
    """

    home: Path
    preferred_port: int = 0
    durable: bool = True

    @property
    def data(self) -> Path:
        """The cluster's own directory, as the server itself names it."""
        return self.home.resolve() / "data"

    def admin_url(self, database: str = SUPERUSER) -> str:
        """The superuser's address, for making databases; the application never gets it."""
        return f"postgresql://{SUPERUSER}:{self._password()}@{LOOPBACK}:{self._port_on_file()}/{database}"

    def url(self, database: str) -> str:
        """The SQLAlchemy address of `database` for the application's ordinary role."""
        return f"postgresql+psycopg://{ROLE}@{LOOPBACK}:{self._port_on_file()}/{database}"

    def is_running(self) -> bool:
        """True when the server on the port on file answers and serves this very directory."""
        try:
            with psycopg.connect(self.admin_url(), connect_timeout=5) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except (OSError, LookupError, ValueError, psycopg.OperationalError):
            return False
        return row is not None and row[0] == str(self.data)

    def start(self) -> None:
        """Start it, or find it running; makes the cluster and the role at the first time.

        Raises `ServerUnavailableError` with the end of the server's log.
        """
        if self.is_running():
            return
        place = seat(postgres_directory(), "bin/postgres", self.home)
        if not (self.data / "PG_VERSION").exists():
            _initialise(place, self.data)
        output = ""
        for _ in range(START_ATTEMPTS):
            _remove_stale_pid_file(self.data)
            output = self._launch(place)
            if self.is_running():
                self._ensure_role()
                return
            # another program was quicker to take the port, or backends of a killed server are still ending
            time.sleep(0.5)
        raise ServerUnavailableError(f"PostgreSQL did not start in {self.home}.\n{output}\n{_tail(self._log)}")

    def pid(self) -> int:
        """The server's process, as its own file names it. Raises FileNotFoundError when it never ran."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        """Stop it in good order; nothing happens when it is not running."""
        if not self.is_running():
            return
        # SIGINT is PostgreSQL's fast shutdown: clients are cut off, the data are written
        os.kill(self.pid(), signal.SIGINT)
        pid_file = self.data / "postmaster.pid"
        deadline = time.monotonic() + 30
        while pid_file.exists():
            if time.monotonic() > deadline:
                raise ServerUnavailableError(f"PostgreSQL in {self.home} did not stop.\n{_tail(self._log)}")
            time.sleep(0.02)

    def create_database(self, name: str, template: str = "template1") -> None:
        """Make database `name`, owned by the application's role, as a copy of `template`.

        Raises `psycopg.errors.DuplicateDatabase` when there is one.
        """
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
        names = (sql.Identifier(each) for each in (name, ROLE, template))
        with psycopg.connect(self.admin_url(), autocommit=True) as connection:
            connection.execute(statement.format(*names))

    def drop_database(self, name: str) -> None:
        """Drop database `name` if there is one, cutting off whoever is connected to it."""
        with psycopg.connect(self.admin_url(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def rename_database(self, name: str, new_name: str) -> None:
        """Rename a database that nobody is connected to."""
        names = (sql.Identifier(each) for each in (name, new_name))
        with psycopg.connect(self.admin_url(), autocommit=True) as connection:
            connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))

    def databases(self) -> list[str]:
        """Names of the databases that the application's role owns."""
        query = "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = %s ORDER BY datname"
        with psycopg.connect(self.admin_url()) as connection:
            return [name for (name,) in connection.execute(query, (ROLE,))]

    @property
    def _log(self) -> Path:
        return self.home.resolve() / "server.log"

    def _password(self) -> str:
        return (self.home / "superuser-password").read_text()

    def _port_on_file(self) -> int:
        return int((self.data / "postmaster.pid").read_text().splitlines()[3])

    def _launch(self, place: Seat) -> str:
        settings = SETTINGS | {"port": str(free_port(self.preferred_port))}
        if not self.durable:
            settings |= DISPOSABLE_SETTINGS
        if any(place.program.glob("lib/**/pg_stat_statements.*")):
            settings["shared_preload_libraries"] = "pg_stat_statements"
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        control = place.program / "bin/pg_ctl"
        started = place.account.run(control, "start", "-w", "-D", self.data, "-l", self._log, "-o", options)
        return started.stdout + started.stderr

    def _ensure_role(self) -> None:
        with psycopg.connect(self.admin_url(), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,)).fetchone() is None:
                # row security does not bind a superuser or BYPASSRLS, and would then be tested by nothing
                statement = "CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"
                connection.execute(sql.SQL(statement).format(sql.Identifier(ROLE)))


def _initialise(place: Seat, data: Path) -> None:
    """Make the cluster beside `data` and rename it: an interrupted start leaves no half cluster in its place."""
    staging = data.with_name("data.new")
    shutil.rmtree(staging, ignore_errors=True)
    password = place.home / "superuser-password"
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(24))
    place.account.own(password)
    made = place.account.run(
        *(place.program / "bin/initdb", "-D", staging, "-U", SUPERUSER, f"--pwfile={password}"),
        *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
    )
    if made.returncode != 0:
        raise ServerUnavailableError(f"PostgreSQL's initdb failed in {data.parent}.\n{made.stderr}")
    (staging / "pg_hba.conf").write_text(AUTHENTICATION)
    staging.rename(data)


def _remove_stale_pid_file(data: Path) -> None:
    """Forget a killed server whose pid now belongs to another program, or to a corpse that its parent never reaped.

    PostgreSQL asks only whether some process has that pid, and would refuse to start. Backends of the killed server
    that still end are seen all the same: they hold a shared memory segment that the next server looks for.
    """
    pid_file = data / "postmaster.pid"
    if not (pid_file.exists() and Path("/proc/self").exists()):
        return
    process = Path("/proc") / pid_file.read_text().partition("\n")[0]
    try:
        is_ours = (process / "cwd").readlink() == data
    except PermissionError:
        return  # another user's, so PostgreSQL does not mistake it for its own
    except FileNotFoundError:
        is_ours = False
    if not is_ours:
        pid_file.unlink()


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:] if log.exists() else ""
