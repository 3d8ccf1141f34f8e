"""Each person is written to in their own language, as far as the campaign speaks it."""

import pytest
from pydantic import ValidationError

from app.campaigns.definition import Content, Definition, Mapping, Role, Source
from app.queueing.outcome import Staged
from tests.queueing.line_of import COLUMNS, EMAIL, MAPPING, NOON, SMS, definition, line_of, message, row, sms_saying

SPANISH = Content(text="Hola {{ patient_name | first_name }}: {{ day }}. {{ responses.prompt }}")
ENGLISH = sms_saying("Hi {{ patient_name | first_name }}: {{ day }}. {{ responses.prompt }}")
BILINGUAL = definition(
    methods=(ENGLISH.model_copy(update={"translations": {"es": SPANISH}}), EMAIL),
    mapping=Mapping(
        roles={**MAPPING.roles, Role.LANGUAGE: (Source(column="language"),)},
        fields={"day": Source(column="appt_date", functions=("date: 'day'",))},
    ),
)
IN_ENGLISH = "Hi Ann: Monday, November 30. Reply C to confirm, X to cancel, R to reschedule"
IN_SPANISH = "Hola Ann: lunes, 30 de noviembre. Responda C para confirmar, X para cancelar, R para cambiar"


def said(cell: str, of: Definition = BILINGUAL) -> Staged:
    sms, *_ = line_of(of, columns=[*COLUMNS, "language"]).walk(2, [*row(), cell], NOON)
    return message(sms)


@pytest.mark.parametrize("cell", ["Spanish", "es", "ES-MX", "español", "spa"])
def test_a_row_gets_the_content_of_its_language(cell: str) -> None:
    assert (said(cell).language, said(cell).texts.text) == ("es", IN_SPANISH)


@pytest.mark.parametrize("cell", ["", "English", "en_US", "Vietnamese", "Klingon", "?"])
def test_a_language_without_a_content_gets_the_campaigns_own(cell: str) -> None:
    assert (said(cell).language, said(cell).texts.text) == ("en", IN_ENGLISH)


def test_a_method_that_is_not_translated_speaks_the_campaigns_language() -> None:
    _, email = line_of(BILINGUAL, columns=[*COLUMNS, "language"]).walk(2, [*row(), "Spanish"], NOON)
    assert message(email).language == "en"


def test_days_are_written_in_the_language_of_their_content() -> None:
    saying = "{{ appt_date | date: 'day' }} {{ appt_date | weekday: 'en' }} {{ appt_time | time }}"
    in_spanish = definition(language="es", methods=(sms_saying(saying),))
    assert said("", in_spanish).texts.text == "lunes, 30 de noviembre Monday 2:30 p.m."


def test_a_preview_can_ask_for_what_everybody_of_a_language_would_get() -> None:
    line = line_of(BILINGUAL, columns=[*COLUMNS, "language"], everybody_speaks="es")
    assert message(line.walk(2, [*row(), "English"], NOON)[0]).texts.text == IN_SPANISH


def test_a_campaign_has_one_content_a_language() -> None:
    twice = SMS.model_copy(update={"translations": {"es": SPANISH}}).model_dump()
    with pytest.raises(ValidationError, match="two contents"):
        Definition.model_validate({"language": "es", "methods": [twice]})


@pytest.mark.parametrize("tag", ["Spanish", "xx", "ES", ""])
def test_a_language_goes_by_its_tag(tag: str) -> None:
    with pytest.raises(ValidationError):
        Definition.model_validate({"language": tag})
