"""One record through the line: a message, or a failure that says where it stopped and why."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.definition import (
    Clock,
    ContactWindow,
    Content,
    Cut,
    Dedupe,
    DedupeScope,
    DeliveryMethod,
    Find,
    Mapping,
    Role,
    Source,
    TextFilter,
)
from app.models import Channel, FailureStage
from app.queueing.errors import CODES, words_for
from app.queueing.line import Line
from app.queueing.outcome import Failed
from tests.queueing.line_of import (
    ANN,
    COLUMNS,
    COMPANY,
    DEFINITION,
    EMAIL,
    MAPPING,
    NOON,
    SMS,
    definition,
    failure,
    line_of,
    message,
    only,
    row,
    sms_saying,
)


def sms_line(text: str = "Hi {{ patient_name }}", **changes: Any) -> Line:
    return line_of(definition(methods=(sms_saying(text),), **changes))


def test_a_record_becomes_a_message_on_each_delivery_method() -> None:
    sms, email = (message(outcome) for outcome in line_of().walk(2, row(), NOON))
    assert (sms.method, sms.endpoint, sms.texts.text) == ("sms", "+12025550143", "Hi Ann, Dr. Bell 11/30/2026")
    assert (sms.person, sms.doctor, sms.units) == ("Ann Example", "Dr. Bell", 1)
    assert sms.appointment_at == datetime(2026, 11, 30, 19, 30, tzinfo=UTC)
    assert (sms.opening.not_before, sms.day, sms.zone) == (NOON, date(2026, 11, 24), "America/New_York")
    assert (email.method, email.endpoint) == ("email", "ann@clinic.example")
    assert email.texts.subject == "Your visit to Northside Clinics"
    assert email.texts.html == "<p>Ann Example</p>"


def test_links_carry_the_id_of_their_own_message() -> None:
    _, email = (message(outcome) for outcome in line_of().walk(2, row(), NOON))
    assert email.texts.text == f"Ann Example: https://x.test/confirm/{email.message_id.int}"


def test_links_are_made_only_for_texts_that_use_them() -> None:
    line = line_of(definition(methods=(SMS,)))
    line._makers = replace(line._makers, answer_url=lambda *_: pytest.fail("a link was made"))
    message(only(line.walk(2, row(), NOON)))


def test_the_prompt_and_the_names_of_company_and_campaign_are_fields() -> None:
    line = sms_line("{{ company.name }}, {{ campaign.name }}: {{ responses.prompt }}")
    sms = message(only(line.walk(2, row(), NOON)))
    assert sms.texts.text == ("Northside Clinics, Reminders: Reply C to confirm, X to cancel, R to reschedule")


def test_a_mapped_field_is_added_and_can_replace_a_column() -> None:
    mapping = MAPPING.model_copy(
        update={
            "fields": {
                "who": Source(column="patient_name", functions=("first_name", "upper")),
                "provider": Source(column="provider", functions=("lower",)),
            }
        }
    )
    sms = message(only(sms_line("{{ who }} {{ provider }}", mapping=mapping).walk(2, row(), NOON)))
    assert sms.texts.text == "ANN dr. bell"
    assert sms.doctor == "Dr. Bell"


def test_several_sources_for_one_role_are_tried_in_order() -> None:
    phones = (Source(column="provider"), Source(column="cell_phone"))
    mapping = MAPPING.model_copy(update={"roles": {**MAPPING.roles, Role.PHONE: phones}})
    sms = message(only(sms_line(mapping=mapping).walk(2, row(provider="  "), NOON)))
    assert sms.endpoint == "+12025550143"


PHONES = ("cell_phone", "provider", "e_mail")
SEVERAL = MAPPING.model_copy(
    update={"roles": {**MAPPING.roles, Role.PHONE: tuple(Source(column=column) for column in PHONES)}}
)


@pytest.mark.parametrize(
    ("cells", "endpoint"),
    [
        (("(202) 555-0143", "310-555-0144", ""), "+12025550143"),
        (("none", "310-555-0144", "202-555-0145"), "+13105550144"),
        (("", "555", "202-555-0145"), "+12025550145"),
    ],
)
def test_the_first_valid_of_several_phones_is_used(cells: tuple[str, ...], endpoint: str) -> None:
    changed = row(**dict(zip(PHONES, cells, strict=True)))
    assert message(only(sms_line(mapping=SEVERAL).walk(2, changed, NOON))).endpoint == endpoint


def test_of_several_phones_none_of_which_is_valid_the_first_is_named() -> None:
    failed = failure(only(sms_line(mapping=SEVERAL).walk(2, row(cell_phone="", provider="n/a", e_mail="555"), NOON)))
    assert (failed.code, failed.endpoint, failed.facts["value"]) == ("phone_invalid", "n/a", "n/a")


def test_the_zone_is_that_of_the_phone_that_is_used() -> None:
    sms = message(only(sms_line(mapping=SEVERAL).walk(2, row(cell_phone="none", provider="310-555-0144"), NOON)))
    assert sms.zone == "America/Los_Angeles"


def test_a_phone_that_a_function_cannot_read_is_passed_over_for_the_next() -> None:
    phones = (Source(column="cell_phone", functions=("phone: 'e164'",)), Source(column="provider"))
    mapping = MAPPING.model_copy(update={"roles": {**MAPPING.roles, Role.PHONE: phones}})
    line = sms_line(mapping=mapping)
    assert message(only(line.walk(2, row(cell_phone="none", provider="310-555-0144"), NOON))).endpoint == "+13105550144"
    failed = failure(only(line.walk(2, row(cell_phone="none", provider=""), NOON)))
    assert (failed.code, failed.facts["reason"]) == ("function_failed", "phone_unreadable")


def test_a_row_shorter_than_the_header_has_blanks_at_its_end() -> None:
    sms = message(only(sms_line("{{ patient_name }}[{{ appt_time }}]").walk(2, row()[:5], NOON)))
    assert sms.texts.text == "EXAMPLE, ANN[]"


@pytest.mark.parametrize(
    ("changes", "stage", "code", "endpoint"),
    [
        ({"cell_phone": ""}, FailureStage.VALIDATE, "phone_missing", ""),
        ({"cell_phone": "555-0143"}, FailureStage.VALIDATE, "phone_invalid", "555-0143"),
        ({"appt_date": "soon"}, FailureStage.CLEAN, "appointment_unreadable", "(202) 555-0143"),
        ({"appt_date": "11/23/2026"}, FailureStage.WINDOW, "appointment_passed", "+12025550143"),
    ],
)
def test_a_record_stops_where_its_data_does_not_do(
    changes: dict[str, str], stage: FailureStage, code: str, endpoint: str
) -> None:
    failed = failure(line_of().walk(2, row(**changes), NOON)[0])
    assert (failed.stage, failed.code, failed.endpoint) == (stage, code, endpoint)
    assert failed.person == "Ann Example"
    assert failed.data == dict(zip(COLUMNS, row(**changes), strict=True))
    assert words_for(failed.code, failed.facts)


def test_a_bad_phone_does_not_stop_the_email() -> None:
    sms, email = line_of().walk(2, row(cell_phone="none"), NOON)
    assert failure(sms).code == "phone_invalid"
    assert message(email).endpoint == "ann@clinic.example"


@pytest.mark.parametrize(("written", "code"), [("", "email_missing"), ("ann@", "email_invalid")])
def test_an_email_needs_an_address(written: str, code: str) -> None:
    assert failure(line_of().walk(2, row(e_mail=written), NOON)[1]).code == code


def test_a_function_that_meets_a_value_it_cannot_read_stops_the_record() -> None:
    mapping = MAPPING.model_copy(
        update={"fields": {"day": Source(column="provider", functions=("date",))}},
    )
    failed = failure(only(sms_line("{{ day }}", mapping=mapping).walk(2, row(), NOON)))
    assert (failed.stage, failed.code) == (FailureStage.CLEAN, "function_failed")
    assert failed.facts["value"] == "Dr. Bell"
    assert "Dr. Bell" in words_for(failed.code, failed.facts)


def test_a_mapped_field_that_fails_stops_only_the_methods_that_use_it() -> None:
    mapping = MAPPING.model_copy(
        update={"fields": {"day": Source(column="provider", functions=("date",))}},
    )
    email = EMAIL.model_copy(update={"content": Content(subject="{{ day }}", text="Hello")})
    sms, mail = line_of(definition(mapping=mapping, methods=(SMS, email))).walk(2, row(), NOON)
    message(sms)
    assert failure(mail).code == "function_failed"


def test_a_mapping_can_say_to_skip_records() -> None:
    person = (Source(column="patient_name", functions=("skip_if_blank",)),)
    mapping = MAPPING.model_copy(update={"roles": {**MAPPING.roles, Role.PERSON: person}})
    failed = failure(only(sms_line(mapping=mapping).walk(2, row(patient_name=""), NOON)))
    assert (failed.stage, failed.code) == (FailureStage.CLEAN, "row_skipped")


def test_a_template_can_say_to_skip_records() -> None:
    failed = failure(only(sms_line("{{ provider | skip_if_blank }}").walk(2, row(provider=""), NOON)))
    assert (failed.stage, failed.code) == (FailureStage.ASSEMBLE, "message_skipped")


def test_a_template_that_meets_a_value_it_cannot_read_stops_the_message() -> None:
    failed = failure(only(sms_line("{{ provider | date }}").walk(2, row(), NOON)))
    assert (failed.stage, failed.code) == (FailureStage.ASSEMBLE, "render_failed")
    assert failed.facts["reason"] == "date_unreadable"


@pytest.mark.parametrize(
    ("changes", "stage", "code"),
    [
        ({"methods": (sms_saying("{{ not_there }}"),)}, FailureStage.ASSEMBLE, "template_invalid"),
        (
            {"mapping": Mapping(roles={Role.PERSON: (Source(column="not_there"),)})},
            FailureStage.CLEAN,
            "mapping_invalid",
        ),
        (
            {"mapping": Mapping(roles={Role.PERSON: (Source(column="provider", functions=("nope",)),)})},
            FailureStage.CLEAN,
            "mapping_invalid",
        ),
        ({"filters": (TextFilter(find=Find.PATTERN, what="("),)}, FailureStage.FILTER, "filter_invalid"),
        (
            {"methods": (DeliveryMethod(key="ig", channel=Channel.INSTAGRAM, content=Content(text="Hi")),)},
            FailureStage.VALIDATE,
            "channel_not_offered",
        ),
    ],
)
def test_a_definition_that_does_not_fit_the_file_stops_every_record_and_says_why(
    changes: dict[str, Any], stage: FailureStage, code: str
) -> None:
    failed = failure(line_of(definition(**changes)).walk(2, row(), NOON)[0])
    assert (failed.stage, failed.code) == (stage, code)
    assert words_for(failed.code, failed.facts)


def test_filters_take_pieces_out_of_every_part_and_what_was_there_before_is_kept() -> None:
    bill = TextFilter(what="Bill amt:", cut=Cut.TO_LINE_END)
    email = EMAIL.model_copy(
        update={"content": Content(subject="A\nBill amt: 1", text="B\nBill amt: 2", html="C<br>\nBill amt: 3")}
    )
    mail = message(line_of(definition(methods=(email,), filters=(bill,))).walk(2, row(), NOON)[0])
    assert (mail.texts.subject, mail.texts.text, mail.texts.html) == ("A", "B", "C<br>")
    assert mail.unfiltered.text == "B\nBill amt: 2"


def test_a_text_that_the_filters_left_empty_is_not_sent() -> None:
    everything = TextFilter(what="Hi", cut=Cut.TO_TEXT_END)
    failed = failure(only(sms_line(filters=(everything,)).walk(2, row(), NOON)))
    assert (failed.stage, failed.code) == (FailureStage.FILTER, "text_empty")
    assert failed.unfiltered is not None
    assert failed.unfiltered.text == "Hi EXAMPLE, ANN"


def test_a_text_message_longer_than_the_carrier_takes_is_not_sent() -> None:
    assert message(only(sms_line("x" * 1600).walk(2, row(), NOON))).units == 11
    failed = failure(only(sms_line("x" * 1601).walk(2, row(), NOON)))
    assert (failed.stage, failed.code, failed.facts["length"]) == (FailureStage.FILTER, "text_too_long", 1601)


def test_an_email_needs_a_subject() -> None:
    email = EMAIL.model_copy(update={"content": Content(text="Hello")})
    assert failure(line_of(definition(methods=(email,))).walk(2, row(), NOON)[0]).code == "subject_empty"


def test_a_message_waits_for_the_recipients_morning() -> None:
    early = datetime(2026, 11, 24, 14, tzinfo=UTC)  # 09:00 in New York, 06:00 in Los Angeles
    sms = message(only(sms_line().walk(2, row(cell_phone="310-555-0143"), early)))
    assert sms.zone == "America/Los_Angeles"
    assert sms.opening.not_before == datetime(2026, 11, 24, 17, tzinfo=UTC)


def test_a_window_on_the_companys_clock_does_not_wake_anybody() -> None:
    window = ContactWindow(clock=Clock.COMPANY)
    early = datetime(2026, 11, 24, 14, tzinfo=UTC)
    sms = message(only(sms_line(window=window).walk(2, row(cell_phone="310-555-0143"), early)))
    assert sms.opening.not_before == datetime(2026, 11, 24, 16, tzinfo=UTC)  # 08:00 in Los Angeles


def test_quiet_hours_do_not_bind_an_email() -> None:
    window = ContactWindow(opens=datetime.min.time(), weekdays=frozenset(range(1, 8)))
    night = datetime(2026, 11, 24, 8, tzinfo=UTC)
    sms, email = (message(outcome) for outcome in line_of(definition(window=window)).walk(2, row(), night))
    assert sms.opening.not_before == datetime(2026, 11, 24, 13, tzinfo=UTC)
    assert email.opening.not_before == night


@pytest.mark.parametrize(("cell", "zone"), [("Pacific", "America/Los_Angeles"), ("", "America/New_York")])
def test_the_zone_that_the_record_names_goes_before_the_numbers_area(cell: str, zone: str) -> None:
    roles = {**MAPPING.roles, Role.TIME_ZONE: (Source(column="zone"),)}
    line = line_of(definition(mapping=Mapping(roles=roles), methods=(sms_saying("Hi"),)), columns=[*COLUMNS, "zone"])
    assert message(only(line.walk(2, [*row(), cell], NOON))).zone == zone


def test_a_zone_that_nobody_knows_stops_the_record() -> None:
    roles = {**MAPPING.roles, Role.TIME_ZONE: (Source(column="provider"),)}
    failed = failure(line_of(definition(mapping=Mapping(roles=roles))).walk(2, row(), NOON)[0])
    assert (failed.stage, failed.code) == (FailureStage.CLEAN, "time_zone_unknown")


def test_a_zip_code_goes_before_the_numbers_area() -> None:
    roles = {**MAPPING.roles, Role.ZIP: (Source(column="provider"),)}
    sms = message(line_of(definition(mapping=Mapping(roles=roles))).walk(2, row(provider="94105"), NOON)[0])
    assert sms.zone == "America/Los_Angeles"


def test_an_appointment_before_the_window_opens_comes_too_late() -> None:
    night = datetime(2026, 11, 24, 8, tzinfo=UTC)
    failed = failure(only(sms_line().walk(2, row(appt_date="11/24/2026", appt_time="8:30 AM"), night)))
    assert (failed.stage, failed.code) == (FailureStage.WINDOW, "too_late")
    assert failed.facts == {"opens": "2026-11-24 09:00", "appointment": "2026-11-24 08:30"}


def test_nothing_goes_out_before_the_start_that_was_asked_for() -> None:
    start = NOON + timedelta(days=1)
    sms = message(only(sms_line().walk(2, row(), NOON, start)))
    assert (sms.opening.not_before, sms.day) == (start, date(2026, 11, 25))


def test_only_a_sandbox_company_sends_at_night() -> None:
    night = datetime(2026, 11, 24, 8, tzinfo=UTC)
    lifted = definition(window=ContactWindow(lift_quiet_hours=True))
    sandbox = line_of(lifted, replace(COMPANY, sandbox=True))
    assert message(sandbox.walk(2, row(), night)[0]).opening.not_before == night
    assert message(line_of(lifted).walk(2, row(), night)[0]).opening.not_before > night


def test_the_same_row_in_other_spellings_has_the_same_key() -> None:
    first = message(line_of().walk(2, row(), NOON)[0])
    repeat = message(line_of().walk(3, row(patient_name="example,  ann", cell_phone="+1 202.555.0143"), NOON)[0])
    assert first.dedupe_key == repeat.dedupe_key


def test_a_campaigns_own_scope_and_the_appointment_date_make_other_keys() -> None:
    plain = message(line_of().walk(2, row(), NOON)[0]).dedupe_key
    own = line_of(definition(dedupe=Dedupe(scope=DedupeScope.CAMPAIGN)))
    dated = line_of(definition(dedupe=Dedupe(appointment_date=True)))
    keys = {
        plain,
        message(own.walk(2, row(), NOON)[0]).dedupe_key,
        message(dated.walk(2, row(), NOON)[0]).dedupe_key,
        message(dated.walk(2, row(appt_date="12/1/2026"), NOON)[0]).dedupe_key,
    }
    assert len(keys) == 4
    assert message(line_of().walk(2, row(appt_date="12/1/2026"), NOON)[0]).dedupe_key == plain


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
CELLS = st.one_of(TEXTS, st.sampled_from([*ANN, "94105", "MST", "+447911123456", "ann@bücher.de", "1/1/2027"]))


@given(row=st.lists(CELLS, max_size=len(COLUMNS) + 2), seconds=st.integers(-(10**8), 10**9))
def test_whatever_is_in_the_cells_becomes_a_message_or_a_failure_that_says_why(row: list[str], seconds: int) -> None:
    roles = {**MAPPING.roles, Role.TIME_ZONE: (Source(column="provider"),), Role.ZIP: (Source(column="appt_time"),)}
    line = line_of(definition(mapping=Mapping(roles=roles)))
    outcomes = line.walk(2, row, NOON + timedelta(seconds=seconds))
    assert [outcome.method for outcome in outcomes] == ["sms", "email"]
    for outcome in outcomes:
        if isinstance(outcome, Failed):
            assert outcome.code in set(CODES[outcome.stage])
            assert words_for(outcome.code, outcome.facts)
        else:
            assert outcome.opening.not_before >= NOON + timedelta(seconds=seconds)


def test_a_definition_without_methods_makes_nothing() -> None:
    assert line_of(DEFINITION.model_copy(update={"methods": ()})).walk(2, row(), NOON) == []
