"""Templates made into messages."""

import pytest

from app.templating.errors import RenderFailed, SkipMessage, TemplatingError
from app.templating.limits import MESSAGE_LIMIT, VALUE_LIMIT
from app.templating.template import compile_functions, compile_template

FIELDS = {"name", "doctor", "when", "balance", "language", "zone", "kind", "company.name", "links.confirm"}


def rendered(source: str, *, html: bool = False, **values: str) -> str:
    given = dict.fromkeys(FIELDS, "") | {name.replace("__", "."): value for name, value in values.items()}
    return compile_template(source, FIELDS, html=html).render(given)


def test_fields_take_their_values() -> None:
    source = "Hi {{ name }}, {{company.name}} expects you.\nConfirm: {{- links.confirm -}} !"
    values = {"name": "Ana", "company__name": "Lakeside", "links__confirm": "https://x.test/1"}
    assert rendered(source, **values) == "Hi Ana, Lakeside expects you.\nConfirm:https://x.test/1!"


def test_the_company_alone_is_its_name() -> None:
    source = "{{ company }}{% if company contains 'Lake' %}, {{ company | upper }}{% endif %}"
    assert rendered(source, company__name="Lakeside") == "Lakeside, LAKESIDE"
    assert compile_template(source, FIELDS).fields_used == {"company.name"}


def test_a_template_knows_the_fields_it_uses() -> None:
    template = compile_template(
        "{{ name }}{% if doctor %}{{ when | date: language: language }}{% elsif kind == balance %}x{% endif %}", FIELDS
    )
    assert template.fields_used == {"name", "doctor", "when", "language", "kind", "balance"}


def test_functions_are_applied_from_left_to_right() -> None:
    assert rendered("{{ name | first_name | upper | suffix: '!' }}", name="DOE, JANE ANN") == "JANE!"


def test_a_literal_is_said_as_it_is_written() -> None:
    assert rendered("{{ '{' }}{{ 1.50 }}{{ 007 }}{{ \"it's\" }}") == "{1.50007it's"


@pytest.mark.parametrize(
    ("doctor", "said"), [("Dr. Lee", "with Dr. Lee"), ("", "with our team"), ("  \u00a0", "with our team")]
)
def test_a_field_alone_asks_whether_it_is_blank(doctor: str, said: str) -> None:
    for source in (
        "{% if doctor %}with {{ doctor }}{% else %}with our team{% endif %}",
        "{% unless doctor %}with our team{% else %}with {{ doctor }}{% endunless %}",
        "{% if doctor == blank %}with our team{% else %}with {{ doctor }}{% endif %}",
    ):
        assert rendered(source, doctor=doctor) == said


@pytest.mark.parametrize(
    ("balance", "test", "holds"),
    [
        ("$1,200.00", "balance > 100", True),
        ("$1,200.00", "balance == 1200", True),
        ("99.99", "balance >= 100", False),
        ("100", "100 <= balance", True),
        ("(5.00)", "balance < 0", True),
        ("", "balance < 100", False),
        ("n/a", "balance == 0", False),
        ("n/a", "balance != 0", True),
        ("9", "balance < 10", True),
    ],
)
def test_a_field_beside_a_number_is_read_as_a_number(balance: str, test: str, holds: bool) -> None:
    assert rendered(f"{{% if {test} %}}yes{{% else %}}no{{% endif %}}", balance=balance) == ("yes" if holds else "no")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("lab", "fast"),
        ("x-ray", "no metal"),
        ("MRI", "no metal"),
        ("5", "five"),
        ("5.00", "five"),
        ("", "?"),
        ("other", "-"),
    ],
)
def test_a_case_takes_the_branch_of_its_value(kind: str, said: str) -> None:
    source = (
        "{% case kind %}{% when 'lab' %}fast{% when 'x-ray', 'MRI' %}no metal{% when 5 %}five"
        "{% when blank %}?{% else %}-{% endcase %}"
    )
    assert rendered(source, kind=kind) == said


def test_and_or_and_contains_combine_tests() -> None:
    source = "{% if kind contains 'lab' and doctor or name == 'Ana' %}yes{% endif %}"
    assert rendered(source, kind="blood lab", doctor="Dr. Lee") == "yes"
    assert rendered(source, kind="blood lab", name="Ana") == "yes"
    assert rendered(source, kind="x-ray", name="Ana") == ""


def test_a_block_of_nothing_but_white_space_leaves_nothing() -> None:
    assert rendered("a{% if name %}  \n{% endif %}b", name="x") == "ab"


def test_arguments_may_be_fields() -> None:
    source = "{{ when | date: 'day', language, zone: zone }}"
    assert rendered(source, when="2026-03-05T02:00:00Z", language="Spanish", zone="America/New_York") == (
        "miércoles, 4 de marzo"
    )
    assert rendered(source, when="3/5/2026", language="Tagalog") == "Huwebes, Marso 5"
    assert rendered(source, when="3/5/2026", language="Klingon") == "Thursday, March 5"
    assert rendered("{{ name | default: company.name }}", company__name="Lakeside") == "Lakeside"


@pytest.mark.parametrize(
    ("region", "said"), [("US", "March 5, 2026"), ("PR", "March 5, 2026"), ("GB", "May 3, 2026"), ("MX", "May 3, 2026")]
)
def test_figures_are_read_as_the_companys_country_writes_them(region: str, said: str) -> None:
    template = compile_template("{{ when | date: 'long' }}", FIELDS, region=region)
    assert template.render({"when": "3/5/2026"}) == said
    assert compile_functions(["date: 'long'"], region=region).apply("3/5/2026", {}) == said
    always = compile_template("{{ when | date: 'iso', order: 'mdy' }}", FIELDS, region=region)
    assert always.render({"when": "3/5/2026"}) == "2026-03-05"


def test_numbers_without_a_country_code_are_of_the_companys_country() -> None:
    template = compile_template("{{ kind | phone: 'e164' }}", FIELDS, region="GB")
    assert template.render({"kind": "020 7946 0018"}) == "+442079460018"


def test_an_argument_from_a_field_that_makes_no_sense_fails_the_record() -> None:
    with pytest.raises(RenderFailed) as caught:
        rendered("{{ when | time: zone: zone }}", when="2026-03-05T02:00:00Z", zone="Mars")
    assert (caught.value.code, caught.value.function, caught.value.field) == ("argument_refused", "time", "when")


def test_a_record_is_skipped_with_the_code_and_the_field_that_was_blank() -> None:
    with pytest.raises(SkipMessage) as caught:
        rendered("Hi {{ name | trim | skip_if_blank }}", name=" ")
    outcome = caught.value
    assert (outcome.code, outcome.function, outcome.field) == (TemplatingError.BLANK_VALUE, "skip_if_blank", "name")


def test_a_record_is_not_skipped_by_a_branch_that_it_does_not_take() -> None:
    assert rendered("{% if name %}{{ doctor | skip_if_blank }}{% endif %}ok") == "ok"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ name | date }}", "date_unreadable"),
        ("{{ name | time }}", "time_unreadable"),
        ("{{ name | phone }}", "phone_unreadable"),
        ("{{ name | money }}", "amount_unreadable"),
    ],
)
def test_a_value_that_cannot_be_read_fails_the_record_and_is_kept_out_of_the_words(source: str, code: str) -> None:
    with pytest.raises(RenderFailed) as caught:
        rendered(source, name="Jane Doe")
    assert caught.value.code == code
    assert caught.value.field == "name"
    assert "Jane" not in str(caught.value)


@pytest.mark.parametrize("function", ["date", "time", "weekday", "phone", "money", "name_order", "first_name", "title"])
def test_blank_in_is_blank_out(function: str) -> None:
    assert rendered(f"{{{{ name | {function} }}}}", name="  ").strip() == ""


def test_what_comes_out_of_braces_is_escaped_in_html() -> None:
    source = "<b>{{ name | upper }}</b> <a href=\"{{ links.confirm }}\">{{ '<' }}</a>"
    values = {"name": "<i>o'neil", "links__confirm": 'https://x.test/?a=1&b="'}
    assert rendered(source, html=True, **values) == (
        '<b>&lt;I&gt;O&#x27;NEIL</b> <a href="https://x.test/?a=1&amp;b=&quot;">&lt;</a>'
    )
    assert rendered(source, **values).startswith("<b><I>O'NEIL</b>")


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ name }}" * 1_000, "message_too_long"),
        ("{% if name %}" + "{{ name }}" * 500 + "{% endif %}", "message_too_long"),
        ("{{ name | replace: 'x', doctor }}", "value_too_long"),
        ("{{ name" + " | replace: 'x', 'xxxxxxxx'" * 18 + " }}", "value_too_long"),
        ("{{ name | mask: 0, doctor }}", "value_too_long"),
        ("{{ name | suffix: name | suffix: name | upper }}", "value_too_long"),
    ],
    ids=["outputs", "block", "replace", "replaces", "mask", "suffixes"],
)
def test_a_message_that_would_be_huge_is_not_made(source: str, code: str) -> None:
    with pytest.raises(RenderFailed) as caught:
        rendered(source, name="x" * VALUE_LIMIT, doctor="y" * VALUE_LIMIT)
    assert caught.value.code == code


@pytest.mark.parametrize("source", ["{{ name | trim }}", "{{ doctor | default: name }}"])
def test_a_value_beyond_the_limit_is_refused_by_every_function_but_may_stand_alone(source: str) -> None:
    long = "x" * (VALUE_LIMIT + 1)
    assert rendered("{{ name }}", name=long) == long
    with pytest.raises(RenderFailed) as caught:
        rendered(source, name=long)
    assert caught.value.code is TemplatingError.VALUE_TOO_LONG


def test_a_message_has_its_limit_however_few_parts_it_has() -> None:
    with pytest.raises(RenderFailed) as caught:
        rendered("{{ name }}", name="x" * (MESSAGE_LIMIT + 1))
    assert caught.value.code is TemplatingError.MESSAGE_TOO_LONG
