"""The guide to campaigns says what is so."""

import json
import re
from pathlib import Path
from uuid import UUID

from app.campaigns.check import File, Surroundings, check
from app.campaigns.definition import Definition
from app.models import Channel
from app.templating.fieldnames import PROVIDED_FIELDS
from tests.queueing.line_of import NOON, line_of, message, only

GUIDE = (Path(__file__).parents[2] / "docs" / "campaigns.md").read_text()
ROW = {
    "patient_name": "EXAMPLE, ANN",
    "cell_phone": "none",
    "home_phone": "(202) 555-0143",
    "e_mail": "ann@clinic.example",
    "provider": "Dr. Bell",
    "appt_date": "11/28/2026",
    "appt_time": "9:30 AM",
    "zip_code": "90210",
    "language": "Spanish",
}


def documented() -> Definition:
    found = re.search(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    assert found
    return Definition.model_validate(json.loads(found[1]))


def test_the_guides_definition_passes_its_checks() -> None:
    around = Surroundings(
        files=[File("list.csv", loaded=True, records=1, columns=tuple(ROW))],
        senders={Channel.SMS: {UUID(int=7)}},
        time_zone="America/New_York",
        region="US",
        sandbox=False,
        now=NOON,
    )
    assert check(documented(), around) == []


def test_the_guides_definition_becomes_a_message() -> None:
    line = line_of(documented(), columns=list(ROW))
    said = message(only(line.walk(2, list(ROW.values()), NOON)))
    assert (said.endpoint, said.zone, said.language) == ("+12025550143", "America/Los_Angeles", "es")
    assert said.texts.text.startswith("Hola Ann: cita en Northside Clinics el sabado, 28 de noviembre. Responda C")


def test_the_guide_names_every_field_that_carillon_provides() -> None:
    assert [name for name in PROVIDED_FIELDS if name.removesuffix(".name") not in GUIDE] == []
