"""The migrations and the models say the same."""

from pathlib import Path

from flask import Flask

MIGRATIONS = str(Path(__file__).parents[2] / "migrations")


def test_the_migrated_database_is_what_the_models_describe(app: Flask) -> None:
    checked = app.test_cli_runner().invoke(args=["db", "check", "--directory", MIGRATIONS])
    assert checked.exit_code == 0, checked.output


def test_every_step_can_be_taken_back(app: Flask) -> None:
    run = app.test_cli_runner()
    down = run.invoke(args=["db", "downgrade", "--directory", MIGRATIONS, "base"])
    up = run.invoke(args=["db", "upgrade", "--directory", MIGRATIONS])
    assert (down.exit_code, up.exit_code) == (0, 0), down.output + up.output
