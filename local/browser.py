"""A Chromium for the browser tests: the system's, else the distribution's package, else Playwright's own build.

`python -m local.browser` makes sure there is one and prints its path.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from local.errors import BrowserMissingError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "No Chromium here, and the browser tests need a real one. As root: apt-get install chromium (Debian), or "
    "`.venv/bin/python -m playwright install --with-deps chromium` (Ubuntu, whose package is a snap)."
)


def find_chromium() -> Path | None:
    """A Chromium or Chrome that starts, None when there is none."""
    for candidate in _candidates():
        # Ubuntu's chromium-browser may be a script that only asks for a snap
        probe = subprocess.run([candidate, "--version"], capture_output=True, stdin=subprocess.DEVNULL, check=False)
        if probe.returncode == 0:
            return candidate
    return None


def ensure_chromium() -> Path:
    """Find a Chromium or install one. Raises `BrowserMissingError`, which says what to install."""
    said = []
    for command in _installations():
        if found := find_chromium():
            return found
        done = subprocess.run(
            command,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            said.append(f"{' '.join(command)}:\n{done.stdout[-1500:]}")
    if found := find_chromium():
        return found
    raise BrowserMissingError("\n".join((*said, ADVICE)))


def _candidates() -> Iterator[Path]:
    for name in NAMES:
        if found := shutil.which(name):
            yield Path(found)
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    yield from sorted(cache.glob("chromium-*/chrome-linux*/chrome"), reverse=True)


def _installations() -> Iterator[list[str]]:
    is_root = os.geteuid() == 0
    if is_root and shutil.which("apt-get"):
        yield ["apt-get", "update", "-qq"]
        yield ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
    yield [sys.executable, "-m", "playwright", "install", *(["--with-deps"] if is_root else []), "chromium"]


if __name__ == "__main__":
    try:
        print(ensure_chromium())
    except BrowserMissingError as missing:
        sys.exit(str(missing))
