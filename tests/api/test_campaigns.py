"""What a program cannot make of a campaign, and that nothing is left of the attempt."""

from typing import Any

import pytest

from app import tenancy
from app.campaigns.definition import Content, TextFilter
from app.models import Channel, Company, new_id
from tests import factories
from tests.api.program import Program
from tests.queueing.line_of import ANN, COLUMNS, DEFINITION, definition, sms_saying


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


def test_a_mistake_is_told_by_the_answer_that_saves_it(program: Program, company: Company) -> None:
    made = program.post("/campaigns", 201, json={"name": "A", "definition": DEFINITION.model_dump(mode="json")})
    methods = made["definition"]["methods"]
    methods[0]["content"]["text"] = "Hi {{ patient_name | uper }}\nSTOP {{ links.confrm }}"

    saved = program.patch(f"/campaigns/{made['id']}", {"definition": {"methods": methods}})

    found = [finding for finding in saved["findings"] if finding["where"] == "methods.sms.text"]
    assert [(each["code"], each["severity"]) for each in found] == [("template_invalid", "blocker")] * 2
    assert [(each["facts"]["line"], each["facts"]["column"], each["facts"]["nearest"]) for each in found] == [
        (1, 22, "upper"),
        (2, 9, "links.confirm"),
    ]
    assert program.get(f"/campaigns/{made['id']}")["findings"] == saved["findings"]


def test_a_preview_tells_what_a_text_message_costs_and_what_plainer_characters_would(
    program: Program, company: Company
) -> None:
    document = definition(
        methods=(sms_saying("It’s “late”. " * 10 + "Bill amt: 3"),),
        filters=(TextFilter(what="Bill amt:"),),
    ).model_dump(mode="json")
    file = factories.source([ANN], fields=COLUMNS, header=COLUMNS)
    made = program.post("/campaigns", 201, json={"name": "A", "files": [str(file.id)], "definition": document})

    (message,) = program.post(f"/campaigns/{made['id']}/preview", 200)["messages"]

    size = message["size"]
    assert (size["encoding"], size["segments"], message["units"]) == ("UCS-2", 2, 2)
    assert size["costly"][0] == {"character": "’", "replacement": "'"}
    assert message["plainer"]["text"].startswith('It\'s "late".')
    assert message["plainer"]["size"]["segments"] == 1
    assert message["before_filters"]["text"] == message["text"] + " Bill amt: 3"

    methods = made["definition"]["methods"]
    methods[0]["plain_characters"] = True
    program.patch(f"/campaigns/{made['id']}", {"definition": {"methods": methods, "filters": []}})
    (message,) = program.post(f"/campaigns/{made['id']}/preview", 200)["messages"]
    assert (message["units"], message["plainer"], message["before_filters"]) == (1, None, None)


def test_a_preview_can_be_asked_for_in_one_language(program: Program, company: Company) -> None:
    method = sms_saying("Hi").model_copy(update={"translations": {"es": Content(text="Hola")}})
    document = definition(methods=(method,)).model_dump(mode="json")
    file = factories.source([ANN], fields=COLUMNS, header=COLUMNS)
    made = program.post("/campaigns", 201, json={"name": "A", "files": [str(file.id)], "definition": document})

    address = f"/campaigns/{made['id']}/preview"
    shown = [program.post(address, 200, query_string=query)["messages"][0] for query in ({}, {"language": "es"})]

    assert [(each["language"], each["text"]) for each in shown] == [("en", "Hi"), ("es", "Hola")]
    assert the_problem(program.post(address, 422, query_string={"language": "Spanish"}))[1] == "query.language"
