"""When two messages are one and the same."""

from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.models import Channel
from app.queueing.dedupe import dedupe_key

COMPANY = UUID(int=1)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MESSAGE: dict[str, Any] = {
    "scope": COMPANY,
    "day": date(2026, 11, 24),
    "person": "Ann Example",
    "doctor": "Dr. Bell",
    "channel": Channel.SMS,
    "address": "+12025550143",
    "appointment": None,
}


def key(**changes: object) -> UUID:
    return dedupe_key(**(MESSAGE | changes))


@given(person=NAMES, doctor=NAMES, address=NAMES)
def test_the_same_message_has_the_same_key_however_its_names_are_spaced_and_cased(
    person: str, doctor: str, address: str
) -> None:
    plain = key(person=person, doctor=doctor, address=address)
    assert plain == key(person=f"  {person} ", doctor=doctor.replace(" ", " \t"), address=address)
    assert key(person="Ann  EXAMPLE") == key(person="ann example")
    assert key(doctor="Dr. Ｂｅｌｌ") == key(doctor="dr. bell")


@given(one=NAMES, other=NAMES)
def test_a_piece_of_one_name_never_passes_for_a_piece_of_the_other(one: str, other: str) -> None:
    joined = key(person=one + other, doctor="")
    assert joined != key(person=one, doctor=other) or not "".join(other.split())


def test_another_day_person_doctor_channel_address_or_scope_is_another_message() -> None:
    others = [
        key(),
        key(day=date(2026, 11, 25)),
        key(person="Bob Example"),
        key(doctor="Dr. Crick"),
        key(channel=Channel.VOICE),
        key(address="+12025550144"),
        key(scope=UUID(int=2)),
        key(appointment=date(2026, 12, 1)),
    ]
    assert len(set(others)) == len(others)
