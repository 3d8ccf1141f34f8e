"""What a definition refuses, whatever the campaign's files are."""

import pytest
from pydantic import ValidationError

from app.campaigns.definition import ResponseOptions


@pytest.mark.parametrize(("confirm", "cancel"), [("C", "c"), ("Yes", "yes!"), ("👍", "👍🏽"), ("OK-1", "ok 1")])
def test_words_that_are_read_alike_cannot_mean_two_things(confirm: str, cancel: str) -> None:
    with pytest.raises(ValidationError, match="one word cannot mean two things"):
        ResponseOptions(confirm=(confirm,), cancel=(cancel,))


def test_a_blank_word_would_be_answered_by_an_empty_message() -> None:
    with pytest.raises(ValidationError, match="a word cannot be blank"):
        ResponseOptions(confirm=(" ",))
