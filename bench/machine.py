"""What the figures were measured on."""

import os
import platform
import subprocess
from datetime import date
from pathlib import Path

from local.executables import postgres_directory
from local.servers import ROOT


def machine() -> dict[str, str]:
    """The machine and the versions, by name, and how busy others keep it."""
    return {
        "Date": date.today().isoformat(),  # noqa: DTZ011  the day of whoever measures
        "Commit": _commit(),
        "CPU": f"{_first('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores",
        "Memory": f"{int(_first('/proc/meminfo', 'MemTotal').split()[0]) / 1024**2:.0f} GB",
        "Load before": f"{os.getloadavg()[0]:.1f} processes",
        "System": f"{platform.system()} {platform.release()}",
        "PostgreSQL": _said(str(postgres_directory() / "bin" / "postgres"), "--version").rpartition(" ")[2],
        "Python": platform.python_version(),
    }


def _first(path: str, name: str) -> str:
    lines = (line.partition(":") for line in Path(path).read_text().splitlines())
    return next((value.strip() for key, _, value in lines if key.strip() == name), "unknown")


def _commit() -> str:
    changed = _said("git", "status", "--porcelain", "--untracked-files=no", "--", ".", ":!bench/RESULTS.md")
    return _said("git", "rev-parse", "--short", "HEAD") + (" with changes" if changed else "")


def _said(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
