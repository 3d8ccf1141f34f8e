"""Message functions: what their reference promises, in templates and in mappings, for any text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.templating.errors import NoMessage, RenderFailed, SkipMessage, TemplateInvalid, TemplatingError
from app.templating.functions import FUNCTIONS, Function, Parameter, reference
from app.templating.functions.reference import Example
from app.templating.template import compile_functions, compile_template

ZONES = ["", "UTC", "America/New_York", "Asia/Kathmandu"]
PATTERNS = ["%a %-m/%-d", "%Y%%", "%H:%M", "%-I %p"]


def examples() -> list[Any]:
    return [
        pytest.param(example, id=f"{document.name}-{number}")
        for document in reference()
        for number, example in enumerate(document.examples, start=1)
    ]


@pytest.mark.parametrize("example", examples())
def test_every_example_of_the_reference_is_true(example: Example) -> None:
    said, code = "", None
    try:
        said = compile_template(example.template, ()).render({})
    except NoMessage as outcome:
        code = outcome.code
    assert (said, code) == (example.result, example.code)


def test_the_reference_has_every_function_with_a_sentence_and_examples() -> None:
    documents = reference()
    assert [document.name for document in documents] == sorted(FUNCTIONS)
    for document in documents:
        assert document.summary.endswith(".")
        assert "\n" not in document.summary
        assert document.examples
        assert "=>" not in document.details


def test_the_reference_shows_a_function_as_a_template_would_use_it() -> None:
    signatures = {document.name: document.signature for document in reference()}
    assert signatures["truncate_words"] == 'truncate_words: words, end: "..."'
    assert signatures["mask"] == 'mask: keep: 4, sign: "*"'
    assert signatures["trim"] == "trim"


def acceptable(parameter: Parameter) -> st.SearchStrategy[str | int]:
    if parameter.kind is int:
        return st.integers(-5, 50)
    if parameter.accepts is None:
        return st.text(max_size=20)
    if parameter.name == "language":
        return st.sampled_from(["en", "es", "Spanish", "vi", "ar", "fa", "th", "zh", "xx", ""])
    known = list(parameter.accepts.known) or ["US", "GB", "MX", *ZONES]
    return st.sampled_from([text for text in known + PATTERNS if parameter.accepts.test(text)])


spellings = st.one_of(
    st.text(),
    st.text(st.sampled_from("0123456789/-.:,$()+ apmAPM")),
    st.sampled_from(
        ["MCDONALD, JOHN", "3/5/2026 2:30 PM", "(202) 555-0143", "$1,234.50", "2026-03-05T14:30:00Z", "ß", "İ"]
    ),
)


@given(st.sampled_from(list(FUNCTIONS.values())), spellings, st.data())
def test_any_text_comes_out_as_text_or_as_a_coded_outcome(function: Function, text: str, data: st.DataObject) -> None:
    arguments = [data.draw(acceptable(parameter)) for parameter in function.parameters]
    try:
        result = function.call(text, *arguments)
    except NoMessage as outcome:
        assert outcome.code in TemplatingError
    else:
        assert isinstance(result, str)


@given(spellings)
def test_no_chain_of_functions_ever_breaks(text: str) -> None:
    for name in FUNCTIONS:
        try:
            compile_functions([name]).apply(text, {})
        except TemplateInvalid as invalid:
            assert {found.code for found in invalid.problems} == {TemplatingError.ARGUMENT_MISSING}
        except (SkipMessage, RenderFailed) as outcome:
            assert outcome.function == name


def test_functions_of_a_mapping_are_spelled_as_in_a_template() -> None:
    chain = compile_functions(["name_order", "truncate_words: 1, end: ''", "default: doctor"], {"doctor"})
    assert chain.fields_used == {"doctor"}
    assert chain.apply("DOE, JANE", {"doctor": "Dr. Lee"}) == "Jane"
    assert chain.apply("", {"doctor": "Dr. Lee"}) == "Dr. Lee"


def test_no_functions_leave_the_text_as_it_is() -> None:
    assert compile_functions([]).apply(" x ", {}) == " x "


def test_an_outcome_in_a_mapping_names_the_column() -> None:
    with pytest.raises(RenderFailed) as caught:
        compile_functions(["trim", "date"], column="appt_date").apply("soon", {})
    assert (caught.value.code, caught.value.function, caught.value.field) == ("date_unreadable", "date", "appt_date")


def test_mistakes_in_a_mapping_are_told_by_the_place_in_its_list() -> None:
    with pytest.raises(TemplateInvalid) as caught:
        compile_functions(["trim", "uper | trim", "", "default: 'x' }}", "upper |", "x" * 501])
    assert [(found.line, found.column, found.code, found.nearest) for found in caught.value.problems] == [
        (2, 1, "unknown_function", "upper"),
        (3, 1, "incomplete", None),
        (4, 14, "syntax", None),
        (5, 1, "incomplete", None),
        (6, 1, "expression_too_long", None),
    ]
