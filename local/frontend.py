"""The browser's script from npm, for `FRONTEND_ASSETS=local`: a closed network, and the tests.

`python -m local.frontend` prints where it is, with the hash that the CDN tag must carry; without npm it says so and
the pages go on using the CDN. With `--required` a missing npm is an error.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from local.errors import AssetsMissingError
from local.servers import ROOT

PACKAGE = "node_modules/htmx.org"
SCRIPT = ROOT / PACKAGE / "dist" / "htmx.min.js"


def locked_version() -> str:
    """The version that package-lock.json pins."""
    lock = json.loads((ROOT / "package-lock.json").read_text())
    return str(lock["packages"][PACKAGE]["version"])


def installed_version() -> str | None:
    """The version in node_modules, None when there is none."""
    manifest = ROOT / PACKAGE / "package.json"
    return str(json.loads(manifest.read_text())["version"]) if manifest.exists() and SCRIPT.exists() else None


def integrity(script: Path) -> str:
    """The Subresource Integrity value of a file: `sha384-` and the base64 of its digest."""
    return "sha384-" + base64.b64encode(hashlib.sha384(script.read_bytes()).digest()).decode()


def ensure_assets() -> Path:
    """Have the locked version in node_modules; the path of the script.

    Raises `AssetsMissingError` when npm is not here or cannot reach its registry.
    """
    if installed_version() == locked_version():
        return SCRIPT
    # beside our Python: npm as a wheel puts it there
    npm = shutil.which("npm") or shutil.which("npm", path=str(Path(sys.executable).parent))
    if npm is None:
        raise AssetsMissingError("npm is not installed, so there is no local copy of htmx.")
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssetsMissingError(f"npm ci failed, so there is no local copy of htmx.\n{done.stderr.strip()}")
    return SCRIPT


def main(arguments: list[str]) -> int:
    """Fetch and report; the exit status."""
    try:
        script = ensure_assets()
    except AssetsMissingError as missing:
        if "--required" in arguments:
            print(missing, file=sys.stderr)
            return 1
        print(f"{missing} Pages load it from the CDN.")
        return 0
    print(f"htmx {installed_version()} in {script.relative_to(ROOT)}, {integrity(script)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
