"""Changing what a company says of itself."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.accounts.companies import CompanyRefusedError, change_company
from app.campaigns.definition import Definition
from app.clock import now
from app.extensions import db
from app.models import Company, Message, Role
from tests import factories
from tests.portal.conftest import Visitor

MADRID = {"name": "Clínicas del Norte", "time_zone": "Europe/Madrid", "region": "ES", "language": "es"}


def said_of(company: Company) -> dict[str, str]:
    db.session.refresh(company)
    return {field: getattr(company, field) for field in MADRID}


def test_an_owner_changes_the_settings(visitor: Visitor, company: Company) -> None:
    visitor.get("/settings/")

    assert visitor.post("/settings/", **MADRID).location == "/settings/"

    assert said_of(company) == MADRID
    page = visitor.get("/settings/")
    assert page.inputs["name"] == MADRID["name"]
    for chosen in ("Europe/Madrid", "ES", "es"):
        assert f'<option selected value="{chosen}">' in page.html


@pytest.mark.parametrize(
    "changed", [{"name": "  "}, {"name": "x" * 121}, {"time_zone": "Mars/Base"}, {"region": "ZZ"}, {"language": "xx"}]
)
def test_what_a_company_cannot_be_is_refused_and_nothing_changes(
    visitor: Visitor, company: Company, changed: dict[str, str]
) -> None:
    before = said_of(company)

    assert visitor.post("/settings/", **(MADRID | changed)).status_code == 422

    assert said_of(company) == before
    said: dict[str, Any] = MADRID | changed
    with pytest.raises(CompanyRefusedError):
        change_company(said.pop("name"), **said)


def test_a_zone_that_the_list_leaves_out_stays_until_another_is_chosen(visitor: Visitor, company: Company) -> None:
    db.session.execute(update(Company).values(time_zone="US/Eastern"))
    db.session.commit()
    assert '<option selected value="US/Eastern">' in visitor.get("/settings/").html

    visitor.post("/settings/", **(MADRID | {"time_zone": "US/Eastern"}))

    assert said_of(company)["time_zone"] == "US/Eastern"


def test_another_company_stays_as_it_is(visitor: Visitor, other_company: Company) -> None:
    before = said_of(other_company)

    visitor.post("/settings/", **MADRID)

    assert said_of(other_company) == before


def test_a_queued_message_keeps_its_time_and_the_page_says_so(visitor: Visitor, company: Company) -> None:
    source = factories.source([])
    due = now() + timedelta(days=1)
    message = factories.message(factories.run(factories.campaign(Definition(), [source])), source.id, not_before=due)
    assert "Messages that are queued already keep their times" in visitor.get("/settings/").text

    visitor.post("/settings/", **MADRID)

    db.session.refresh(message)
    assert isinstance(message, Message)
    assert (message.not_before, message.zone) == (due, "America/New_York")


@pytest.mark.parametrize(("role", "status"), [(Role.ADMIN, 200), (Role.EDITOR, 403), (Role.VIEWER, 403)])
def test_only_owners_and_admins_come_in(visitor_of: Callable[[Role], Visitor], role: Role, status: int) -> None:
    page = visitor_of(role).get("/settings/", status=status)

    assert ("/settings/" in page.links) == (status == 200)
