"""What the checks let pass becomes a message or a coded failure for any record: never an error, never at send time."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.check import File, Surroundings, blockers, check
from app.campaigns.definition import Content, Cut, Definition, DeliveryMethod, Find, Mapping, Role, Source, TextFilter
from app.campaigns.findings import FindingCode
from app.models import Channel
from app.queueing.errors import CODES, AssembleError, CleanError, FilterError, words_for
from app.queueing.outcome import Failed
from app.templating.functions import FUNCTIONS
from tests.queueing.line_of import ANN, COLUMNS, MAPPING, NOON, line_of

OF_THE_DEFINITION = {CleanError.MAPPING_INVALID, AssembleError.TEMPLATE_INVALID, FilterError.FILTER_INVALID}
"""Failures that a definition is to blame for, not a record."""

ARGUMENTS = {
    "date": [": 'full', language: language", ": '%A %-d %B'", ": 'short', order: 'dmy', zone: zone"],
    "default": [": 'there'", ": provider"],
    "mask": ["", ": 2, sign: provider"],
    "money": [": 'EUR', 'eu'"],
    "phone": [": 'international'", ": region: language"],
    "prefix": [": 'with '", ": patient_name"],
    "replace": [": 'a', 'b'", ": provider, patient_name"],
    "suffix": [": '!'", ": provider"],
    "time": [": '%-I:%M %p', language"],
    "truncate_words": [": 3, end: provider"],
    "weekday": [": language, zone: zone"],
}
FIELDS = [*COLUMNS, "zone", "language", "day", "company", "responses.prompt", "links.stop"]
NEEDS_NONE = [name for name, function in FUNCTIONS.items() if all(p.default is not None for p in function.parameters)]
CALLS = NEEDS_NONE + [f"{name}{argument}" for name, arguments in ARGUMENTS.items() for argument in arguments]
FOR_ADDRESSES = ["trim", "squeeze", "lower", "default: provider", "replace: 'x'"]


def mostly(sound: list[str], slips: list[str]) -> st.SearchStrategy[str]:
    """Sound pieces, and now and then a slip, so that some whole definitions are sound and some are not."""
    return st.sampled_from(sound * (40 // len(sound) + 1) + slips)


functions = mostly(CALLS, ["uper", "date: '%Q'", "truncate_words", "trim |"])
outputs = st.builds(
    lambda field, calls: f"{{{{ {' | '.join([field, *calls])} }}}}",
    mostly(FIELDS, ["patient_nme"]),
    st.lists(functions, max_size=2),
)
tests = mostly(["provider", "appt_date == blank", "provider contains language", "patient_name > 5"], ["x ="])
blocks = st.builds("{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format, tests, outputs, outputs)
templates = st.lists(st.one_of(outputs, outputs, blocks, mostly(["Hi ", "\n", "<b>", "“"], ["{{"])), max_size=3)
texts = templates.map(lambda pieces: "".join(["Hi ", *pieces]))
contents = st.builds(Content, text=texts, subject=texts, html=texts)
sources = st.builds(
    Source,
    column=st.sampled_from([*COLUMNS, "language", "zone"]),
    functions=st.lists(mostly(FOR_ADDRESSES + CALLS, ["uper"]), max_size=1).map(tuple),
)
mappings = st.builds(
    lambda roles, day: Mapping(roles={**MAPPING.roles, **roles}, fields={"day": day}),
    st.dictionaries(st.sampled_from(Role), st.lists(sources, max_size=2).map(tuple), max_size=2),
    sources,
)
filters = st.builds(
    TextFilter,
    find=st.sampled_from(Find),
    what=mostly(["Bill", r"\d+", "(a|b)c?"], ["(", "x*"]),
    cut=st.sampled_from(Cut),
)
definitions = st.builds(
    lambda mapping, sms, email, spanish, cuts: Definition(
        mapping=mapping,
        methods=(
            DeliveryMethod(key="sms", channel=Channel.SMS, content=sms, translations={"es": spanish}),
            DeliveryMethod(key="email", channel=Channel.EMAIL, content=email),
        ),
        filters=tuple(cuts),
    ),
    mappings,
    contents,
    contents,
    contents,
    st.lists(filters, max_size=2),
)
HEADER = [*COLUMNS, "zone", "language"]
cells = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [*ANN, "", "  ", "Spanish", "vi", "America/Denver", "Mars", "13/13/2026", "{{ x }}", "$1.5", "\x00"]
    ),
    st.just("x" * 10_001),
)
rows = st.one_of(
    st.lists(cells, max_size=len(HEADER) + 1),
    st.builds(
        lambda changed: list((dict(zip(HEADER, [*ANN, "", "es"], strict=True)) | changed).values()),
        st.dictionaries(st.sampled_from(HEADER), cells, max_size=3),
    ),
)


def blockers_of(definition: Definition) -> set[FindingCode]:
    around = Surroundings(
        files=[File("list.csv", loaded=True, records=1, columns=tuple(HEADER))],
        senders={Channel.SMS: {UUID(int=7)}, Channel.EMAIL: {UUID(int=8)}},
        time_zone="America/New_York",
        region="US",
        sandbox=False,
        now=NOON,
    )
    return {finding.code for finding in blockers(check(definition, around))}


@given(definitions, rows, st.booleans())
def test_what_the_checks_let_pass_never_breaks_on_a_record(
    definition: Definition, row: list[str], after_hours: bool
) -> None:
    found = blockers_of(definition)
    now = datetime(2026, 11, 25, 4, tzinfo=UTC) if after_hours else NOON

    outcomes = line_of(definition, columns=HEADER).walk(2, row, now)

    assert len(outcomes) == 2
    for failed in (outcome for outcome in outcomes if isinstance(outcome, Failed)):
        assert words_for(CODES[failed.stage](failed.code), failed.facts)
        if failed.code in OF_THE_DEFINITION:
            assert found & {FindingCode.TEMPLATE_INVALID, FindingCode.FUNCTION_INVALID, FindingCode.FILTER_INVALID}


@pytest.mark.parametrize(
    ("part", "where"),
    [("text", "methods.sms.text"), ("subject", "methods.email.subject"), ("html", "methods.email.html")],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_mistake_is_found_in_every_part_of_every_language(part: str, where: str, language: str) -> None:
    wrong = Content(**({"text": "a", "subject": "b", "html": "c"} | {part: "Hi\n  {{ patient_nme }}"}))
    right = Content(text="STOP", subject="b", html="c")
    channel = Channel.SMS if part == "text" else Channel.EMAIL
    method = DeliveryMethod(
        key=channel.value,
        channel=channel,
        content=wrong if language == "en" else right,
        translations={"es": wrong if language == "es" else right},
    )
    roles = {**MAPPING.roles, Role.LANGUAGE: (Source(column="language"),)}
    definition = Definition(mapping=Mapping(roles=roles), methods=(method,))
    around = Surroundings(
        [File("list.csv", loaded=True, records=1, columns=tuple(HEADER))],
        {channel: {UUID(int=7)}},
        "America/New_York",
        "US",
        sandbox=False,
        now=NOON,
    )

    (finding,) = blockers(check(definition, around))

    place = where if language == "en" else where.replace(f".{part}", f".translations.es.{part}")
    assert (finding.code, finding.where) == (FindingCode.TEMPLATE_INVALID, place)
    assert (finding.facts["line"], finding.facts["column"], finding.facts["nearest"]) == (2, 6, "patient_name")
