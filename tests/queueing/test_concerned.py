from app.campaigns.definition import Content, Role, Source
from app.queueing.concerned import fields_concerned, fields_read
from tests.queueing.line_of import COLUMNS, DEFINITION, MAPPING, SMS, definition


def test_an_address_that_is_not_valid_is_about_the_columns_of_its_role() -> None:
    phones = {**MAPPING.roles, Role.PHONE: (Source(column="cell_phone"), Source(column="home_phone"))}
    two = definition(mapping=MAPPING.model_copy(update={"roles": phones}))
    assert fields_concerned(two, "phone_invalid", {"value": "555"}) == ["cell_phone", "home_phone"]
    assert fields_concerned(two, "appointment_passed", {}) == ["appt_date", "appt_time"]


def test_a_function_that_fails_names_its_field_or_the_column_behind_it() -> None:
    mapped = definition(mapping=MAPPING.model_copy(update={"fields": {"day": Source(column="appt_date")}}))
    assert fields_concerned(mapped, "render_failed", {"field": "day"}) == ["appt_date"]
    assert fields_concerned(mapped, "function_failed", {"field": "provider"}) == ["provider"]


def test_what_is_about_no_field_concerns_none() -> None:
    assert fields_concerned(DEFINITION, "duplicate", {}) == []


def test_fields_are_read_by_the_mapping_and_by_the_method_in_whichever_language() -> None:
    method = SMS.model_copy(
        update={"content": Content(text="{{ room }}"), "translations": {"es": Content(text="{{ notes }}")}}
    )
    columns = ["notes", *COLUMNS, "room", "unread"]
    assert fields_read(definition(methods=(method,)), "sms", columns) == ["notes", *COLUMNS, "room"]


def test_a_text_that_is_no_template_reads_nothing() -> None:
    broken = SMS.model_copy(update={"content": Content(text="{{ oh")})
    assert fields_read(definition(methods=(broken,)), "sms", [*COLUMNS, "oh"]) == COLUMNS
