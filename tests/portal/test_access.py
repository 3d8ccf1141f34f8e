"""Who may enter: asked of every route that there is, so that a new one cannot be forgotten."""

from collections.abc import Callable, Mapping
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule, UUIDConverter

from app import suppressions, tenancy
from app.accounts import invitations, team
from app.accounts.api_keys import issue_key
from app.campaigns.definition import Definition
from app.extensions import db
from app.models import Channel, Company, Role, Suppression, SuppressionSource, User
from app.portal import ROOMS
from tests import factories
from tests.portal import rows
from tests.portal.conftest import Visitor

FOR_EVERYBODY = {
    "assets.htmx",
    "bootstrap.static",
    "joining.join",
    "joining.show",
    "security.login",
    "security.register",
    "security.static",
    "static",
}
FOR_PROGRAMS = (
    "/a/",
    "/api/",
    "/healthz",
    "/messages/events/",
    "/messages/incoming/",
    "/messages/status/",
    "/metrics",
    "/readyz",
)
READING = {"GET", "HEAD", "OPTIONS"}


def portal_routes(app: Flask) -> list[tuple[str, Rule]]:
    return [
        (method, rule)
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith(FOR_PROGRAMS) and rule.endpoint not in FOR_EVERYBODY
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def address(app: Flask, rule: Rule, ids: Mapping[str, UUID] | None = None) -> str:
    values = {
        name: (ids or {}).get(name) or (uuid4() if isinstance(converter, UUIDConverter) else 1)
        for name, converter in rule._converters.items()
    }
    return str(app.url_map.bind("carillon.test").build(rule.endpoint, values))


def test_every_room_of_the_portal_is_behind_the_door(app: Flask) -> None:
    rooms = {room.name for room in ROOMS} | {"security"}

    assert {rule.endpoint for _, rule in portal_routes(app) if rule.endpoint.split(".")[0] not in rooms} == set()


def test_every_route_asks_for_sign_in(app: Flask, stranger: Visitor) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        for method, rule in portal_routes(app):
            response = stranger.open(method, address(app, rule))
            assert response.status_code == 302, (method, rule.rule, response.status)
            assert "/login" in response.location, (method, rule.rule, response.location)
    finally:
        app.config["WTF_CSRF_ENABLED"] = True


def test_every_form_needs_its_token(app: Flask, visitor: Visitor) -> None:
    for method, rule in portal_routes(app):
        if method not in READING:
            response = visitor.open(method, address(app, rule))
            assert response.status_code == 400, (method, rule.rule, response.status)
            assert "expired" in response.text


def test_a_viewer_changes_nothing(app: Flask, visitor_of: Callable[[Role], Visitor]) -> None:
    viewer = visitor_of(Role.VIEWER)
    own = {"companies", "security"}  # founding a company of one's own, one's own password
    for method, rule in portal_routes(app):
        if method not in READING and rule.endpoint.split(".")[0] not in own:
            response = viewer.post(address(app, rule))
            assert response.status_code == 403, (method, rule.rule, response.status)


@pytest.fixture
def theirs(other_company: Company) -> dict[str, UUID]:
    """Rows of another company, by the names that routes give their ids."""
    with tenancy.company(other_company.id):
        source = factories.source([["Ann", "", "", "", "", ""]])
        run = factories.run(factories.campaign(Definition(), [source]))
        key, _ = issue_key("theirs", created_by=None)
        [(person, _)] = team.members()
        invitations.invite("new@lab.example", Role.VIEWER, person, Role.OWNER)
        suppressions.suppress(Channel.SMS, "+12025550143", SuppressionSource.REPLY, "STOP")
        db.session.commit()
        return {
            "campaign_id": run.campaign_id,
            "company_id": other_company.id,
            "failure_id": rows.failure(run, data_source_id=source.id).id,
            "invitation_id": invitations.waiting()[0].id,
            "key_id": key.id,
            "message_id": factories.message(run, source.id).id,
            "run_id": run.id,
            "sender_id": factories.sender(Channel.SMS, "+12025550143").id,
            "source_id": source.id,
            "suppression_id": db.session.scalars(tenancy.rows(Suppression)).one().id,
            "user_id": person.id,
        }


def test_nothing_is_found_under_an_id_of_another_company(app: Flask, visitor: Visitor, theirs: dict[str, UUID]) -> None:
    for method, rule in portal_routes(app):
        if any(name in theirs for name in rule.arguments):
            where = address(app, rule, theirs)
            response = visitor.open("GET", where) if method == "GET" else visitor.post(where)
            assert response.status_code == 404, (method, rule.rule, response.status)


def test_every_id_in_an_address_has_been_tried_with_another_companys(app: Flask, theirs: dict[str, UUID]) -> None:
    named = {
        name
        for _, rule in portal_routes(app)
        for name in rule.arguments
        if isinstance(rule._converters[name], UUIDConverter)
    }

    assert named <= set(theirs)


@pytest.mark.parametrize(("role", "status"), [(Role.OWNER, 200), (Role.ADMIN, 200), (Role.EDITOR, 403)])
def test_only_admins_see_the_keys(visitor_of: Callable[[Role], Visitor], role: Role, status: int) -> None:
    page = visitor_of(role).get("/api-keys/", status=status)

    assert ("/api-keys/" in page.links) == (status == 200), "the menu offers only what opens"


def test_a_piece_of_a_page_sends_the_whole_page_to_sign_in(stranger: Visitor) -> None:
    response = stranger.open("GET", "/", headers={"HX-Request": "true"})

    assert response.status_code == 401
    assert response.headers["HX-Redirect"].startswith("/login")


def test_after_sign_in_one_is_where_one_wanted_to_be(stranger: Visitor, company: Company, owner: User) -> None:
    where = stranger.open("GET", "/senders/").location

    assert stranger.post(where, email=owner.email, password=factories.PASSWORD).location.startswith("/senders/")
