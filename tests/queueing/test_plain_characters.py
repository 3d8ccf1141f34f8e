"""Costly characters of a text message are written plainly where the campaign says so, and left alone elsewhere."""

import pytest

from app.campaigns.definition import Content, Cut, TextFilter
from app.queueing.outcome import Texts
from tests.queueing.line_of import EMAIL, NOON, definition, line_of, message, only, row, sms_saying

SAYING = sms_saying("“{{ patient_name }}” – Bill amt: 3")
PLAIN = SAYING.model_copy(update={"plain_characters": True})
NAME = {"patient_name": "Núñez"}


@pytest.mark.parametrize(
    ("method", "text", "units"),
    [(SAYING, "“Núñez” – Bill amt: 3", 1), (PLAIN, '"Nuñez" - Bill amt: 3', 1)],
)
def test_a_text_message_is_plain_if_its_method_says_so(method: object, text: str, units: int) -> None:
    said = message(only(line_of(definition(methods=(method,))).walk(2, row(**NAME), NOON)))
    assert (said.texts.text, said.units) == (text, units)


def test_filters_see_the_text_as_it_was_written() -> None:
    filters = (TextFilter(what="– Bill amt:", cut=Cut.TO_LINE_END),)
    said = message(only(line_of(definition(methods=(PLAIN,), filters=filters)).walk(2, row(**NAME), NOON)))
    assert said.texts.text == '"Nuñez"'
    assert said.unfiltered == Texts('"Nuñez" - Bill amt: 3')


def test_plain_characters_shorten_the_message() -> None:
    long = sms_saying("’" * 100)
    shorter = long.model_copy(update={"plain_characters": True})
    units = [message(only(line_of(definition(methods=(each,))).walk(2, row(), NOON))).units for each in (long, shorter)]
    assert units == [2, 1]


def test_an_email_keeps_its_characters() -> None:
    content = Content(subject="“Hi”", text="–")
    email = EMAIL.model_copy(update={"content": content, "plain_characters": True})
    said = message(only(line_of(definition(methods=(email,))).walk(2, row(), NOON)))
    assert (said.texts.subject, said.texts.text) == ("“Hi”", "–")
