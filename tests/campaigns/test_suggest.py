"""What is suggested for a file that nobody has described."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.check_texts import file_findings
from app.campaigns.definition import Definition, Role
from app.campaigns.suggest import suggest_definition
from app.models import Channel
from app.queueing.line import CampaignFacts, Line, Makers
from app.queueing.outcome import Staged
from app.queueing.record import CompanyFacts
from app.templating.fieldnames import field_names
from app.templating.language_names import NAMES as LANGUAGE_NAMES
from app.templating.sms import measure

HEADER = ["Patient Name", "Cell Phone", "E-mail", "Provider", "Location", "Appt Date", "Appt Time", "Bill amt"]
ROW = ["EXAMPLE, ANN", "(202) 555-0143", "ann@clinic.example", "Dr. Bell", "Main St.", "11/30/2026", "2:30 PM", "$3"]
CHANNELS = (Channel.SMS, Channel.EMAIL)
COMPANY = CompanyFacts(UUID(int=1), "Northside Clinics", "America/New_York", "US", sandbox=False)


def suggested(header: Sequence[str], *rows: Sequence[str]) -> Definition:
    return suggest_definition(field_names(header), rows, CHANNELS)


def columns(definition: Definition) -> dict[Role, tuple[str, ...]]:
    return {role: tuple(source.column for source in sources) for role, sources in definition.mapping.roles.items()}


def messages(
    definition: Definition, header: Sequence[str], row: Sequence[str], company: CompanyFacts = COMPANY
) -> list[Staged]:
    makers = Makers(lambda: UUID(int=3), lambda _message, choice: f"https://x.test/{choice}")
    line = Line(definition, company, CampaignFacts(UUID(int=2), "Reminders"), field_names(header), makers)
    outcomes = line.walk(2, row, datetime(2026, 11, 24, 17, tzinfo=UTC))
    assert all(isinstance(outcome, Staged) for outcome in outcomes), outcomes
    return [outcome for outcome in outcomes if isinstance(outcome, Staged)]


def test_a_clinics_list_is_understood_by_its_header() -> None:
    assert columns(suggested(HEADER)) == {
        Role.PERSON: ("patient_name",),
        Role.PHONE: ("cell_phone",),
        Role.EMAIL: ("e_mail",),
        Role.DOCTOR: ("provider",),
        Role.LOCATION: ("location",),
        Role.APPOINTMENT_DATE: ("appt_date",),
        Role.APPOINTMENT_TIME: ("appt_time",),
    }


def test_the_suggested_texts_can_be_sent_as_they_are() -> None:
    sms, email = messages(suggested(HEADER, ROW), HEADER, ROW)
    assert sms.texts.text == (
        "Hi Ann, Northside Clinics: your visit with Dr. Bell on Mon, Nov 30 at 2:30 PM. "
        "Reply C to confirm, X to cancel, R to reschedule. STOP to end."
    )
    assert measure(sms.texts.text).segments == 1
    assert email.texts.subject == "Your visit with Dr. Bell on Mon, Nov 30"
    assert "https://x.test/confirm" in email.texts.text
    assert 'href="https://x.test/stop"' in email.texts.html


def test_a_blank_cell_leaves_no_gap_in_the_text() -> None:
    row = ["", *ROW[1:3], "", "", ROW[5], "", ""]
    sms, _ = messages(suggested(HEADER, ROW), HEADER, row)
    assert sms.texts.text.startswith("Hi there, Northside Clinics: your visit on Mon, Nov 30. Reply")


def test_a_suggested_text_and_the_appointment_read_a_day_alike() -> None:
    abroad = replace(COMPANY, region="GB", time_zone="Europe/London")
    header = ["Name", "Phone", "Appointment"]
    row = ["Ann Example", "+442079460018", "5/12/2026 9:00"]
    definition = suggest_definition(field_names(header), [row], CHANNELS, region="GB")
    (sms,) = messages(definition, header, row, abroad)
    assert "on Sat, Dec 5" in sms.texts.text
    assert sms.appointment_at == datetime(2026, 12, 5, 9, tzinfo=UTC)


def test_one_column_with_day_and_hour_gives_both() -> None:
    header = ["Name", "Phone", "Appointment"]
    row = ["Ann Example", "202-555-0143", "11/30/2026 2:30 PM"]
    (sms,) = messages(suggested(header, row), header, row)
    assert "on Mon, Nov 30 at 2:30 PM" in sms.texts.text


def test_a_mobile_number_goes_before_a_home_number_and_a_fax_is_neither() -> None:
    definition = suggested(["Name", "Fax Phone", "Home Phone", "Mobile", "Provider Phone"])
    assert columns(definition)[Role.PHONE] == ("mobile", "home_phone")


def test_columns_without_telling_names_are_known_by_what_they_hold() -> None:
    definition = suggested(["A", "B", "C"], ["202-555-0143", "x", "a@b.com"], ["212-555-0143", "y", "c@d.com"])
    assert columns(definition) == {Role.PHONE: ("a",), Role.EMAIL: ("c",)}


def test_a_name_that_its_column_contradicts_is_not_believed() -> None:
    definition = suggested(["Phone", "Contact no"], ["yes", "202-555-0143"], ["no", "212-555-0143"])
    assert columns(definition)[Role.PHONE] == ("contact_no",)


def test_a_day_of_birth_is_not_an_appointment() -> None:
    definition = suggested(["Date of birth", "Visit date"], ["1/2/1960", "11/30/2026"])
    assert columns(definition)[Role.APPOINTMENT_DATE] == ("visit_date",)


ABBREVIATED = {
    "Pt Name": Role.PERSON,
    "Cell": Role.PHONE,
    "Email Addr": Role.EMAIL,
    "Prov": Role.DOCTOR,
    "Appt Dt": Role.APPOINTMENT_DATE,
    "Appt Tm": Role.APPOINTMENT_TIME,
    "Loc": Role.LOCATION,
    "Timezone": Role.TIME_ZONE,
    "Postal Code": Role.ZIP,
    "Pref Lang": Role.LANGUAGE,
}
IN_SPANISH = {
    "Nombre del paciente": Role.PERSON,
    "Teléfono": Role.PHONE,
    "Correo electrónico": Role.EMAIL,
    "Médico": Role.DOCTOR,
    "Fecha de la cita": Role.APPOINTMENT_DATE,
    "Hora": Role.APPOINTMENT_TIME,
    "Clínica": Role.LOCATION,
    "Zona horaria": Role.TIME_ZONE,
    "Código postal": Role.ZIP,
    "Idioma": Role.LANGUAGE,
}


@pytest.mark.parametrize("header", [ABBREVIATED, IN_SPANISH], ids=["abbreviated", "spanish"])
def test_every_role_is_known_by_the_names_that_clinics_write(header: dict[str, Role]) -> None:
    names = field_names(["DOB", "Fecha de nacimiento", *header])[2:]
    assert columns(suggested(["DOB", "Fecha de nacimiento", *header])) == {
        role: (name,) for name, role in zip(names, header.values(), strict=True)
    }
    assert set(header.values()) == set(Role)


@pytest.mark.parametrize(
    "birth", ["DOB", "Birthdate", "Birth Dt", "Pt DOB", "Date of Birth", "Birthday", "Fecha de nacimiento", "Whatever"]
)
def test_no_day_of_birth_becomes_the_appointment(birth: str) -> None:
    assert Role.APPOINTMENT_DATE not in columns(suggested(["Name", birth], ["Ann", "1/2/1960"], ["Bo", "3/4/1985"]))


def test_the_doctor_who_is_seen_goes_before_the_one_who_sent() -> None:
    definition = suggested(["Referring Provider", "Rendering Provider"])
    assert columns(definition)[Role.DOCTOR] == ("rendering_provider",)
    assert columns(suggested(["Referring Provider"]))[Role.DOCTOR] == ("referring_provider",)


def test_surnames_beside_a_nombre_make_it_the_given_name() -> None:
    header = ["Apellido", "Nombre", "Celular"]
    row = ["MUÑOZ", "LUZ", "202-555-0143"]
    (sms,) = messages(suggested(header, row), header, row)
    assert sms.person == "Luz Muñoz"


IN_TWO_LANGUAGES = [*HEADER, "Language"]
SPANISH_ROW = ["MUÑOZ, LUZ", *ROW[1:], "Spanish"]


def test_a_language_that_the_rows_ask_for_gets_texts_of_its_own() -> None:
    definition = suggested(IN_TWO_LANGUAGES, [*ROW, "English"], SPANISH_ROW, [*ROW, "Vietnamese"])
    sms, email = messages(definition, IN_TWO_LANGUAGES, SPANISH_ROW)
    assert sms.texts.text == (
        "Hola Luz: cita con Dr. Bell el lun 30 nov a las 2:30 p.m. en Northside Clinics. "
        "Responda C para confirmar, X para cancelar, R para cambiar. STOP para salir."
    )
    assert measure(sms.texts.text).segments == 1
    assert email.texts.subject == "Su cita con Dr. Bell el lunes 30 de noviembre"
    assert "https://x.test/confirm" in email.texts.text
    assert messages(definition, IN_TWO_LANGUAGES, [*ROW, "English"])[0].texts.text.startswith("Hi Ann, ")
    assert "Sí" in definition.responses.confirm


def test_a_saturday_does_not_cost_a_spanish_text_message_half_its_room() -> None:
    row = [*SPANISH_ROW[:5], "11/28/2026", *SPANISH_ROW[6:]]
    sms, _ = messages(suggested(IN_TWO_LANGUAGES, row), IN_TWO_LANGUAGES, row)
    assert "el sab 28 nov" in sms.texts.text
    assert measure(sms.texts.text).encoding == "GSM-7"


def test_a_company_speaks_its_own_language_first() -> None:
    definition = suggest_definition(field_names(HEADER), [ROW], CHANNELS, language="es")
    assert (definition.language, definition.languages) == ("es", ("es",))
    assert messages(definition, HEADER, ROW)[0].texts.text.startswith("Hola Ann: cita")
    assert suggest_definition(field_names(HEADER), [ROW], CHANNELS, language="vi").language == "en"


@pytest.mark.parametrize(
    ("header", "channels"),
    [(["Name", "Phone"], ["sms"]), (["Name", "Email"], ["email"]), (["Name"], [])],
)
def test_a_channel_without_addresses_is_left_out(header: list[str], channels: list[str]) -> None:
    assert [method.channel.value for method in suggested(header).methods] == channels


@pytest.mark.parametrize(
    ("cells", "role"),
    [
        (["EXAMPLE, ANN", "O'Brien, Seán", "VAN DER BERG, EVA MARIE"], Role.PERSON),
        (["Dr. Bell", "Ann Crick, MD", "dr bell"], Role.DOCTOR),
        (["Spanish", "English", "español"], Role.LANGUAGE),
        (["Eastern", "America/Denver", "MST"], Role.TIME_ZONE),
        (["11/30/2026", "Dec 1, 2026", "2026-12-02"], Role.APPOINTMENT_DATE),
    ],
)
def test_what_a_column_holds_tells_what_it_is(cells: list[str], role: Role) -> None:
    assert columns(suggested(["A"], *[[cell] for cell in cells])) == {role: ("a",)}


@pytest.mark.parametrize(
    "cells",
    [
        ["Boston, MA", "Albany, NY"],
        ["PA", "DE", "HI"],
        ["CT", "MT", "CT"],
        ["02134", "90210"],
        ["1430", "0930"],
        ["9:30", "14:30"],
        ["Blood Test", "Eye Exam"],
        ["", ""],
    ],
)
def test_what_may_be_anything_is_taken_for_nothing(cells: list[str]) -> None:
    assert columns(suggested(["A"], *[[cell] for cell in cells])) == {}


def test_an_hour_belongs_to_a_day_that_has_none() -> None:
    assert columns(suggested(["A", "B"], ["11/30/2026", "9:30 AM"], ["12/1/2026", "14:30"])) == {
        Role.APPOINTMENT_DATE: ("a",),
        Role.APPOINTMENT_TIME: ("b",),
    }
    assert columns(suggested(["A", "B"], ["11/30/2026 9:30", "0:45 h"], ["12/1/2026 14:30", "1:30"])) == {
        Role.APPOINTMENT_DATE: ("a",)
    }


@pytest.mark.parametrize(
    ("name", "cells", "role"),
    [
        ("Patient", ["10023", "10024"], Role.PERSON),
        ("Provider", ["77", "78"], Role.DOCTOR),
        ("Zip", ["see notes", "n/a"], Role.ZIP),
        ("Language", ["1", "2"], Role.LANGUAGE),
        ("Time zone", ["-5", "-6"], Role.TIME_ZONE),
    ],
)
def test_no_name_is_believed_against_what_the_column_holds(name: str, cells: list[str], role: Role) -> None:
    assert role not in columns(suggested([name], *[[cell] for cell in cells]))
    assert role in columns(suggested([name]))


def test_a_column_that_is_named_goes_before_one_that_only_looks_like_it() -> None:
    rows = [["BELL, ANN", "Luz Example"], ["CRICK, BOB", "Ann Example"]]
    assert columns(suggested(["Seen by", "Patient"], *rows))[Role.PERSON] == ("patient",)


def test_a_name_in_two_columns_is_one_person() -> None:
    header = ["First Name", "Last Name", "Phone"]
    row = ["ANN", "O'BRIEN", "202-555-0143"]
    (sms,) = messages(suggested(header, row), header, row)
    assert sms.person == "Ann O'Brien"
    assert "this is Northside" in sms.texts.text
    assert sms.texts.text.startswith("Hi Ann,")
    (sms,) = messages(suggested(header, row), header, ["ANN", "", "202-555-0143"])
    assert sms.person == "Ann"


CELLS = st.one_of(st.text(max_size=20), st.sampled_from([*ROW, *LANGUAGE_NAMES["es"], "EST", "9:30", "02134", "Dr. X"]))


@given(st.lists(st.lists(CELLS, max_size=6), max_size=5), st.lists(st.text(max_size=20), max_size=6))
def test_any_list_gets_a_suggestion_that_fits_it(rows: list[list[str]], header: list[str]) -> None:
    definition = suggested(header, *rows)
    fields = field_names(header)
    assert {column for taken in columns(definition).values() for column in taken} <= set(fields)
    assert file_findings(definition, [("list.csv", tuple(fields))]) == []
