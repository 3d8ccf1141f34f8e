"""What a company's people and programs are shown is kept by no cache on the way."""

import pytest
from flask import Flask

from app.accounts.api_keys import issue_key
from app.campaigns.definition import Definition
from app.models import Channel, Company
from tests import factories
from tests.portal.conftest import Visitor
from tests.portal.test_access import FOR_EVERYBODY, address

OPEN_TO_ALL = FOR_EVERYBODY | {"health.alive", "health.ready", "metrics.metrics"}


@pytest.fixture
def addresses(app: Flask, company: Company) -> list[str]:
    """Every address of portal and API that can be looked at, about rows of the company."""
    source = factories.source([["Ann", "+12025550143", "", "", "", ""]])
    run = factories.run(factories.campaign(Definition(), [source]))
    ids = {
        "campaign_id": run.campaign_id,
        "file_id": source.id,
        "message_id": factories.message(run, source.id).id,
        "run_id": run.id,
        "sender_id": factories.sender(Channel.SMS, "+12025550143").id,
        "source_id": source.id,
    }
    return [
        address(app, rule, ids)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in OPEN_TO_ALL
    ]


def test_no_answer_about_a_company_is_kept(visitor: Visitor, addresses: list[str]) -> None:
    _, key = issue_key("test", created_by=None)
    shown = set()
    for where in addresses:
        headers = {"Authorization": f"Bearer {key}"} if where.startswith("/api/") else {}
        response = visitor.open("GET", where, headers=headers)
        assert response.headers.getlist("Cache-Control") == ["no-store"], (where, response.status)
        if response.status_code == 200:
            shown.add(response.mimetype)

    assert shown >= {"text/html", "text/csv", "image/svg+xml", "application/json"}, "one of each has been looked at"


@pytest.mark.parametrize("path", ["/static/portal.css", "/bootstrap/static/css/bootstrap.min.css"])
def test_files_that_are_the_same_for_all_are_kept(stranger: Visitor, path: str) -> None:
    response = stranger.open("GET", path)

    assert response.status_code == 200
    assert "no-store" not in response.headers["Cache-Control"]


def test_a_file_that_is_not_there_is_asked_for_again(stranger: Visitor) -> None:
    response = stranger.open("GET", "/static/nothing.css")

    assert (response.status_code, response.headers["Cache-Control"]) == (404, "no-store")
