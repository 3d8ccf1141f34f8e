"""Every code has words, and every code of Twilio's one verdict."""

import string

import pytest

from app.channels import twilio_codes
from app.channels.registry import ASKED, DRIVERS
from app.channels.twilio_codes import Verdict
from app.delivery.errors import WORDS, DeliverError, words_for
from app.models import Channel


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("20429", Verdict.RETRY),
        ("30003", Verdict.RETRY_LATER),
        ("21211", Verdict.PERMANENT),
        ("21610", Verdict.SUPPRESS),
        ("30007", Verdict.CHANGE_CONTENT),
        ("20003", Verdict.STOP),
        ("12345", Verdict.PERMANENT),
    ],
)
def test_a_code_says_what_is_to_be_done(code: str, verdict: Verdict) -> None:
    assert twilio_codes.verdict(code) is verdict


def test_no_code_stands_in_two_groups() -> None:
    listed = [code for group in twilio_codes._TABLE.values() for code in group]
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("code", DeliverError)
def test_every_code_has_words_that_need_no_facts(code: DeliverError) -> None:
    assert words_for(code, {}).endswith((".", "?"))
    assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(WORDS[code]))


def test_words_speak_of_the_facts() -> None:
    assert words_for("refused", {"provider_says": "Not an address."}) == "The provider refused it: Not an address."
    assert words_for("30006", {}) == "The number is a landline, or its network does not take texts."
    assert "12345" in words_for("12345", {})


def test_a_channel_is_found_by_its_name() -> None:
    assert {channel: found.channel for channel, found in DRIVERS.items()} == {
        Channel.SMS: Channel.SMS,
        Channel.EMAIL: Channel.EMAIL,
    }
    assert set(ASKED) == {Channel.SMS}
