"""What the checks find in a definition, and what they let pass."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.campaigns.check import File, Surroundings, blockers, check
from app.campaigns.check_texts import length_findings
from app.campaigns.definition import (
    ContactWindow,
    Content,
    Definition,
    DeliveryMethod,
    Find,
    Mapping,
    Once,
    Recurring,
    ResponseOptions,
    Role,
    Source,
    TextFilter,
)
from app.campaigns.findings import Finding, FindingCode, Severity
from app.models import Channel
from tests.queueing.line_of import COLUMNS, EMAIL, MAPPING, NOON, SMS, definition, line_of, row, sms_saying

NUMBER = UUID(int=7)
LIST = File("list.csv", loaded=True, records=3, columns=tuple(COLUMNS))
SENDABLE = definition(methods=(sms_saying("Hi {{ patient_name }}. STOP to end."), EMAIL))


def found(of: Definition = SENDABLE, **around: Any) -> list[Finding]:
    usual: dict[str, Any] = {
        "files": [LIST],
        "senders": {Channel.SMS: {NUMBER}, Channel.EMAIL: {UUID(int=8)}},
        "time_zone": "America/New_York",
        "region": "US",
        "sandbox": False,
        "now": NOON,
    }
    return check(of, Surroundings(**(usual | around)))


def only(findings: list[Finding]) -> Finding:
    (finding,) = findings
    assert finding.words
    return finding


def test_a_definition_that_fits_passes() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([], FindingCode.NO_FILES),
        ([File("new.csv", loaded=False, records=0, columns=tuple(COLUMNS))], FindingCode.FILE_NOT_LOADED),
        ([File("empty.csv", loaded=True, records=0, columns=tuple(COLUMNS))], FindingCode.NO_RECORDS),
    ],
)
def test_a_campaign_needs_loaded_records(files: list[File], code: FindingCode) -> None:
    finding = only(found(files=files))
    assert (finding.code, finding.where, finding.severity) == (code, "files", Severity.BLOCKER)


def test_a_campaign_needs_a_delivery_method() -> None:
    assert only(found(definition(methods=()))).code is FindingCode.NO_METHODS


def test_each_channel_needs_its_address() -> None:
    roles = {role: sources for role, sources in MAPPING.roles.items() if role is not Role.PHONE}
    finding = only(found(SENDABLE.model_copy(update={"mapping": Mapping(roles=roles)})))
    assert (finding.code, finding.where) == (FindingCode.ROLE_MISSING, "mapping.roles.phone")


def test_each_channel_needs_a_sender() -> None:
    finding = only(found(senders={Channel.EMAIL: {UUID(int=8)}}))
    assert (finding.code, finding.where) == (FindingCode.NO_SENDER, "methods.sms")


def test_a_chosen_sender_must_be_the_companys() -> None:
    text = sms_saying("Hi. STOP to end.").model_copy(update={"sender_id": UUID(int=99)})
    assert only(found(definition(methods=(text,)))).code is FindingCode.SENDER_UNKNOWN
    ours = text.model_copy(update={"sender_id": NUMBER})
    assert found(definition(methods=(ours,))) == []


def test_a_channel_that_is_not_offered_is_said_so() -> None:
    post = DeliveryMethod(key="ig", channel=Channel.INSTAGRAM, content=Content(text="Hi"))
    assert only(found(definition(methods=(post,)))).code is FindingCode.CHANNEL_NOT_OFFERED


def test_a_template_that_names_no_field_is_shown_where_and_what_was_meant() -> None:
    finding = only(found(definition(methods=(sms_saying("STOP\n {{ patient_nam }}"),))))
    assert (finding.code, finding.where) == (FindingCode.TEMPLATE_INVALID, "methods.sms.text")
    assert (finding.facts["line"], finding.facts["column"]) == (2, 5)
    assert finding.facts["nearest"] == "patient_name"
    assert "patient_name" in finding.words


def test_every_file_has_to_fit() -> None:
    other = File("other.csv", loaded=True, records=1, columns=("patient_name", "cell_phone"))
    codes = {(finding.code, finding.facts.get("column")) for finding in found(files=[LIST, other])}
    assert (FindingCode.COLUMN_UNKNOWN, "e_mail") in codes


def test_a_column_that_is_not_there_is_named_with_its_file() -> None:
    roles = {**MAPPING.roles, Role.DOCTOR: (Source(column="providr"),)}
    finding = only(found(SENDABLE.model_copy(update={"mapping": Mapping(roles=roles)})))
    assert (finding.code, finding.where) == (FindingCode.COLUMN_UNKNOWN, "mapping.roles.doctor")
    assert finding.facts == {"file": "list.csv", "column": "providr", "nearest": "provider"}


def test_a_mapping_function_that_is_not_there_is_found() -> None:
    roles = {**MAPPING.roles, Role.DOCTOR: (Source(column="provider", functions=("uper",)),)}
    finding = only(found(SENDABLE.model_copy(update={"mapping": Mapping(roles=roles)})))
    assert (finding.code, finding.facts["nearest"]) == (FindingCode.FUNCTION_INVALID, "upper")


@pytest.mark.parametrize(
    ("content", "code", "where"),
    [
        (Content(subject="Hello"), FindingCode.TEXT_MISSING, "methods.email.text"),
        (Content(text="Hello"), FindingCode.SUBJECT_MISSING, "methods.email.subject"),
    ],
)
def test_an_email_needs_a_subject_and_a_text(content: Content, code: FindingCode, where: str) -> None:
    email = EMAIL.model_copy(update={"content": content})
    finding = only(found(definition(methods=(email,))))
    assert (finding.code, finding.where) == (code, where)


def test_an_email_may_be_html_alone() -> None:
    email = EMAIL.model_copy(update={"content": Content(subject="Hello", html="<p>Hello</p>")})
    assert found(definition(methods=(email,))) == []


def test_a_filter_that_cannot_be_read_is_found() -> None:
    finding = only(found(SENDABLE.model_copy(update={"filters": (TextFilter(find=Find.PATTERN, what="("),)})))
    assert (finding.code, finding.where, finding.facts["column"]) == (FindingCode.FILTER_INVALID, "filters.0", 1)


def test_a_window_in_the_quiet_hours_never_opens() -> None:
    window = ContactWindow(opens=time(5), closes=time(8))
    early = SENDABLE.model_copy(update={"window": window})
    assert only(found(early)).code is FindingCode.WINDOW_NEVER_OPEN
    assert found(early, region="GB") == []
    assert found(early.model_copy(update={"methods": (EMAIL,)})) == []


def test_a_schedule_must_have_a_time_left() -> None:
    past = SENDABLE.model_copy(update={"schedule": Once(at=NOON - timedelta(hours=1))})
    assert only(found(past)).code is FindingCode.SCHEDULE_OVER
    unreadable = Recurring(rrule="FREQ=NEVER", starts_at=datetime(2026, 1, 1))  # noqa: DTZ001
    assert only(found(SENDABLE.model_copy(update={"schedule": unreadable}))).code is FindingCode.SCHEDULE_INVALID


@pytest.mark.parametrize(
    ("changes", "around", "code"),
    [
        (
            {"responses": ResponseOptions(cancel=("CANCEL",))},
            {},
            FindingCode.STOP_WORD_ANSWERS,
        ),
        ({"responses": ResponseOptions(cancel=("Opt Out",))}, {}, FindingCode.STOP_WORD_ANSWERS),
        ({"responses": ResponseOptions(cancel=("Stop!",))}, {}, FindingCode.STOP_WORD_ANSWERS),
        ({"methods": (sms_saying("Hello"),)}, {}, FindingCode.OPT_OUT_NOT_SAID),
        ({"window": ContactWindow(lift_quiet_hours=True)}, {}, FindingCode.HOURS_NOT_LIFTED),
        (
            {"methods": (sms_saying("STOP"), sms_saying("STOP").model_copy(update={"key": "again"}))},
            {},
            FindingCode.METHOD_REPEATED,
        ),
        (
            {"mapping": Mapping(roles={r: s for r, s in MAPPING.roles.items() if r is not Role.PERSON})},
            {},
            FindingCode.PERSON_NOT_MAPPED,
        ),
    ],
)
def test_some_things_are_for_a_person_to_weigh(
    changes: dict[str, Any], around: dict[str, Any], code: FindingCode
) -> None:
    finding = only(found(SENDABLE.model_copy(update=changes), **around))
    assert (finding.code, finding.severity) == (code, Severity.WARNING)
    assert blockers([finding]) == []


def test_blockers_come_first() -> None:
    severities = [finding.severity for finding in found(definition(methods=(SMS, EMAIL)), files=[])]
    assert severities == [Severity.BLOCKER, Severity.WARNING]


def test_a_text_of_several_segments_names_the_characters_that_cost() -> None:
    line = line_of(definition(methods=(sms_saying("é ☎ " * 20), EMAIL)))
    outcomes = [outcome for number in (2, 3) for outcome in line.walk(number, row(), NOON)]
    finding = only(length_findings(outcomes, "en"))
    assert (finding.code, finding.where) == (FindingCode.SMS_LONG, "methods.sms.text")
    assert finding.facts == {"segments": 2, "row": 2, "encoding": "UCS-2", "costly": "☎"}


def test_a_text_that_plainer_characters_shorten_is_worth_a_word_about_them() -> None:
    finding = only(length_findings(line_of(definition(methods=(sms_saying("“x” " * 30),))).walk(2, row(), NOON), "en"))
    assert (finding.code, finding.severity) == (FindingCode.SMS_COSTLY, Severity.WARNING)
    assert (finding.facts["segments"], finding.facts["plain_segments"], finding.facts["costly"]) == (2, 1, "“”")


def test_without_files_templates_are_checked_for_all_but_the_names_of_columns() -> None:
    text = "{{ patient_name | uper }} {{ links.confrm }} STOP"
    mapping = Mapping(roles={**MAPPING.roles, Role.DOCTOR: (Source(column="provider", functions=("trm",)),)})
    findings = found(definition(methods=(sms_saying(text),), mapping=mapping), files=[])
    assert [(finding.code, finding.facts.get("nearest")) for finding in findings] == [
        (FindingCode.NO_FILES, None),
        (FindingCode.FUNCTION_INVALID, "trim"),
        (FindingCode.TEMPLATE_INVALID, "upper"),
        (FindingCode.TEMPLATE_INVALID, "links.confirm"),
    ]


def test_a_short_text_is_not_worth_a_word() -> None:
    assert length_findings(line_of().walk(2, row(), datetime(2026, 11, 24, 17, tzinfo=UTC)), "en") == []


IN_SPANISH = {"es": Content(text="Hola {{ patient_name }}. STOP para no recibir avisos.")}
BILINGUAL = definition(
    methods=(SENDABLE.methods[0].model_copy(update={"translations": IN_SPANISH}),),
    mapping=Mapping(roles={**MAPPING.roles, Role.LANGUAGE: (Source(column="provider"),)}),
)


def test_a_campaign_in_two_languages_passes() -> None:
    assert found(BILINGUAL) == []


def test_a_translation_is_checked_as_the_campaigns_own_content_is() -> None:
    spanish = {"es": Content(text="Hola {{ patient_nme }}. STOP"), "vi": Content(text="")}
    method = BILINGUAL.methods[0].model_copy(update={"translations": spanish})
    findings = found(BILINGUAL.model_copy(update={"methods": (method,)}))
    assert [(finding.code, finding.where) for finding in findings] == [
        (FindingCode.TEXT_MISSING, "methods.sms.translations.vi.text"),
        (FindingCode.TEMPLATE_INVALID, "methods.sms.translations.es.text"),
    ]
    assert findings[1].facts["nearest"] == "patient_name"


def test_a_translation_that_no_column_asks_for_is_worth_a_word() -> None:
    finding = only(found(BILINGUAL.model_copy(update={"mapping": MAPPING})))
    assert (finding.code, finding.severity) == (FindingCode.LANGUAGE_NOT_MAPPED, Severity.WARNING)


def test_a_method_without_the_language_of_another_is_worth_a_word() -> None:
    finding = only(found(BILINGUAL.model_copy(update={"methods": (*BILINGUAL.methods, EMAIL)})))
    assert (finding.code, finding.severity) == (FindingCode.TRANSLATION_MISSING, Severity.WARNING)
    assert (finding.where, finding.facts["language"]) == ("methods.email", "Spanish")


def test_the_length_of_each_language_is_told_apart() -> None:
    spanish = {"es": Content(text="más " * 30)}
    bilingual = BILINGUAL.model_copy(
        update={"methods": (sms_saying("x" * 200).model_copy(update={"translations": spanish}),)}
    )
    outcomes = [
        outcome
        for language in ("English", "Spanish")
        for outcome in line_of(bilingual).walk(2, row(provider=language), NOON)
    ]
    assert [(finding.where, finding.facts["encoding"]) for finding in length_findings(outcomes, "en")] == [
        ("methods.sms.text", "GSM-7"),
        ("methods.sms.translations.es.text", "UCS-2"),
    ]
