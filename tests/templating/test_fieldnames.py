"""Names of fields: what stands in a header becomes what may stand in a template."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liquid.builtin.expressions import _tokenize

from app.templating.fieldnames import LONGEST, NAMESPACES, field_names
from app.templating.template import compile_template


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Patient Name", "patient_name"),
        ("  Patient   Name ", "patient_name"),
        ("PatientName", "patient_name"),
        ("patientDOB", "patient_dob"),
        ("E-mail", "e_mail"),
        ("Phone #", "phone"),
        ("Amount ($)", "amount"),
        ("Patient's Name", "patients_name"),
        ("Appt. Date/Time", "appt_date_time"),
        ("__id__", "id"),
        ("Ｐｈｏｎｅ", "phone"),
    ],
)
def test_a_header_becomes_words_in_lower_case(header: str, name: str) -> None:
    assert field_names([header]) == [name]


@pytest.mark.parametrize(("header", "name"), [("Año", "año"), ("ТЕЛЕФОН", "телефон"), ("姓名", "姓名"), ("नाम", "नम")])
def test_letters_of_every_script_stay(header: str, name: str) -> None:
    assert field_names([header]) == [name]


def test_the_same_header_twice_gets_numbers() -> None:
    assert field_names(["Phone", "Phone", "phone "]) == ["phone", "phone_2", "phone_3"]


def test_a_number_never_takes_the_name_of_a_column_that_is_headed_so() -> None:
    assert field_names(["Phone", "Phone", "Phone 2"]) == ["phone", "phone_3", "phone_2"]


def test_a_blank_is_named_by_its_place() -> None:
    assert field_names(["Name", "", " ", "#"]) == ["name", "column_2", "column_3", "column_4"]


def test_what_starts_with_a_digit_or_means_something_in_a_template_gets_a_word_before_it() -> None:
    assert field_names(["2nd Phone", "4", "Company", "Links", "Limit", "If", "Empty"]) == [
        "field_2nd_phone",
        "field_4",
        "field_company",
        "field_links",
        "field_limit",
        "field_if",
        "field_empty",
    ]


def test_every_word_that_the_parser_keeps_for_itself_is_avoided() -> None:
    words = sorted(_tokenize._keywords)
    assert not set(words) & set(field_names(words))


def test_a_huge_cell_makes_a_short_name() -> None:
    names = field_names(["x" * 1_000_000, "x" * 1_000_000])
    assert names == ["x" * LONGEST, "x" * (LONGEST - 2) + "_2"]


@given(st.lists(st.text(max_size=80), max_size=12))
def test_any_header_gives_distinct_names_that_a_template_can_use(header: list[str]) -> None:
    names = field_names(header)
    assert len(names) == len(set(names)) == len(header)
    assert field_names(header) == names
    assert not NAMESPACES & set(names)
    for name in names:
        assert re.fullmatch(r"[^\W\d]\w*", name)
        assert len(name) <= LONGEST
    source = "|".join(f"{{{{ {name} }}}}" for name in names)
    values = {name: str(place) for place, name in enumerate(names)}
    assert compile_template(source, names).render(values) == "|".join(values.values())


@given(st.lists(st.sampled_from(["Phone", "phone 2", "Phone_2", "", "column 1", "Column 2", "Phone 3"]), max_size=10))
def test_names_that_are_each_others_numbers_stay_distinct(header: list[str]) -> None:
    names = field_names(header)
    assert len(set(names)) == len(names)
