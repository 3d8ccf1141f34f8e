"""What is wrong with a template is said when it is saved: what, where, and what was probably meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.templating.errors import WORDS, TemplateInvalid, TemplateProblem, TemplatingError
from app.templating.fieldnames import PROVIDED_FIELDS
from app.templating.limits import EXPRESSION_LIMIT, FUNCTION_LIMIT, NESTING_LIMIT, TAG_LIMIT, TEMPLATE_LIMIT
from app.templating.template import compile_template

FIELDS = PROVIDED_FIELDS | {"patient_name", "phone", "doctor", "balance", "language", "note"}


def problems(source: str, *, html: bool = False) -> list[TemplateProblem]:
    with pytest.raises(TemplateInvalid) as caught:
        compile_template(source, FIELDS, html=html)
    return list(caught.value.problems)


def problem(source: str) -> TemplateProblem:
    (only,) = problems(source)
    return only


def test_a_misspelt_field_is_found_with_its_place_and_the_nearest_name() -> None:
    assert problem("Hello,\nHi {{ patient_nme }}!") == TemplateProblem(
        TemplatingError.UNKNOWN_FIELD, line=2, column=7, name="patient_nme", nearest="patient_name"
    )


@pytest.mark.parametrize("written", ["Patient Name", "PatientName", "PATIENT NAME", "patient-name", "Patient name"])
def test_a_header_in_the_place_of_its_name_is_understood(written: str) -> None:
    found = problem(f"Hi {{{{ {written} | upper }}}}")
    assert (found.code, found.name, found.nearest) == (TemplatingError.UNKNOWN_FIELD, written, "patient_name")
    assert (found.line, found.column) == (1, 7)


@pytest.mark.parametrize(
    ("source", "name", "nearest"),
    [
        ("{{ company.nam }}", "company.nam", "company.name"),
        ("{{ compan }}", "compan", "company.name"),
        ("{{ now }}", "now", None),
        ("{{ phone[0] }}", "phone[0]", "phone"),
        ("{{ phone[doctor] }}", "phone[doctor]", "doctor"),
        ("{{ doctor.size }}", "doctor.size", "doctor"),
        ("{{ note | default: docter }}", "docter", "doctor"),
        ("{% if docter %}x{% endif %}", "docter", "doctor"),
        ("{% if doctor == nota %}x{% endif %}", "nota", "note"),
        ("{% unless doctor contains nota %}x{% endunless %}", "nota", "note"),
        ("{% case docter %}{% when 'a' %}x{% endcase %}", "docter", "doctor"),
    ],
)
def test_a_field_must_exist_wherever_it_stands(source: str, name: str, nearest: str | None) -> None:
    found = problem(source)
    assert (found.code, found.name, found.nearest) == (TemplatingError.UNKNOWN_FIELD, name, nearest)
    assert found.column == source.index(name) + 1


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("uper", "upper"),
        ("upcase", "upper"),
        ("truncatewords", "truncate_words"),
        ("truncate", "truncate_words"),
        ("masq", "mask"),
        ("zzz", None),
    ],
)
def test_a_function_must_exist(written: str, nearest: str | None) -> None:
    assert problem(f"{{{{ note | trim | {written} }}}}") == TemplateProblem(
        TemplatingError.UNKNOWN_FUNCTION, 1, 18, written, nearest
    )


@pytest.mark.parametrize(
    ("call", "code", "name", "nearest"),
    [
        ("truncate_words", "argument_missing", "words", None),
        ("truncate_words: 1, 'x', 3", "argument_unknown", "3", None),
        ("truncate_words: 1, ende: 'x'", "argument_unknown", "ende", "end"),
        ("truncate_words: 1, words: 2", "argument_unknown", "words", None),
        ("truncate_words: 'a'", "argument_refused", "a", None),
        ("truncate_words: phone", "argument_refused", "phone", None),
        ("default: true", "argument_refused", "true", None),
        ("phone: 'nationl'", "argument_refused", "nationl", "national"),
        ("phone: region: 'USA'", "argument_refused", "USA", None),
        ("date: 'weekdy'", "argument_refused", "weekdy", "weekday"),
        ("date: '%Y-%Q'", "argument_refused", "%Y-%Q", None),
        ("date: language: 'Klingon'", "argument_refused", "Klingon", None),
        ("time: zone: 'New York'", "argument_refused", "New York", None),
        ("money: 'DOLLARS'", "argument_refused", "DOLLARS", None),
        ("upper: 1", "argument_unknown", "1", None),
    ],
)
def test_arguments_must_fit_their_function(call: str, code: str, name: str, nearest: str | None) -> None:
    found = problem(f"{{{{ note | {call} }}}}")
    assert (found.code, found.name, found.nearest) == (code, name, nearest)


@pytest.mark.parametrize(
    ("source", "code", "line", "column"),
    [
        ("Hi {{ patient_name", "braces_not_closed", 1, 4),
        ("Hi {{ patient_name }\nand {{ phone }}", "braces_not_closed", 1, 4),
        ("Hi { patient_name }}", "braces_not_opened", 1, 19),
        ("{% if doctor }x{% endif %}", "braces_not_closed", 1, 1),
        ("\n{% if doctor %}x", "block_not_closed", 2, 1),
        ("{% if doctor %}x{% if note %}y{% endif %}", "block_not_closed", 1, 1),
        ("x{% endif %}", "block_not_opened", 1, 2),
        ("{% else %}", "block_not_opened", 1, 1),
        ("{% if doctor %}{% when 'x' %}{% endif %}", "block_not_opened", 1, 16),
        ("{% if doctor %}{% else %}{% elsif note %}{% endif %}", "block_not_opened", 1, 26),
        ("{{ }}", "incomplete", 1, 1),
        ("{{ note | }}", "incomplete", 1, 1),
        ("{% if %}x{% endif %}", "incomplete", 1, 1),
        ("{% if note == %}x{% endif %}", "incomplete", 1, 4),
        ("{% if note %}{{ note | }}{% endif %}", "incomplete", 1, 14),
        ("{% if note = 'x' %}x{% endif %}", "syntax", 1, 12),
        ("{% if note | trim == '' %}x{% endif %}", "syntax", 1, 12),
        ("{% if (note) %}x{% endif %}", "syntax", 1, 7),
        ("{% if note %}x{% else note %}y{% endif %}", "syntax", 1, 15),
        ("{% if note %}x{% endif note %}", "syntax", 1, 15),
        ("{{ 'x' y }}", "syntax", 1, 8),
        ("{{ (1..5) }}", "syntax", 1, 4),
        ("{{ true }}", "syntax", 1, 4),
        ("{{ note | date 'short' }}", "syntax", 1, 16),
        ("{% case note %}lost{% when 'x' %}y{% endcase %}", "syntax", 1, 16),
        ("{% case note %}{{ phone }}{% when 'x' %}y{% endcase %}", "syntax", 1, 16),
        ("{% case note %}{% when 'x' 'y' %}y{% endcase %}", "syntax", 1, 28),
        ("{% case note %}{% when 'x', 'x' %}y{% endcase %}", "when_repeated", 1, 29),
        ("{% case note %}{% when phone %}y{% when phone %}z{% endcase %}", "when_repeated", 1, 41),
        ("{% case 'x' %}{% when 'x' %}y{% endcase %}", "comparison_refused", 1, 9),
    ],
)
def test_a_slip_is_found_where_it_was_made(source: str, code: str, line: int, column: int) -> None:
    found = problem(source)
    assert (found.code, found.line, found.column) == (code, line, column)


@pytest.mark.parametrize(
    "tag", ["for x in note", "assign x = 1", "capture x", "include 'x'", "render 'x'", "cycle 1", "raw"]
)
def test_there_are_no_loops_variables_or_includes(tag: str) -> None:
    found = problems(f"{{% {tag} %}}")[0]
    assert (found.code, found.name) == (TemplatingError.UNKNOWN_TAG, tag.split(maxsplit=1)[0])


def test_a_misspelt_tag_is_told_the_nearest() -> None:
    assert problems("{% elseif note %}")[0].nearest == "elsif"


@pytest.mark.parametrize(
    ("test", "name", "nearest"),
    [
        ("balance > 'x'", "x", None),
        ("balance > note", "note", None),
        ("'a' == 'b'", "a", None),
        ("note == nil", "nil", "blank"),
        ("note == true", "true", None),
        ("note contains 5", "5", None),
        ("'x'", "x", None),
    ],
)
def test_only_what_can_be_compared_is(test: str, name: str, nearest: str | None) -> None:
    found = problem(f"{{% if {test} %}}x{{% endif %}}")
    assert (found.code, found.name, found.nearest) == (TemplatingError.COMPARISON_REFUSED, name, nearest)


def test_all_mistakes_are_told_at_once_in_their_order() -> None:
    found = problems("{{ patent_name | uper }}\n{{ fone | phone: 'x' }}")
    assert [(each.line, each.column, each.nearest) for each in found] == [
        (1, 4, "patient_name"),
        (1, 18, "upper"),
        (2, 4, "phone"),
        (2, 18, None),
    ]


def test_styles_may_close_braces_in_html_only() -> None:
    style = "<style>@media print{.x{color:red}}</style>{{ note }}"
    assert compile_template(style, FIELDS, html=True).fields_used == {"note"}
    assert problems(style)[0].code is TemplatingError.BRACES_NOT_OPENED


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("x" * (TEMPLATE_LIMIT + 1), "template_too_long"),
        ("{{ note }}" * (TAG_LIMIT + 1), "too_many_tags"),
        (f"{{{{ '{'x' * EXPRESSION_LIMIT}' }}}}", "expression_too_long"),
        ("{% if note %}" * (NESTING_LIMIT + 1) + "x" + "{% endif %}" * (NESTING_LIMIT + 1), "nested_too_deep"),
        ("{{ note | trim }}" * (FUNCTION_LIMIT + 1), "too_many_functions"),
    ],
)
def test_a_template_has_limits(source: str, code: str) -> None:
    assert problem(source).code == code


def test_a_template_at_its_limits_is_sound() -> None:
    deep = "{% if note %}" * NESTING_LIMIT + "{{ note }}" + "{% endif %}" * NESTING_LIMIT
    tests = " and ".join(["note"] * (EXPRESSION_LIMIT // 10))
    assert compile_template(deep, FIELDS).render({"note": "x"}) == "x"
    assert compile_template(f"{{% if {tests} %}}x{{% endif %}}", FIELDS).render({"note": "y"}) == "x"


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "source",
    [
        "{{" * (TEMPLATE_LIMIT // 2),
        "{%" * (TEMPLATE_LIMIT // 2),
        "{{" + " " * (TEMPLATE_LIMIT - 2),
        "{% raw %}" * (TEMPLATE_LIMIT // 9),
        "{{ patent_name }}" * TAG_LIMIT,
        ("{{" + "'\"" * 240 + "}}") * 400,
        "{{ " + "note[" * 90 + " }}",
    ],
    ids=["outputs", "tags", "spaces", "raw", "mistakes", "quotes", "brackets"],
)
def test_a_hostile_template_is_refused_without_delay(source: str) -> None:
    assert problems(source)


pieces = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "{{",
                "}}",
                "{%",
                "%}",
                "|",
                "if",
                "endif",
                "else",
                "case",
                "when",
                "note",
                "==",
                "'x'",
                "5",
                ".",
                ":",
                "[",
            ]
        ),
        st.sampled_from(["{{ note }}", "{% if note %}", "{% endif %}", "trim", "truncate_words: 2", "\n", "-", ","]),
        st.text(max_size=4),
    )
)


@given(pieces.map(" ".join), st.booleans())
def test_any_text_is_a_template_or_has_problems_that_can_be_told(source: str, html: bool) -> None:
    try:
        template = compile_template(source, FIELDS, html=html)
    except TemplateInvalid as invalid:
        assert invalid.problems
        for found in invalid.problems:
            line = source.split("\n")[found.line - 1]
            assert 1 <= found.column <= len(line) + 1
            assert str(found)
    else:
        assert isinstance(template.render(dict.fromkeys(template.fields_used, "x")), str)


def test_every_code_has_its_words() -> None:
    assert WORDS.keys() == set(TemplatingError)
    assert str(problem("{{ patient_nme }}")) == (
        "Line 1, column 4: there is no field “patient_nme”. Did you mean “patient_name”?"
    )
