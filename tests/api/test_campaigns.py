"""What a program cannot make of a campaign, and that nothing is left of the attempt."""

from typing import Any

import pytest

from app import tenancy
from app.models import Channel, Company, new_id
from tests import factories
from tests.api.program import Program
from tests.queueing.line_of import DEFINITION


def the_problem(answer: dict[str, Any]) -> tuple[str, str]:
    [problem] = answer["errors"]
    return problem["code"], problem["where"]


def test_a_file_that_is_not_there_leaves_no_campaign_behind(program: Program) -> None:
    refused = program.post("/campaigns", 404, json={"name": "Reminders", "files": [str(new_id())]})
    assert the_problem(refused)[0] == "not_found"
    assert program.get("/campaigns")["items"] == []


@pytest.mark.parametrize(("name", "code"), [("", "name_missing"), ("  ", "name_missing"), ("x" * 121, "name_too_long")])
def test_a_name_has_something_to_read_and_not_too_much(program: Program, name: str, code: str) -> None:
    assert the_problem(program.post("/campaigns", 422, json={"name": name})) == (code, "name")
    assert program.get("/campaigns")["items"] == []
    made = program.post("/campaigns", 201, json={"name": " Reminders "})
    assert made["name"] == "Reminders"
    refused = program.patch(f"/campaigns/{made['id']}", {"name": name, "definition": {"filters": [{"what": "x"}]}}, 422)
    assert the_problem(refused) == (code, "name")
    assert program.get(f"/campaigns/{made['id']}") == made


def test_another_companys_sender_cannot_be_named(program: Program, company: Company, other_company: Company) -> None:
    with tenancy.company(other_company.id):
        theirs = factories.sender(Channel.SMS, "+12025550199")
    document = DEFINITION.model_dump(mode="json")
    document["methods"][0]["sender_id"] = str(theirs.id)
    expected = ("sender_unknown", "methods.0.sender_id")
    assert the_problem(program.post("/campaigns", 422, json={"name": "A", "definition": document})) == expected
    assert program.get("/campaigns")["items"] == []
    made = program.post("/campaigns", 201, json={"name": "A"})
    refused = program.patch(f"/campaigns/{made['id']}", {"definition": {"methods": document["methods"]}}, 422)
    assert the_problem(refused) == expected
    assert program.get(f"/campaigns/{made['id']}") == made
