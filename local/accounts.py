"""Under which operating system account a server runs.

PostgreSQL refuses uid 0 and Redis has no need of it, so root hands both to `nobody`. Where the clone lies under a
directory that only root may enter, `nobody` reaches neither the programs in `.venv` nor the data in `var`: then it
gets the one capability that passes such directories, or, where the machine grants none, copies outside.
Nothing here changes the mode of a directory we did not make, and no account is created.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.errors import ServerUnavailableError

NOBODY = 65534
# World-enterable on every Linux, and unlike /tmp kept over a reboot
OUTSIDE = Path("/var/tmp")  # noqa: S108 - only names made by mkdtemp are used in it
# Reading past closed directories is enough; containers often grant only the wider second one.
CAPABILITIES = ("dac_read_search", "dac_override")


@dataclass(frozen=True)
class Account:
    """A user id, and the command prefix that turns root into it (empty: we are that user already)."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    def run(self, *command: str | int | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run `command` to its end as this account, in `/`, with its output captured as text."""
        # a PGHOST or PGOPTIONS of the person at the keyboard is not meant for our servers
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return subprocess.run(
            [*self.prefix, *map(str, command)],
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **options,
        )

    def reaches(self, program: Path, data: Path) -> bool:
        """True when this account can run `program` and write in `data`."""
        return self.run("sh", "-c", 'test -x "$1" && test -w "$2"', "sh", program, data).returncode == 0

    def own(self, path: Path) -> None:
        """Give `path` to this account."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)


def accounts_for(data: Path) -> Iterator[Account]:
    """The accounts a server over `data` may run under, the one with the fewest rights first."""
    if os.geteuid() != 0:
        yield Account(os.geteuid(), os.getegid())
        return
    owner = data.stat()
    uid, gid = (owner.st_uid, owner.st_gid) if owner.st_uid != 0 else (NOBODY, NOBODY)
    plain = ("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups")
    yield Account(uid, gid, plain)
    for capability in CAPABILITIES:
        # access(2), with which PostgreSQL checks its own files, looks at a capability only with this securebit
        grant = (f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}", "--securebits=+no_setuid_fixup")
        yield Account(uid, gid, (*plain, *grant))


@dataclass(frozen=True)
class Seat:
    """Where one server lives: as whom, from which program files, over which data directory."""

    account: Account
    program: Path
    home: Path


def seat(program: Path, entry: str, home: Path) -> Seat:
    """Make `home` if need be and find the account that can run `program` over it.

    `program` is a file, or a directory in which `entry` is the file to run. When root finds no account that reaches
    both, `home` becomes a link to a directory under /var/tmp, and a copy of `program` is laid beside that.
    Raises `ServerUnavailableError` when nothing helps.
    """
    if home.is_symlink() and not home.exists():
        home.unlink()
    target = home.resolve()
    target.mkdir(parents=True, exist_ok=True)
    for account in accounts_for(target):
        account.own(target)
        if account.reaches(program / entry, target):
            return Seat(account, program, target)
    if os.geteuid() == 0:
        return _seat_outside(program, entry, home)
    raise ServerUnavailableError(f"{target} belongs to another account. Remove it, or run this as its owner.")


def _seat_outside(program: Path, entry: str, home: Path) -> Seat:
    if not home.is_symlink():
        outside = Path(tempfile.mkdtemp(prefix="carillon-", dir=OUTSIDE))
        outside.chmod(0o755)
        # mv keeps owners across file systems, which shutil.move does not
        subprocess.run(["mv", home, outside], check=True)
        home.symlink_to(outside / home.name)
    target = home.resolve()
    copied = target.parent / program.name
    # always anew: the packages may have been upgraded since the last start
    if program.is_dir():
        shutil.rmtree(copied, ignore_errors=True)
        shutil.copytree(program, copied, symlinks=True)
    else:
        copied.unlink(missing_ok=True)
        shutil.copy2(program, copied)
    account = next(accounts_for(target))
    if not account.reaches(copied / entry, target):
        raise ServerUnavailableError(f"Servers cannot run as root, and uid {account.uid} can run nothing in {OUTSIDE}.")
    return Seat(account, copied, target)
