"""Writes `docs/codes.md` from the tables of codes and words: `python -m local.code_reference`."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.campaigns import errors as campaigns
from app.channels import twilio_codes
from app.delivery import errors as delivery
from app.ingest import errors as ingest
from app.queueing import correcting
from app.queueing import errors as queueing

TARGET = Path(__file__).parent.parent / "docs" / "codes.md"

_TOP = """# Codes

Whatever does not go through says why by a code and its words, in the portal, in exports and in the API. Programs go by
the code; what stands in braces differs from case to case and is in the answer's `facts`. This page is written by
`make reference` from the tables in the code.
"""


def reference() -> str:
    """The page: files, their rows, the stages of the line in order, what Twilio says, and what is refused at a door."""
    sections = [
        _section("Files", "The file is refused, or its loading ends.", _words(ingest.FileCode, ingest.WORDS)),
        _section("Rows", "The row is rejected; the others are loaded.", _words(ingest.RowCode, ingest.WORDS)),
    ]
    sections += [
        _section(f"Stage `{stage.value}`", str(codes.__doc__), _words(codes, queueing.WORDS))
        for stage, codes in queueing.CODES.items()
    ]
    sections += [
        _section("Stage `deliver`", "It was to be sent, and does not arrive.", delivery.WORDS.items()),
        _section(
            "Stage `deliver`: Twilio's numbers",
            "They stand where the codes above do.",
            ((code, words) for code, (_, words) in sorted(twilio_codes.CODES.items())),
        ),
        _section(
            "Corrections",
            "The record of a failure stays as it is.",
            _words(correcting.CorrectionError, correcting.WORDS),
        ),
        _section(
            "Campaigns, runs and requeues",
            "They cannot be moved on now, or be what is asked.",
            _words(campaigns.CampaignError, campaigns.WORDS),
        ),
    ]
    return _TOP + "".join(sections)


def _words(codes: type[StrEnum], words: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(code.value, words[code]) for code in codes]


def _section(title: str, intro: str, rows: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f"| `{code!s}` | {words} |\n" for code, words in rows)
    return f"\n## {title}\n\n{intro}\n\n| code | words |\n|---|---|\n{lines}"


if __name__ == "__main__":
    TARGET.write_text(reference())
