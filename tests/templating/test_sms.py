"""The size of a text message, and its plain form."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.templating import gsm7
from app.templating.sms import measure, plain

# 3GPP TS 23.038, table 6.2.1, read row by row; the escape is left out
TABLE = (
    "@Δ 0¡P¿p£_!1AQaq$Φ\"2BRbr¥Γ#3CScsèΛ¤4DTdtéΩ%5EUeuùΠ&6FVfvìΨ'7GWgwòΣ(8HXhxÇΘ)9IYiy\nΞ*:JZjz"
    "Ø+;KÄkäøÆ,<LÖlö\ræ-=MÑmñÅß.>NÜnüåÉ/?O§oà"
)

texts = st.text(st.one_of(st.sampled_from("ab {}€é“”—…\u00a0😀𝒳漢"), st.characters(exclude_categories=["Cs"])))
long_texts = st.builds(lambda text, times: text * times, texts, st.integers(1, 60))


def packed_slowly(text: str) -> tuple[str, int, int]:
    """Encoding, units and parts, by laying the units of one character after another into parts."""
    if all(char in gsm7.ALPHABET for char in text):
        encoding, alone, part = "GSM-7", 160, 153
        chars = [["esc", char] if char in gsm7.EXTENSION else [char] for char in text]
    else:
        encoding, alone, part = "UCS-2", 70, 67
        chars = [["unit"] * (len(char.encode("utf-16-be")) // 2) for char in text]
    units = [unit for char in chars for unit in char]
    if len(units) <= alone:
        return encoding, len(units), 1 if units else 0
    parts: list[list[str]] = [[]]
    for char in chars:
        if len(parts[-1]) + len(char) > part:
            parts.append([])
        parts[-1].extend(char)
    return encoding, len(units), len(parts)


def test_the_alphabet_is_the_standards() -> None:
    assert frozenset(TABLE) == gsm7.BASIC
    assert len(gsm7.BASIC) == 127
    assert frozenset("\f^{}\\[~]|€") == gsm7.EXTENSION


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments", "per_segment"),
    [
        ("", "GSM-7", 0, 0, 160),
        ("a" * 160, "GSM-7", 160, 1, 160),
        ("a" * 161, "GSM-7", 161, 2, 153),
        ("a" * 306, "GSM-7", 306, 2, 153),
        ("a" * 307, "GSM-7", 307, 3, 153),
        ("€" * 80, "GSM-7", 160, 1, 160),
        ("€" * 81, "GSM-7", 162, 2, 153),
        ("漢" * 70, "UCS-2", 70, 1, 70),
        ("漢" * 71, "UCS-2", 71, 2, 67),
        ("😀" * 35, "UCS-2", 70, 1, 70),
        ("😀" * 36, "UCS-2", 72, 2, 67),
    ],
)
def test_a_text_is_counted_in_the_units_of_its_encoding(
    text: str, encoding: str, units: int, segments: int, per_segment: int
) -> None:
    size = measure(text)
    assert (size.encoding, size.units, size.segments, size.per_segment) == (encoding, units, segments, per_segment)


def test_a_character_of_two_units_does_not_straddle_two_parts() -> None:
    assert measure("a" * 152 + "€" + "a" * 152).segments == 3
    assert measure("a" * 151 + "€" + "a" * 153).segments == 2
    assert measure("漢" * 66 + "😀" + "漢" * 66).segments == 3


def test_what_makes_a_text_costly_is_named_once_each_with_what_could_stand_there() -> None:
    assert measure("“Hi” — see you… “Ana” 😀 at 3€").costly == (
        ("“", '"'),
        ("”", '"'),
        ("—", "-"),
        ("…", "..."),
        ("😀", None),
    )
    assert measure("{3€}").costly == (("{", None), ("€", None), ("}", None))
    assert measure("José pays $3").costly == ()


@pytest.mark.parametrize(
    ("text", "plainer"),
    [
        ("Don’t — “wait”…", 'Don\'t - "wait"...'),
        ("9\u00a0AM\u2009–\u200910\u202fAM", "9 AM - 10 AM"),
        ("María Núñez, sábado", "Maria Nuñez, sabado"),
        ("José Ñandú", "José Ñandu"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("½ off™", "1/2 offTM"),
        ("Ｆｕｌｌ ﬁt", "Full fit"),
        ("Łódź", "Lodz"),
        ("Thanks 😀 谢谢", "Thanks 😀 谢谢"),
        ("Marí\u0301a", "Maria"),
    ],
)
def test_plain_replaces_what_has_a_plain_form_and_nothing_else(text: str, plainer: str) -> None:
    assert plain(text) == plainer


@given(long_texts)
def test_measuring_agrees_with_packing_one_unit_after_another(text: str) -> None:
    size = measure(text)
    assert (size.encoding, size.units, size.segments) == packed_slowly(text)


@given(
    st.text(st.sampled_from("a€"), min_size=140, max_size=170),
    st.text(st.sampled_from("漢😀"), min_size=60, max_size=80),
)
def test_measuring_agrees_with_packing_around_the_edges_of_a_part(septets: str, code_units: str) -> None:
    for text in (septets, septets * 2, code_units, code_units * 2):
        size = measure(text)
        assert (size.encoding, size.units, size.segments) == packed_slowly(text)


@given(texts)
def test_plain_is_each_costly_character_replaced(text: str) -> None:
    expected = text
    for char, replacement in measure(text).costly:
        if replacement is not None:
            expected = expected.replace(char, replacement)
    assert plain(text) == expected
    assert plain(plain(text)) == plain(text)


@given(st.characters(exclude_categories=["Cs"]))
def test_a_replacement_is_within_the_alphabet(char: str) -> None:
    replacement = gsm7.replacement(char)
    assert replacement is None or all(part in gsm7.ALPHABET for part in replacement)


@given(st.lists(texts, min_size=2, max_size=4))
def test_a_longer_text_never_has_fewer_parts(pieces: list[str]) -> None:
    growing = ["".join(pieces[: count + 1]) for count in range(len(pieces))]
    assert all(measure(shorter).segments <= measure(longer).segments for shorter, longer in pairwise(growing))
