"""Languages are known by the codes and names that lists use for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.templating.language_names import NAMES, language_name, language_tag


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("Spanish", "es"),
        (" SPANISH  ", "es"),
        ("español", "es"),
        ("es-MX", "es"),
        ("en_US", "en"),
        ("spa", "es"),
        ("Spanish (Mexico)", "es"),
        ("Spanish; Castilian", "es"),
        ("Haitian Creole", "ht"),
        ("Tiếng Việt", "vi"),
        ("Русский", "ru"),
        ("HMN", "hmn"),
        ("", None),
        ("Klingon", None),
        ("12", None),
    ],
)
def test_a_language_is_read_however_it_is_written(written: str, tag: str | None) -> None:
    assert language_tag(written) == tag


def test_every_language_is_known_by_all_of_its_names_and_no_name_means_two() -> None:
    names = [name.casefold() for tag, others in NAMES.items() for name in (tag, *others)]
    assert len(names) == len(set(names))
    for tag, others in NAMES.items():
        assert {language_tag(name) for name in (tag, tag.upper(), *others)} == {tag}


def test_a_page_names_a_language_in_english() -> None:
    assert (language_name("es"), language_name("xx")) == ("Spanish", "xx")


@given(st.text())
def test_any_text_names_a_language_or_none(text: str) -> None:
    assert language_tag(text) in {None, *NAMES}
