"""What people write, and what it is taken to mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.definition import ResponseOptions
from app.models import Disposition
from app.receipts.meaning import Consent, Meaning, understand

OPTIONS = ResponseOptions()


@pytest.mark.parametrize(
    "body", ["C", "c", " c. ", "Yes!", "YES", "yes please", "Ok, confirm", "C - thanks", "1", "ｙｅｓ"]
)
def test_a_confirming_word_confirms_whatever_its_case_and_punctuation(body: str) -> None:
    assert understand(body, OPTIONS) == Meaning(Disposition.CONFIRMED)


@pytest.mark.parametrize("body", ["👍", "👍🏽", " 👍🏿 ", "✅", "✔️", "👌"])
def test_a_thumb_up_confirms(body: str) -> None:
    assert understand(body, OPTIONS) == Meaning(Disposition.CONFIRMED)


def test_a_thumb_up_means_nothing_to_a_campaign_that_asks_for_no_confirmation() -> None:
    assert understand("👍", ResponseOptions(confirm=())).disposition is Disposition.UNCLEAR


@pytest.mark.parametrize(
    ("body", "disposition"),
    [
        ("X", Disposition.CANCELLED),
        ("2", Disposition.CANCELLED),
        ("r", Disposition.RESCHEDULE),
        ("Reschedule, please.", Disposition.RESCHEDULE),
    ],
)
def test_each_option_has_its_words(body: str, disposition: Disposition) -> None:
    assert understand(body, OPTIONS) == Meaning(disposition)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "why?",
        "Yes but I need to cancel",
        "Can you confirm the time?",
        "I can't confirm",
        "cancel my appointment",
        "who is this",
        "C or X?",
        "12",
        "👎",
        "ok",
        "thank you",
    ],
)
def test_what_is_not_said_in_so_many_words_is_left_to_a_person(body: str) -> None:
    assert understand(body, OPTIONS) == Meaning(Disposition.UNCLEAR)


@pytest.mark.parametrize(
    "body",
    [
        "STOP",
        "stop.",
        "Stop!!!",
        "please stop",
        "STOP PLEASE",
        "StopAll",
        "stop all",
        "UNSUBSCRIBE",
        "Cancel",
        "END",
        "quit",
        "revoke",
        "OPTOUT",
        "opt out",
        "opt-out",
    ],
)
def test_the_opt_out_words_opt_out(body: str) -> None:
    assert understand(body, OPTIONS) == Meaning(Disposition.OPTED_OUT, Consent.STOP)


@pytest.mark.parametrize(
    "body",
    [
        "please stop texting me",
        "I moved to Ohio, stop sending me these messages",
        "Don't text me anymore",
        "Remove me",
        "please remove me from your list",
        "take my number off this list",
        "unsubscribe me",
        "I want to opt out",
        "no more texts",
        "Leave me alone!",
        "Sorry, wrong number",
        "You have the wrong person.",
        "Stop it",
    ],
)
def test_plain_words_opt_out_as_well(body: str) -> None:
    assert understand(body, OPTIONS) == Meaning(Disposition.OPTED_OUT, Consent.STOP)


@pytest.mark.parametrize(
    "body",
    [
        "please don't stop by early",
        "I can't stop thinking about it",
        "don't stop texting me",
        "remove me from the 3pm slot",
        "Is this the wrong number for Dr. Bell?",
        "Don't call me, a text is fine",
        "I'll stop by tomorrow",
        "the bus stop",
        "weekend",
        "I quit smoking",
        "what time does it end",
    ],
)
def test_ordinary_sentences_stay_ordinary(body: str) -> None:
    assert understand(body, OPTIONS).consent is None


def test_cancel_is_a_campaign_s_own_word_where_it_says_so() -> None:
    own = ResponseOptions(cancel=("Cancel",))
    assert understand("CANCEL", own) == Meaning(Disposition.CANCELLED)


def test_no_other_opt_out_word_can_be_a_campaign_s_own() -> None:
    own = ResponseOptions(cancel=("Stop", "End"))
    assert understand("stop", own) == Meaning(Disposition.OPTED_OUT, Consent.STOP)
    assert understand("end", own) == Meaning(Disposition.OPTED_OUT, Consent.STOP)


def test_the_provider_s_judgement_counts_beside_the_campaign_s_word() -> None:
    own = ResponseOptions(cancel=("Cancel",))
    assert understand("Cancel", own, "STOP") == Meaning(Disposition.CANCELLED, Consent.STOP)


def test_the_provider_s_judgement_counts_for_words_we_do_not_know() -> None:
    assert understand("ARRET", OPTIONS, "STOP") == Meaning(Disposition.OPTED_OUT, Consent.STOP)
    assert understand("hola", OPTIONS, "START") == Meaning(Disposition.UNCLEAR, Consent.START)


@pytest.mark.parametrize(
    ("body", "consent"), [("START", Consent.START), ("unstop", Consent.START), ("Help?", Consent.HELP)]
)
def test_start_and_help_decide_nothing(body: str, consent: Consent) -> None:
    assert understand(body, OPTIONS) == Meaning(Disposition.UNCLEAR, consent)


def test_without_a_campaign_only_opt_outs_are_understood() -> None:
    assert understand("C", None) == Meaning(Disposition.UNCLEAR)
    assert understand("stop", None) == Meaning(Disposition.OPTED_OUT, Consent.STOP)


@given(st.text(), st.text())
def test_anything_can_be_written(body: str, opt_out_type: str) -> None:
    assert understand(body, OPTIONS, opt_out_type).disposition in Disposition
