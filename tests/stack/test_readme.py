"""README's example of the API, pasted beside a running demo."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.demo.program import Program
from tests.stack.conftest import ROOT, eventually, program

pytestmark = pytest.mark.stack

ASSUMED = "http://127.0.0.1:5000"
"""The demo's address where nobody else has the port."""


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    """The address of a demo that serves, its files in `var/` of a directory of its own."""
    # servers that the environment names are somebody's; the demo would use them
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    log = tmp_path / "demo.log"
    with program(environment, log, "local.demo", "--rows", "3", "--directory", str(tmp_path / "var")) as process:
        eventually(lambda: "Ctrl-C stops everything" in log.read_text(), 100.0, log.read_text)
        yield re.findall(r"Portal: +(\S+)", log.read_text())[0]
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def example() -> str:
    [shell] = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert ASSUMED in shell
    return str(shell)


@pytest.mark.timeout(240)
def test_the_example_works_as_it_stands(demo: str, tmp_path: Path) -> None:
    pasted = subprocess.run(
        ["bash", "-eu", "-c", example().replace(ASSUMED, demo) + 'echo "$RUN"\n'],
        cwd=tmp_path,
        env=os.environ | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (pasted.returncode, pasted.stderr) == (0, "")
    assert '"errors"' not in pasted.stdout
    api = Program(demo, (tmp_path / "var" / "demo-api-key").read_text())
    run = api.get(f"/runs/{pasted.stdout.split()[-1]}")
    assert sum(run["messages"].values()) == 3
    assert run["failures"] == {"validate.email_invalid": 1}
