"""Local pages run the very script that the CDN's tag names."""

import json
from pathlib import Path

import pytest

from local import frontend

ROOT = Path(__file__).parents[2]


def test_the_lock_file_pins_contents_and_names_no_host() -> None:
    package = json.loads((ROOT / "package-lock.json").read_text())["packages"][frontend.PACKAGE]
    assert package["integrity"].startswith("sha512-")
    assert "resolved" not in package


def test_the_locked_script_is_installed() -> None:
    script = frontend.ensure_assets()
    assert frontend.installed_version() == frontend.locked_version()
    assert b"htmx" in script.read_bytes()


def test_the_hash_of_a_script_is_written_as_browsers_expect_it(tmp_path: Path) -> None:
    script = tmp_path / "alert.js"
    script.write_text("alert('Hello, world.');")
    # the example of the Subresource Integrity specification
    assert frontend.integrity(script) == "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"


def test_without_npm_the_demo_goes_on_and_the_tests_do_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(frontend, "installed_version", lambda: None)
    monkeypatch.setattr("local.frontend.shutil.which", lambda *_, **__: None)
    assert frontend.main([]) == 0
    assert "CDN" in capsys.readouterr().out
    assert frontend.main(["--required"]) == 1
    assert "npm is not installed" in capsys.readouterr().err
