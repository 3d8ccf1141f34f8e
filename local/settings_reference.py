"""Writes `docs/configuration.md` from the descriptions in `app/config.py`: `python -m local.settings_reference`."""

from pathlib import Path

from pydantic_core import PydanticUndefined

from app.config import Settings

TARGET = Path(__file__).parent.parent / "docs" / "configuration.md"

_TOP = """# Configuration

Every setting is an environment variable, read once when a process starts; a wrong value stops it with the name of the
setting. This page is written by `make reference` from `app/config.py`.

| variable | default | what |
|---|---|---|
"""


def reference() -> str:
    """The page, one row a setting, in the order of the code."""
    return _TOP + "".join(
        f"| `{name.upper()}` | {_default(field.default)} | {field.description} |\n"
        for name, field in Settings.model_fields.items()
    )


def _default(value: object) -> str:
    return "" if value in ("", PydanticUndefined) else f"`{value}`"


if __name__ == "__main__":
    TARGET.write_text(reference())
