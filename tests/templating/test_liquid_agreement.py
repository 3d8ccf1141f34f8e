"""Our closures say what python-liquid's own renderer says, wherever the language is plain Liquid."""

from hypothesis import given
from hypothesis import strategies as st
from liquid import Environment, Mode

from app.templating.functions import FUNCTIONS
from app.templating.template import compile_template

FIELDS = ["name", "doctor", "company.name"]
TEXTS = ["", " ", "a", "b", "lab", "Ana\n", "{{", "<b>"]

stock = Environment(tolerance=Mode.STRICT)
for function in FUNCTIONS.values():
    stock.add_filter(function.name, function.call)

fields = st.sampled_from(FIELDS)
literals = st.sampled_from(["'a'", '"b"', "'lab'", "''"])
calls = st.sampled_from(["", " | trim", " | upper", " | default: 'x'", " | default: doctor | title", " | suffix: name"])
comparisons = st.one_of(
    st.builds("{} {} {}".format, fields, st.sampled_from(["==", "!=", "<>", "contains"]), st.one_of(literals, fields)),
    st.builds("{} {} {}".format, literals, st.sampled_from(["==", "!="]), fields),
    st.builds("{} {} blank".format, fields, st.sampled_from(["==", "!="])),
    st.sampled_from(["true", "false"]),
)
tests = st.recursive(
    comparisons,
    lambda longer: st.builds("{} {} {}".format, comparisons, st.sampled_from(["and", "or"]), longer),
    max_leaves=4,
)
outputs = st.builds("{}{}{}{}".format, st.sampled_from(["{{ ", "{{-"]), fields, calls, st.sampled_from([" }}", "-}}"]))
contents = st.sampled_from(["", " ", "\n", "Hello ", " }", "{ ", "%", "5% off\n"])


def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    whens = st.lists(literals, min_size=1, max_size=3, unique_by=lambda literal: literal.strip("'\""))
    return st.one_of(
        st.builds("{}{}{}".format, inner, inner, inner),
        st.builds("{{% if {} %}}{}{{% endif %}}".format, tests, inner),
        st.builds("{{% if {} %}}{}{{% else -%}}{}{{%- endif %}}".format, tests, inner, inner),
        st.builds("{{% if {} -%}}{}{{%- elsif {} %}}{}{{% endif %}}".format, tests, inner, tests, inner),
        st.builds("{{% unless {} %}}{}{{% else %}}{}{{% endunless %}}".format, tests, inner, inner),
        st.builds(
            lambda field, values, inside, otherwise: (
                f"{{% case {field} %}}"
                + "".join(f"{{% when {value} %}}{inside}" for value in values)
                + f"{{% else %}}{otherwise}{{% endcase %}}"
            ),
            fields,
            whens,
            inner,
            inner,
        ),
    )


templates = st.recursive(st.one_of(outputs, contents), blocks, max_leaves=8)


@given(templates, st.tuples(*[st.sampled_from(TEXTS)] * len(FIELDS)))
def test_a_template_says_what_liquid_says(source: str, cells: tuple[str, ...]) -> None:
    values = dict(zip(FIELDS, cells, strict=True))
    nested = {"name": cells[0], "doctor": cells[1], "company": {"name": cells[2]}}
    assert compile_template(source, FIELDS).render(values) == stock.from_string(source).render(**nested)
