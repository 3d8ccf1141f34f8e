"""Text filters take out the piece they name and leave the rest alone."""

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.definition import Cut, Find, TextFilter
from app.queueing.errors import FilterError, StoppedError
from app.queueing.outcome import Texts
from app.queueing.pattern_problems import PatternInvalidError
from app.queueing.text_filters import compile_filter, compile_filters

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


def test_one_cut_can_make_what_the_next_filter_looks_for() -> None:
    first = TextFilter(what="-", cut=Cut.PIECE)
    second = TextFilter(what="30", cut=Cut.PIECE)
    assert compile_filters([first, second])(Texts("due 3-0 now")).text == "due  now"
    assert compile_filters([second, first])(Texts("due 3-0 now")).text == "due 30 now"


def test_all_parts_of_a_message_are_filtered() -> None:
    apply = compile_filters([TextFilter(what=" (copy)", cut=Cut.PIECE)])
    assert apply(Texts("a (copy)", "b (COPY)", "<p>c (copy)</p>")) == Texts("a", "b", "<p>c</p>")


def test_patterns_too_large_to_be_looked_for_together_are_looked_for_one_by_one() -> None:
    large = [TextFilter(find=Find.PATTERN, what=rf"\pL{{1,50}}x{n}", cut=Cut.PIECE) for n in range(4)]
    assert compile_filters(large)(Texts("Hi abcx2, x0 bye")).text == "Hi , x0 bye"


PIECES = st.sampled_from(["a", "b", "ab", "bill", "Bill", "\n", " ", "é", "1"])
FILTERS = st.builds(
    TextFilter,
    find=st.just(Find.LITERAL),
    what=st.lists(PIECES, min_size=1, max_size=2).map("".join),
    cut=st.sampled_from(Cut),
    replacement=st.sampled_from(["", "b", "bill"]),
) | st.builds(
    TextFilter,
    find=st.just(Find.PATTERN),
    what=st.sampled_from(["a+", r"^b", "b$", r"(?i)bill\d*", r"\bab\b", "(?m)^ +", "[^a]1|é"]),
    cut=st.sampled_from(Cut),
    replacement=st.sampled_from(["", "a"]),
)


@given(filters=st.lists(FILTERS, max_size=6), text=st.lists(PIECES, max_size=12).map("".join))
def test_looking_for_all_at_once_finds_what_looking_one_by_one_finds(filters: list[TextFilter], text: str) -> None:
    one_by_one = reduce(lambda so_far, step: step(so_far), map(compile_filter, filters), text).strip()
    assert compile_filters(filters)(Texts(text)).text == one_by_one


@given(what=st.text(min_size=1, max_size=20), find=st.sampled_from(Find), cut=st.sampled_from(Cut), text=st.text())
def test_any_filter_is_applied_or_refused_with_a_code(what: str, find: Find, cut: Cut, text: str) -> None:
    try:
        left = compile_filters([TextFilter(find=find, what=what, cut=cut)])(Texts(text))
    except StoppedError as stop:
        assert stop.code is FilterError.FILTER_INVALID
    else:
        assert isinstance(left.text, str)


@pytest.mark.parametrize("pattern", ["(", "a**", "(?=ahead)", r"(a)\1", "x{1001}"])
def test_a_pattern_that_re2_cannot_read_is_refused_with_its_reason(pattern: str) -> None:
    with pytest.raises(PatternInvalidError) as refusal:
        compile_filter(TextFilter(find=Find.PATTERN, what=pattern))
    assert str(refusal.value)


@pytest.mark.parametrize(
    ("pattern", "column"),
    [
        ("(", 1),
        ("Bill (amt|x: \\d+", 6),
        ("(a)(b", 4),
        ("((a)b", 1),
        ("x)y", 2),
        ("a**", 2),
        ("*a", 1),
        ("é(?=ahead)", 2),
        (r"(a)\1", 4),
        (r"\d \1", 4),
        ("x{1001}", 2),
        ("ab[z-a]c", 4),
        ("ab[x", 3),
        ("x(?P<n", 2),
        (r"\pL{1,50}(" * 40, 10),
    ],
)
@pytest.mark.timeout(10)
def test_a_mistake_in_a_pattern_is_told_with_its_place(pattern: str, column: int) -> None:
    with pytest.raises(PatternInvalidError, match=f"at character {column}$") as refusal:
        compile_filter(TextFilter(find=Find.PATTERN, what=pattern))
    assert refusal.value.column == column


def test_a_pattern_that_is_too_large_as_a_whole_has_no_place() -> None:
    with pytest.raises(PatternInvalidError) as refusal:
        compile_filter(TextFilter(find=Find.PATTERN, what=r"(?:\pL{1,30}x){30}"))
    assert refusal.value.column is None


@given(st.text(st.sampled_from(r"ab()[]{}*+?|\1,^$-:=!<P.é"), min_size=1, max_size=12))
def test_the_place_of_a_mistake_lies_in_the_pattern(pattern: str) -> None:
    try:
        compile_filter(TextFilter(find=Find.PATTERN, what=pattern))
    except PatternInvalidError as refusal:
        assert refusal.column is None or 1 <= refusal.column <= len(pattern)


def test_a_pattern_that_matches_where_there_is_nothing_is_refused() -> None:
    with pytest.raises(PatternInvalidError, match="empty text"):
        compile_filter(TextFilter(find=Find.PATTERN, what="x*"))


@pytest.mark.timeout(20)
@pytest.mark.parametrize("pattern", ["a(?s:.*)b|a", "(?:a?){1000}b", "(?:[ab]{0,30}a[ab]{30}){30}c", "(?:a+a+)+$x"])
def test_no_pattern_holds_up_a_worker_with_a_long_mail(pattern: str) -> None:
    html = Texts("a", "a", "a" * 100_000)
    try:
        compile_filters([TextFilter(find=Find.PATTERN, what=pattern, cut=Cut.PIECE)])(html)
    except StoppedError as stop:
        assert stop.code is FilterError.TOO_MANY_PIECES


def test_a_filter_that_finds_its_piece_thousands_of_times_stops_the_message_with_a_code() -> None:
    with pytest.raises(StoppedError) as stop:
        applied("ab" * 2_001, "a", Cut.PIECE)
    assert (stop.value.code, stop.value.facts) == (FilterError.TOO_MANY_PIECES, {"what": "a", "limit": 2_000})
    assert applied("ab" * 2_000, "a", Cut.PIECE) == "b" * 2_000


@given(text=st.text(max_size=200), what=st.text(min_size=1, max_size=5), cut=st.sampled_from(Cut))
def test_any_literal_can_be_cut_from_any_text(text: str, what: str, cut: Cut) -> None:
    left = applied(text, what, cut)
    if cut is not Cut.REPLACE and what not in text and what.isascii():
        assert left == text.strip() or what.lower() in text.lower()


@given(text=st.text(alphabet="(a+)b \n", max_size=60))
def test_a_pattern_that_would_hang_a_backtracking_engine_does_not(text: str) -> None:
    hostile = "a" * 5000 + text
    assert applied(hostile, r"(?:a+)+\$", Cut.PIECE, Find.PATTERN) == hostile.strip()
