"""Segments, and the kinds of addresses."""

import pytest

from simulator.addresses import channel_of, is_reachable, is_sender
from simulator.segments import segments


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("é" * 160, 1),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 10, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("č" * 70, 1),
        ("č" * 71, 2),
        ("👋" * 35, 1),
        ("👋" * 36, 2),
        ("“" * 67 * 2, 2),
    ],
)
def test_segments_are_counted_as_carriers_do(body: str, count: int) -> None:
    assert segments(body) == count


@pytest.mark.parametrize(
    ("address", "channel"),
    [
        ("+12025550143", "sms"),
        ("12345", "sms"),
        ("whatsapp:+12025550143", "whatsapp"),
        ("messenger:123456", "messenger"),
        ("123456789012", "messenger"),
        ("17841400000000001", "instagram"),
        ("ann@example.org", "email"),
    ],
)
def test_an_address_tells_its_channel(address: str, channel: str) -> None:
    assert channel_of(address) == channel


def test_a_short_code_can_send_and_cannot_be_written_to() -> None:
    assert is_sender("12345")
    assert not is_reachable("12345")
    assert not is_reachable("whatsapp:12025550143")
    assert not is_reachable("viber:+12025550143")
