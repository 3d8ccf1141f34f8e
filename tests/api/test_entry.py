"""Who enters the API, and what a refusal looks like."""

from datetime import timedelta

import pytest
from flask import Flask
from openapi_spec_validator import validate

from app import tenancy
from app.accounts import api_keys
from app.clock import now
from app.models import ApiKey, Company
from tests import factories
from tests.api.program import Program
from tests.queueing.runs import limits


def test_the_document_is_valid_openapi(nobody: Program) -> None:
    validate(nobody.document)


def routes(app: Flask) -> list[tuple[str, str]]:
    """Every method and path below `/api/v1`, but for the document's own."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")]
    found = []
    for rule in rules:
        path = rule.rule.removeprefix("/api/v1")
        for argument in rule.arguments:
            path = path.replace(f"<uuid:{argument}>", "01a20db5-f744-7310-bce2-4ab564ee911b")
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        found += [(method, path) for method in methods if not rule.endpoint.startswith("api-docs")]
    assert len(found) > 15
    return found


def test_every_route_asks_for_a_key(app: Flask, nobody: Program) -> None:
    for method, path in routes(app):
        body = nobody.call(method, path, 401)
        assert [each["code"] for each in body["errors"]] == ["unauthorized"]


def test_every_route_says_what_it_takes_without_a_key(app: Flask) -> None:
    for method, path in routes(app):
        response = app.test_client().open(f"/api/v1{path}", method="OPTIONS")
        assert response.status_code == 200
        assert method in response.allow


def test_no_route_takes_an_argument_that_it_does_not_know(app: Flask, program: Program) -> None:
    for method, path in routes(app):
        refused = program.call(method, path, 422, query_string={"stauts": "sent"})
        assert [(each["code"], each["where"]) for each in refused["errors"]] == [("unknown_argument", "query.stauts")]


def test_an_argument_is_given_once(program: Program) -> None:
    refused = program.call("GET", "/messages", 422, query_string="status=sent&status=failed&limit=5")
    assert [(each["code"], each["where"]) for each in refused["errors"]] == [("repeated_argument", "query.status")]


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v1/nowhere", "/api/v2/files"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_an_address_that_leads_nowhere_is_refused_in_the_one_shape(app: Flask, method: str, path: str) -> None:
    response = app.test_client().open(path, method=method)
    assert response.status_code == response.json["status"] == 404
    assert [each["code"] for each in response.json["errors"]] == ["no_such_address"]


def test_a_method_that_an_address_does_not_take_is_refused_in_the_one_shape(app: Flask) -> None:
    response = app.test_client().delete("/api/v1/files")
    assert response.status_code == response.json["status"] == 405
    assert [each["code"] for each in response.json["errors"]] == ["method_not_allowed"]
    assert {"GET", "POST"} <= set(response.allow)


def test_a_key_is_told_whose_it_is(program: Program, company: Company) -> None:
    assert program.get("/customer")["name"] == company.name
    assert program.get("/customer")["id"] == str(company.id)


def test_a_revoked_key_is_refused(app: Flask, company: Company) -> None:
    key, text = api_keys.issue_key("a program", None)
    Program(app, text).get("/customer")
    api_keys.revoke_key(key.id)
    Program(app, text).get("/customer", 401)


def test_another_companys_things_are_not_found(program: Program, other_program: Program, company: Company) -> None:
    source = factories.source([["Ann", "2025550143", "", "Bell", "", ""]])
    program.get(f"/files/{source.id}")
    refused = other_program.get(f"/files/{source.id}", 404)
    assert refused["errors"][0]["code"] == "not_found"
    assert other_program.get("/files")["items"] == []


def test_a_wrong_value_is_named(program: Program) -> None:
    [problem] = program.get("/messages", 422, limit=0)["errors"]
    assert (problem["code"], problem["where"]) == ("invalid", "query.limit")


def test_a_body_that_is_not_json_is_refused_in_the_one_shape(program: Program) -> None:
    body = program.call("POST", "/campaigns", 400, data="{", content_type="application/json")
    assert body["errors"]


def test_a_wrong_id_is_refused_in_the_one_shape(program: Program) -> None:
    program.get("/files/not-an-id", 404)


@pytest.mark.parametrize("path", ["/files", "/campaigns", "/messages", "/failures", "/receipts"])
def test_an_empty_company_has_empty_pages(program: Program, path: str) -> None:
    assert program.get(path) == {"items": [], "next": None}


def test_a_key_that_was_used_says_when(program: Program, company: Company) -> None:
    program.get("/customer")
    [key] = tenancy.db.session.scalars(tenancy.rows(ApiKey)).all()
    tenancy.db.session.refresh(key)
    assert key.last_used_at is not None
    assert now() - key.last_used_at < timedelta(minutes=1)


def test_the_document_says_how_a_file_is_uploaded(nobody: Program) -> None:
    body = nobody.document["paths"]["/api/v1/files"]["post"]["requestBody"]["content"]["multipart/form-data"]
    name = body["schema"]["$ref"].rpartition("/")[2]
    described = nobody.document["components"]["schemas"][name]["properties"]
    assert described["file"]["format"] == "binary"
    assert "load" in described


def test_one_callers_flood_is_not_counted_against_another(app: Flask, program: Program) -> None:
    flood = Program(app, "crl_no_such_key")
    with limits(app, api_requests_per_second=1):
        assert 429 in (flood.call_unchecked("GET", "/customer") for _ in range(20))
        program.get("/customer")


@pytest.mark.parametrize("name", ["\\u0000", "\\ud800"])
def test_what_the_database_cannot_keep_is_refused(program: Program, name: str) -> None:
    body = f'{{"name": "{name}"}}'
    refused = program.call("POST", "/campaigns", 400, data=body, content_type="application/json")
    assert refused["errors"][0]["code"] == "not_text"
    program.get("/messages", 400, endpoint="\0")
    assert program.get("/campaigns")["items"] == []


def test_a_body_without_a_bottom_is_refused(program: Program) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    refused = program.call("POST", "/campaigns", 400, data=deep, content_type="application/json")
    assert refused["errors"][0]["code"] == "not_text"
