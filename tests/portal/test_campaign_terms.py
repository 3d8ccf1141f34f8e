"""What the editor shows is what it saves: a definition goes into the form and comes out the same."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

import pytest
from flask import Flask, render_template
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.campaigns.definition import (
    Clock,
    ContactWindow,
    Content,
    Cut,
    Dedupe,
    DedupeScope,
    Definition,
    DeliveryMethod,
    Find,
    Mapping,
    Once,
    OnDemand,
    Recurring,
    ResponseOptions,
    Role,
    Source,
    TextFilter,
)
from app.models import Channel, new_id
from app.portal import campaign_terms
from app.portal.campaign_form import CampaignForm
from app.portal.campaign_problems import problems_of
from tests.portal.filled_in import changed, filled_in

ZONE = "America/New_York"
COLUMNS = {"patient_name": "Patient Name", "cell_phone": "Cell Phone", "home_phone": "Home Phone", "e_mail": "E-mail"}

Roundtrip = Callable[..., tuple[Definition | None, CampaignForm]]


@pytest.fixture
def roundtrip(whole_app: Flask) -> Roundtrip:
    """Shows a definition in the editor's form, changes some inputs, and reads what a browser sends back."""

    def go(definition: Definition, **changes: Any) -> tuple[Definition | None, CampaignForm]:
        with whole_app.test_request_context():
            form = CampaignForm(formdata=None, name="Reminders", meta={"csrf": False})
            campaign_terms.show(form, definition, ZONE)
            form.offer([], COLUMNS, [])
            html = render_template(
                "campaigns/form.html",
                form=form,
                campaign={"id": new_id()},
                fields=COLUMNS,
                time_zone=ZONE,
                sandbox=True,
            )
            sent = changed(filled_in(f'<form id="editor">{html}</form>', "editor"), **changes)
            again = CampaignForm(formdata=MultiDict(sent), meta={"csrf": False})
            again.offer([], COLUMNS, [])
            return campaign_terms.read(again, definition, ZONE), again

    return go


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], include_characters="\n\r"), max_size=60)
lines = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=30)
functions = st.lists(
    st.sampled_from(["name_order", "trim", "truncate_words: 5", 'replace: "|", "/"', "prefix: 'Dr. '", "date: 'long'"]),
    max_size=3,
).map(tuple)
columns = st.sampled_from([*COLUMNS, "no_longer_there"])
sources = st.builds(Source, column=columns, functions=functions)
words = st.lists(lines, max_size=3).map(tuple)


def answers(groups: tuple[tuple[str, ...], ...]) -> ResponseOptions | None:
    try:
        return ResponseOptions(confirm=groups[0], cancel=groups[1], reschedule=groups[2])
    except ValueError:
        return None


def contents(channel: Channel) -> st.SearchStrategy[Content]:
    if channel is Channel.SMS:
        return st.builds(Content, text=texts)
    return st.builds(Content, text=texts, subject=lines, html=texts)


methods = st.lists(st.sampled_from(list(Channel)), max_size=4, unique=True).flatmap(
    lambda channels: st.tuples(
        *(
            st.builds(
                DeliveryMethod,
                key=st.just(f"by-{channel.value}"),
                channel=st.just(channel),
                content=contents(channel),
                translations=st.dictionaries(st.sampled_from(["es", "vi", "ht"]), contents(channel), max_size=2),
                sender_id=st.none() | st.just(new_id()),
                plain_characters=st.booleans(),
            )
            for channel in channels
        )
    )
)
windows = st.builds(
    ContactWindow,
    weekdays=st.frozensets(st.integers(1, 7), min_size=1),
    opens=st.times(time(0), time(11, 59)),
    closes=st.times(time(12), time(23, 59, 59)),
    clock=st.sampled_from(Clock),
    lift_quiet_hours=st.booleans(),
)
# naive: what a person types into the form is on the company's clock
instants = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1))  # noqa: DTZ001
schedules = (
    st.just(OnDemand())
    | st.builds(Once, at=instants.map(lambda naive: naive.replace(tzinfo=UTC)))
    | st.builds(Recurring, rrule=lines.map(str.strip), starts_at=instants)
)
definitions = st.builds(
    Definition,
    mapping=st.builds(
        Mapping,
        roles=st.dictionaries(st.sampled_from(Role), st.lists(sources, min_size=1, max_size=4).map(tuple)),
        fields=st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True), sources, max_size=3),
    ),
    language=st.sampled_from(["en", "zh"]),
    methods=methods,
    responses=st.tuples(words, words, words).map(answers).filter(bool),
    window=windows,
    filters=st.lists(
        st.builds(
            TextFilter,
            find=st.sampled_from(Find),
            what=lines,
            cut=st.sampled_from(Cut),
            replacement=st.just("") | lines,
        ),
        max_size=3,
    ).map(tuple),
    schedule=schedules,
    dedupe=st.builds(Dedupe, scope=st.sampled_from(DedupeScope), appointment_date=st.booleans()),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(definition=definitions)
def test_saving_what_the_form_shows_changes_nothing(roundtrip: Roundtrip, definition: Definition) -> None:
    read, form = roundtrip(definition)

    assert problems_of(form) == []
    assert read == definition
