"""Text filters take out the piece they name and leave the rest alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.definition import Cut, Find, TextFilter
from app.queueing.outcome import Texts
from app.queueing.text_filters import PatternInvalidError, compile_filter, compile_filters

TEXT = "Hi Ann, see you Monday. Bill amt: $30.00 due\nReply C to confirm"


def applied(text: str, what: str, cut: Cut, find: Find = Find.LITERAL, replacement: str = "") -> str:
    return compile_filters([TextFilter(find=find, what=what, cut=cut, replacement=replacement)])(Texts(text)).text


def test_a_piece_is_taken_out_whatever_its_case() -> None:
    assert applied(TEXT, "bill AMT: ", Cut.PIECE) == TEXT.replace("Bill amt: ", "")


def test_a_cut_to_the_end_of_the_line_leaves_the_next_line() -> None:
    assert applied(TEXT, "Bill amt:", Cut.TO_LINE_END) == "Hi Ann, see you Monday.\nReply C to confirm"


def test_a_line_that_is_cut_from_its_beginning_leaves_no_gap() -> None:
    assert applied("Hi Ann\n  Bill amt: 30\nReply C", "Bill amt:", Cut.TO_LINE_END) == "Hi Ann\nReply C"


def test_a_cut_to_the_end_of_the_text_leaves_what_came_before() -> None:
    assert applied(TEXT, "Bill amt:", Cut.TO_TEXT_END) == "Hi Ann, see you Monday."


def test_a_replacement_stands_in_the_pieces_place_letter_for_letter() -> None:
    assert applied("Pay $5 now", r"\$\d+", Cut.REPLACE, Find.PATTERN, r"\1 – été") == r"Pay \1 – été now"


def test_a_pattern_minds_case_unless_it_says_otherwise() -> None:
    assert applied("BILL bill", "bill", Cut.PIECE, Find.PATTERN) == "BILL"
    assert applied("BILL bill", "(?i)bill", Cut.PIECE, Find.PATTERN) == ""


def test_filters_work_one_after_another() -> None:
    first = TextFilter(what="one", cut=Cut.REPLACE, replacement="two")
    second = TextFilter(what="two", cut=Cut.REPLACE, replacement="three")
    assert compile_filters([first, second])(Texts("one")).text == "three"


@pytest.mark.parametrize("pattern", ["(", "a**", "(?=ahead)", r"(a)\1", "x{1001}"])
def test_a_pattern_that_re2_cannot_read_is_refused_with_its_reason(pattern: str) -> None:
    with pytest.raises(PatternInvalidError) as refusal:
        compile_filter(TextFilter(find=Find.PATTERN, what=pattern))
    assert str(refusal.value)


def test_a_pattern_that_matches_where_there_is_nothing_is_refused() -> None:
    with pytest.raises(PatternInvalidError, match="empty text"):
        compile_filter(TextFilter(find=Find.PATTERN, what="x*"))


@given(text=st.text(max_size=200), what=st.text(min_size=1, max_size=5), cut=st.sampled_from(Cut))
def test_any_literal_can_be_cut_from_any_text(text: str, what: str, cut: Cut) -> None:
    left = applied(text, what, cut)
    if cut is not Cut.REPLACE and what not in text and what.isascii():
        assert left == text.strip() or what.lower() in text.lower()


@given(text=st.text(alphabet="(a+)b \n", max_size=60))
def test_a_pattern_that_would_hang_a_backtracking_engine_does_not(text: str) -> None:
    applied("a" * 5000 + text, r"(?:a+)+\$", Cut.PIECE, Find.PATTERN)
