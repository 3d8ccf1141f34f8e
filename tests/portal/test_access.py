"""Who may enter: asked of every route that there is, so that a new one cannot be forgotten."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.models import Company, Role, User
from app.portal import ROOMS
from tests import factories
from tests.portal.conftest import Visitor

FOR_EVERYBODY = {
    "assets.htmx",
    "bootstrap.static",
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


def address(app: Flask, rule: Rule) -> str:
    values = {name: uuid4() if "uuid" in str(kind) else 1 for name, kind in _converters(rule).items()}
    with app.test_request_context():
        built = app.url_map.bind("carillon.test").build(rule.endpoint, values, method=None)
    return str(built)


def _converters(rule: Rule) -> dict[str, str]:
    return {name: type(kind).__name__.lower() for name, kind in rule._converters.items()}


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


def test_nothing_is_found_under_an_id_of_another_company(app: Flask, visitor: Visitor) -> None:
    for method, rule in portal_routes(app):
        if "uuid" in _converters(rule).values().__str__():
            where = address(app, rule)
            response = visitor.open("GET", where) if method == "GET" else visitor.post(where)
            assert response.status_code == 404, (method, rule.rule, response.status)


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
