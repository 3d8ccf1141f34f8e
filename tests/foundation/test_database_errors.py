"""What PostgreSQL says about a row does not get into logs."""

import traceback
from typing import cast

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, ProgrammingError

from app import create_app
from app.config import Settings
from app.copying import copy_in
from app.extensions import db
from app.models import Channel, Company, Suppression, SuppressionSource

PHONE = "+12025550143"
JANE = "Jane Doe"


def as_logged(problem: BaseException) -> str:
    """Everything that a log could hold of an exception."""
    return "".join(traceback.format_exception(problem))


def suppression() -> Suppression:
    return Suppression(channel=Channel.SMS, address=PHONE, source=SuppressionSource.PERSON, words=JANE)


def test_a_broken_rule_is_named_and_the_row_is_not(company: Company) -> None:
    for row in (suppression(), suppression()):
        row.company_id = company.id
        db.session.add(row)

    with pytest.raises(IntegrityError) as caught:
        db.session.commit()

    said = as_logged(caught.value)
    assert "uq_suppressions_active" in said
    assert "SQLSTATE 23505" in said
    assert PHONE not in said
    assert "DETAIL" not in said


def test_a_value_that_does_not_fit_is_not_quoted(company: Company) -> None:
    with pytest.raises(DataError) as caught:
        db.session.execute(text("SELECT CAST(:cell AS date)"), {"cell": JANE})

    assert "InvalidDatetimeFormat" in as_logged(caught.value)
    assert JANE not in as_logged(caught.value)


def test_a_row_that_copy_refuses_is_not_quoted(company: Company) -> None:
    db.session.execute(text("CREATE TEMP TABLE narrow (visits integer) ON COMMIT DROP"))

    with pytest.raises(psycopg.DataError) as caught, copy_in("COPY narrow FROM STDIN") as copy:
        copy.write(f"{JANE}\n".encode())

    assert "SQLSTATE 22P02" in as_logged(caught.value)
    assert JANE not in as_logged(caught.value)


def test_an_error_about_the_statement_says_what_is_wrong_with_it(company: Company) -> None:
    with pytest.raises(ProgrammingError, match='relation "nowhere" does not exist'):
        db.session.execute(text("SELECT * FROM nowhere"))


def test_a_server_that_is_not_there_is_named(settings: Settings) -> None:
    nowhere = "postgresql+psycopg://carillon@127.0.0.1:1/carillon"
    elsewhere = create_app(settings.model_copy(update={"database_url": nowhere}))
    with elsewhere.app_context(), pytest.raises(OperationalError, match="port 1 failed"):
        db.session.execute(text("SELECT 1"))


def test_the_code_still_sees_what_it_needs(company: Company) -> None:
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(text("INSERT INTO users (id) VALUES (gen_random_uuid())"))

    assert cast(psycopg.Error, caught.value.orig).diag.column_name == "email"
