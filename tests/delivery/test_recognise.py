"""A message whose answer was lost is recognised by whom it went to, when, and its words."""

from datetime import UTC, datetime, timedelta

import pytest

from app.channels.base import Sighting
from app.delivery.recognise import recognise
from app.models import MessageStatus

CLAIMED = datetime(2026, 11, 24, 12, 0, 0, 700_000, tzinfo=UTC)


def seen(sid: str, body: str, seconds: float = 1) -> Sighting:
    created = (CLAIMED + timedelta(seconds=seconds)).replace(microsecond=0)
    return Sighting(sid, body, created, MessageStatus.SENT, None)


@pytest.mark.parametrize(
    "theirs",
    [
        "“See you” at 10 — Dr. Müller",
        '"See you" at 10 - Dr. Muller',
        "Sent from your Twilio trial account - “See you” at 10 — Dr. Müller",
    ],
    ids=["as it was", "made plain by the carrier", "behind the carrier's own words"],
)
def test_its_words_are_known_in_every_dress(theirs: str) -> None:
    found = recognise("“See you” at 10 — Dr. Müller", CLAIMED, [seen("SM1", theirs)], others=())
    assert found is not None
    assert found.provider_id == "SM1"


@pytest.mark.parametrize(
    "sighting",
    [seen("SM1", "See you at 11"), seen("SM1", "See you at 10", seconds=-40), seen("SM9", "See you at 10")],
    ids=["other words", "before it was claimed", "another message's"],
)
def test_nothing_else_is_taken_for_it(sighting: Sighting) -> None:
    assert recognise("See you at 10", CLAIMED, [sighting], others={"SM9"}) is None


def test_a_second_that_was_cut_off_does_not_hide_it() -> None:
    assert recognise("See you at 10", CLAIMED, [seen("SM1", "See you at 10", seconds=0)], others=()) is not None


def test_signs_alone_are_compared_as_they_are() -> None:
    assert recognise("👍", CLAIMED, [seen("SM1", "❌")], others=()) is None
    assert recognise("👍", CLAIMED, [seen("SM1", "👍")], others=()) is not None


def test_of_two_the_earlier_is_taken() -> None:
    found = recognise("Hi", CLAIMED, [seen("SM2", "Hi", 5), seen("SM1", "Hi", 1)], others=())
    assert found is not None
    assert found.provider_id == "SM1"
