"""What a program can do about failures: find, correct and requeue them."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from app.models import Run
from tests import factories
from tests.api.program import Program
from tests.queueing.line_of import definition
from tests.queueing.runs import fired, patient, worked
from tests.working import work_until_idle


@pytest.fixture
def run(program: Program) -> Run:
    """Two of three phones are none, and one of three mail addresses is missing."""
    source = factories.source(
        [patient(1), patient(2, cell_phone="none"), patient(3, cell_phone="none", e_mail="")],
    )
    made = fired(source, definition())
    worked(made)
    return made


def items(program: Program, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = program.get("/failures", 200, **query)["items"]
    return found


def test_failures_are_found_by_file_run_reason_channel_and_whether_they_were_requeued(
    program: Program, run: Run
) -> None:
    first = items(program)[0]
    for query, number in (
        ({"run_id": run.id}, 3),
        ({"file_id": first["file_id"]}, 3),
        ({"file_id": uuid4()}, 0),
        ({"stage": "validate", "code": "phone_invalid"}, 2),
        ({"channel": "email"}, 1),
        ({"requeued": "false"}, 3),
        ({"requeued": "true"}, 0),
    ):
        assert len(items(program, **query)) == number, query


def test_a_record_is_corrected_and_requeued(app: Flask, program: Program, run: Run) -> None:
    failure = items(program, code="phone_invalid")[0]
    path = f"/failures/{failure['id']}"

    changed = program.patch(path, {"data": {"cell_phone": "202-555-0143"}})
    assert (changed["data"]["cell_phone"], changed["corrected"]) == ("none", {"cell_phone": "202-555-0143"})
    assert changed["corrected_at"]

    again = program.post("/failures/requeue", 202, {"ids": [failure["id"]]})
    assert (again["trigger"], again["records_total"]) == ("requeue", 1)
    assert program.get(path)["requeue_run_id"] == again["id"]
    assert program.get(f"/runs/{run.id}")["requeued"] == {"validate.phone_invalid": 1}
    work_until_idle(app)
    (message,) = program.get("/messages", 200, run_id=again["id"])["items"]
    assert message["endpoint"] == "+12025550143"


def test_all_of_a_code_are_requeued(program: Program, run: Run) -> None:
    again = program.post("/failures/requeue", 202, {"campaign_id": str(run.campaign_id), "code": "phone_invalid"})
    assert (again["records_total"], again["status"]) == (2, "queueing")
    assert {each["requeue_run_id"] for each in items(program, requeued="true")} == {again["id"]}


def test_all_of_a_file_are_requeued(program: Program, run: Run) -> None:
    file_id = items(program)[0]["file_id"]
    program.post("/failures/requeue", 409, {"campaign_id": str(run.campaign_id), "file_id": str(uuid4())})
    again = program.post("/failures/requeue", 202, {"file_id": file_id, "channel": "sms"})
    assert again["records_total"] == 2


def test_what_cannot_be_requeued_or_corrected_is_refused_with_a_code(program: Program, run: Run) -> None:
    failure = items(program, code="email_missing")[0]
    path = f"/failures/{failure['id']}"
    unknown = program.patch(path, {"data": {"colour": "red"}}, 422)["errors"][0]
    assert (unknown["code"], unknown["where"], unknown["facts"]) == (
        "field_unknown",
        "data.colour",
        {"field": "colour"},
    )

    program.post("/failures/requeue", 202, {"ids": [failure["id"]]})

    again = program.post("/failures/requeue", 409, {"ids": [failure["id"]]})
    assert again["errors"][0]["code"] == "nothing_to_requeue"
    assert program.patch(path, {"data": {}}, 409)["errors"][0]["code"] == "requeued_already"
    program.post("/failures/requeue", 404, {"ids": [str(uuid4())]})


@pytest.mark.parametrize("wanted", [{}, {"ids": []}, {"ids": [str(uuid4())], "code": "duplicate"}, {"status": "any"}])
def test_a_requeue_says_which_failures_it_means(program: Program, wanted: dict[str, Any]) -> None:
    program.post("/failures/requeue", 422, wanted)


def test_a_repeat_names_the_message_that_it_repeats(program: Program) -> None:
    made = fired(factories.source([patient(1), patient(1)]), definition())
    worked(made)
    repeated = items(program, code="duplicate")
    said = {each["id"] for each in program.get("/messages", 200, run_id=made.id)["items"]}
    assert {each["repeats_message_id"] for each in repeated} == said


def test_another_companys_failures_are_not_there(other_program: Program, run: Run, program: Program) -> None:
    id_ = items(program)[0]["id"]
    assert items(other_program) == []
    other_program.get(f"/failures/{id_}", 404)
    other_program.patch(f"/failures/{id_}", {"data": {}}, 404)
    other_program.post("/failures/requeue", 404, {"ids": [id_]})
    assert other_program.post("/failures/requeue", 409, {"run_id": str(run.id)})["errors"][0]["code"] == (
        "nothing_to_requeue"
    )


def test_rows_that_failed_are_fetched_in_the_files_own_columns(app: Flask, program: Program, run: Run) -> None:
    file_id = items(program)[0]["file_id"]
    with app.app_context():
        answer = app.test_client().get(
            f"/api/v1/files/{file_id}/failures.csv?channel=sms", headers=program._headers, buffered=True
        )
        lines = answer.text.removeprefix("\ufeff").splitlines()
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert lines[0].startswith("Patient Name,Cell Phone,E-mail")
    assert len(lines) == 3


def test_the_rows_of_another_companys_file_are_not_there(program: Program, other_program: Program, run: Run) -> None:
    file_id = items(program)[0]["file_id"]
    assert other_program.call_unchecked("GET", f"/files/{file_id}/failures.csv") == 404
    assert program.call_unchecked("GET", f"/files/{file_id}/failures.csv?colour=red") == 422
