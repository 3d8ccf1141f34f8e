"""Signed answer links: what they say, and that nobody else can say it."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models import new_id
from app.receipts.links import Answer, Choice, answer_url, read_answer

KEY = "a secret"
COMPANY, MESSAGE = new_id(), new_id()


def token(choice: Choice = Choice.CONFIRM, key: str = KEY, message: UUID = MESSAGE) -> str:
    return answer_url(key, "https://example.org", COMPANY, message, choice).rpartition("/")[2]


@pytest.mark.parametrize("choice", list(Choice))
def test_a_link_says_what_it_was_made_to_say(choice: Choice) -> None:
    assert read_answer(KEY, token(choice)) == Answer(COMPANY, MESSAGE, choice)


def test_a_link_is_short_enough_for_a_mail() -> None:
    address = answer_url(KEY, "https://example.org", COMPANY, MESSAGE, Choice.CONFIRM)
    assert address.startswith("https://example.org/a/")
    assert len(address) <= len("https://example.org") + 95


def test_a_link_made_with_another_key_says_nothing() -> None:
    assert read_answer(KEY, token(key="another secret")) is None


def test_a_choice_cannot_be_put_into_another_link() -> None:
    confirm, cancel = token(Choice.CONFIRM).split("."), token(Choice.CANCEL).split(".")
    assert read_answer(KEY, f"{cancel[0]}.{confirm[1]}") is None


def test_a_link_that_was_cut_off_says_nothing() -> None:
    whole = token()
    assert all(read_answer(KEY, whole[:length]) is None for length in range(len(whole)))


@given(st.text())
def test_nothing_made_up_says_anything(made_up: str) -> None:
    assert read_answer(KEY, made_up) is None
