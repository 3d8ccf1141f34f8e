"""The wait between attempts grows, is never below what the provider asks for, and differs from message to message."""

import random
from datetime import timedelta

from app.delivery.backoff import LONGEST_WAIT, MOST_ATTEMPTS, wait_after

DICE = random.Random(1)


def seconds(attempts: int, least: timedelta | None = None) -> float:
    return wait_after(attempts, least, DICE).total_seconds()


def test_each_wait_is_about_twice_the_one_before_up_to_five_minutes() -> None:
    for attempts, doubled in ((1, 1), (2, 2), (5, 16), (9, 256), (10, 300), (MOST_ATTEMPTS, 300)):
        assert doubled <= seconds(attempts) <= doubled * 1.2


def test_the_providers_wish_is_a_minimum() -> None:
    assert 30 <= seconds(1, timedelta(seconds=30)) <= 36
    assert seconds(9, timedelta(seconds=30)) >= 256
    assert seconds(1, LONGEST_WAIT) >= 300


def test_what_failed_together_does_not_come_back_together() -> None:
    assert len({seconds(4) for _ in range(50)}) > 40
