"""Rows that failed leave as they came, with the reasons behind, and come back fixed."""

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask

from app import tenancy
from app.campaigns import editing
from app.campaigns.fire import fire
from app.campaigns.requeue import requeue_these
from app.campaigns.suggesting import suggested_mapping
from app.clock import now
from app.extensions import db, settings
from app.failures import REASON_COLUMNS, REASON_FIELDS, FailureFilter
from app.ingest.header import stable_names
from app.ingest.loader import load_slice
from app.ingest.table import Limits
from app.ingest.uploads import register_upload, request_load
from app.models import Campaign, CampaignStatus, Channel, Company, DataSource, SourceStatus
from app.queueing.correcting import correct
from app.records import rows_after
from app.reporting import failed_rows as module
from app.reporting.failed_rows import failed_rows
from tests import factories
from tests.queueing.line_of import MAPPING, SMS, definition
from tests.queueing.runs import failures_of, fired, messages_of, patient, patients, worked

HEADER = ["Patient Name", "Cell Phone", "E-mail", "Provider", "Appt Date", "Appt Time"]


def exported(source: DataSource, **wanted: object) -> list[list[str]]:
    text = "".join(failed_rows(source, FailureFilter(**wanted)))  # type: ignore[arg-type]
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def uploaded(content: str) -> DataSource:
    """A file that somebody has uploaded and that is loaded."""
    made = register_upload(io.BytesIO(content.encode()), "fixed.csv", None, Limits.from_settings(settings()))
    request_load(made.id)
    load_slice(made.company_id, made.id, now() + timedelta(seconds=30))
    db.session.refresh(made)
    assert made.status is SourceStatus.LOADED
    return made


def test_a_row_that_failed_leaves_as_it_stands_in_the_file_with_the_reasons(company: Company) -> None:
    cells = patient(1, cell_phone=" none ", e_mail="", patient_name="EXAMPLE,  ANN\nB.")
    source = factories.source([patient(9), cells])
    worked(fired(source))

    header, row = exported(source)

    assert header == [*HEADER, *REASON_COLUMNS]
    assert row[:6] == cells
    assert row[6:] == [
        "sms; email",
        "validate; validate",
        "phone_invalid; email_missing",
        "“none” is not a valid phone number.; The record has no e-mail address.",
    ]


def test_titles_are_those_of_the_file_even_where_they_are_the_same_or_none(company: Company) -> None:
    titles = ["Phone", "Phone", "", *HEADER]
    source = factories.source([["a", "b", "c", *patient(1, cell_phone="none")]], titles, stable_names(titles))
    worked(fired(source, definition(methods=(SMS,))))
    header, row = exported(source)
    assert header[:4] == ["Phone", "Phone", "", "Patient Name"]
    assert row[:3] == ["a", "b", "c"]


def test_rows_come_in_the_order_of_the_file_however_many_are_read_at_a_time(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = factories.source([patient(n, cell_phone="none", e_mail="" if n % 2 else "none") for n in range(9)])
    worked(fired(source))
    whole = exported(source)
    assert [row[0] for row in whole[1:]] == [f"EXAMPLE, ANN {n}" for n in range(9)]
    for batch in (1, 2, 5, 18):
        monkeypatch.setattr(module, "BATCH", batch)
        assert exported(source) == whole


def test_filters_leave_some_and_what_was_requeued_is_left_out(company: Company) -> None:
    source = factories.source([patient(1, cell_phone="none"), patient(2, cell_phone="555", e_mail="")])
    run = fired(source)
    worked(run)
    assert [row[8] for row in exported(source, channel=Channel.EMAIL)[1:]] == ["email_missing"]
    worked(requeue_these([failures_of(run)[0].id], None))
    assert [row[1] for row in exported(source, run_id=run.id)[1:]] == ["555"]
    assert [row[1] for row in exported(source, run_id=run.id, requeued=True)[1:]] == ["none"]
    assert [row[1] for row in exported(source)[1:]] == ["none", "555"], "what it became has failed again"


def test_what_was_corrected_leaves_corrected(company: Company) -> None:
    source = factories.source([patient(1, cell_phone="none", e_mail="")])
    run = fired(source)
    worked(run)
    for failure in failures_of(run):
        field = "cell_phone" if failure.method == "sms" else "e_mail"
        correct(failure.id, {field: f"corrected {field}"}, None)
    assert exported(source)[1][1:3] == ["corrected cell_phone", "corrected e_mail"]


def test_numbers_leave_as_they_are_and_formulas_harmless(company: Company) -> None:
    source = factories.source(
        [patient(1, cell_phone="none", provider="=cmd()", e_mail="+1 (202) 555-0143", appt_time="-5.00")]
    )
    worked(fired(source, definition(methods=(SMS,))))
    row = exported(source)[1]
    assert (row[2], row[3], row[5]) == ("+1 (202) 555-0143", "'=cmd()", "-5.00")


def test_the_reasons_stand_under_names_that_are_known_again() -> None:
    assert tuple(stable_names(REASON_COLUMNS)) == REASON_FIELDS


def fixed(rows: list[list[str]]) -> str:
    """What somebody makes of an export in a spreadsheet: every phone is one."""
    out = io.StringIO()
    header, *records = rows
    phones = [f"+1202555{number:04}" for number in range(100, 100 + len(records))]
    csv.writer(out).writerows(
        [header, *([row[0], phone, *row[2:]] for row, phone in zip(records, phones, strict=True))]
    )
    return out.getvalue()


def test_an_export_is_fixed_uploaded_again_and_sent(app: Flask, company: Company) -> None:
    source = factories.source([patient(1), patient(2, cell_phone="none"), patient(3, cell_phone="555")])
    first = fired(source, definition(methods=(SMS,)))
    worked(first)

    again = uploaded(fixed(exported(source)))

    assert (again.columns, again.rows_loaded) == ([*HEADER, *REASON_COLUMNS], 2)
    assert suggested_mapping(again) == MAPPING, "what was said of the columns is remembered"
    editing.change_campaign(first.campaign_id, None, files=[again.id])
    campaign = tenancy.get(Campaign, first.campaign_id)
    campaign.status = CampaignStatus.READY
    db.session.commit()
    second = fire(campaign.id)
    worked(second)
    assert [message.endpoint for message in messages_of(second)] == ["+12025550100", "+12025550101"]
    assert [message.person for message in messages_of(second)] == ["Ann 2 Example", "Ann 3 Example"]


def test_what_looks_like_a_formula_comes_back_as_it_left(company: Company) -> None:
    cells = ["=cmd()", "none", "'=quoted", "''@twice", "-5.00", "'-5.00", "+Ann"]
    titles = ["=Name", "@Phone", *"abcde"]
    source = factories.source([cells], titles, [*factories.FIELDS, "note"])
    worked(fired(source, definition(methods=(SMS,))))

    again = uploaded("".join(failed_rows(source, FailureFilter())))

    assert again.columns[:7] == titles
    ((_, row),) = rows_after(again.id, 0, 9)
    assert row[:7] == cells


def test_an_apostrophe_in_any_other_file_is_left_alone(company: Company) -> None:
    source = uploaded("Name,Note\nAnn Example,'=so\n")
    ((_, row),) = rows_after(source.id, 0, 9)
    assert row == ["Ann Example", "'=so"]


def test_the_reasons_of_an_earlier_time_are_not_dragged_along(company: Company) -> None:
    source = factories.source([patient(2, cell_phone="none")])
    run = fired(source, definition(methods=(SMS,)))
    worked(run)
    unfixed = io.StringIO()
    csv.writer(unfixed).writerows(exported(source))
    again = uploaded(unfixed.getvalue())
    worked(fired(again, definition(methods=(SMS,))))
    assert exported(again) == exported(source)
    assert suggested_mapping(factories.source([patient(5)])) == MAPPING


def test_a_file_nothing_of_which_failed_has_its_header_only(company: Company) -> None:
    source = patients(1)
    worked(fired(source))
    assert exported(source) == [[*HEADER, *REASON_COLUMNS]]


def test_another_companys_failures_stay_out(company: Company, other_company: Company) -> None:
    source = factories.source([patient(1, cell_phone="none")])
    worked(fired(source))
    with tenancy.company(other_company.id):
        assert len(exported(source)) == 1
