"""A person at a browser, who notices what is wrong with every page."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.models import Company, Role, User
from tests import factories
from tests.portal import rows
from tests.portal.page import Page


class Visitor:
    """Signs in, looks and sends forms. Every page that it gets is checked; every form carries its token.

    Each request has an application context of its own, as it has behind a web server: what Flask-Login and the
    session remember within one context must not leak from one request to the next.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.client: FlaskClient = app.test_client()

    def sign_in(self, email: str, password: str = factories.PASSWORD) -> TestResponse:
        """Fills in the form of the sign-in page."""
        self.get("/login")
        return self.post("/login", email=email, password=password)

    def get(self, path: str, status: int = 200, **options: Any) -> Page:
        """A whole page, checked."""
        response = self.open("GET", path, **options)
        assert response.status_code == status, (path, response.status, response.location)
        page = Page(response)
        page.check()
        return page

    def fragment(self, path: str, status: int = 200) -> Page:
        """A piece of a page, as htmx asks for it."""
        response = self.open("GET", path, headers={"HX-Request": "true"})
        assert response.status_code == status, (path, response.status)
        return Page(response)

    def download(self, path: str) -> TestResponse:
        """A file."""
        response = self.open("GET", path)
        assert response.status_code == 200, (path, response.status, response.location)
        return response

    def post(self, path: str, **fields: Any) -> TestResponse:
        """Sends a form with the token of this browser's session."""
        return self.open("POST", path, data={"csrf_token": self._token(), **fields})

    def post_from(self, address: str, path: str, **fields: Any) -> TestResponse:
        """Sends a form from a network address."""
        fields = {"csrf_token": self._token(), **fields}
        return self.open("POST", path, data=fields, environ_base={"REMOTE_ADDR": address})

    def open(self, method: str, path: str, **options: Any) -> TestResponse:
        """Any request, nothing checked."""
        with self._app.app_context():
            response = self.client.open(path, method=method, **options)
            response.get_data()
        return response

    def _token(self) -> str:
        response = self.open("GET", "/login")
        if response.status_code == 302:  # signed in already
            response = self.open("GET", "/companies/new")
        return Page(response).csrf_token


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """A browser that nobody has signed in with."""
    return Visitor(app)


@pytest.fixture
def visitor(app: Flask, company: Company, owner: User) -> Visitor:
    """The owner of `company`, signed in."""
    made = Visitor(app)
    made.sign_in(owner.email)
    return made


@pytest.fixture
def visitor_of(app: Flask, company: Company) -> Callable[[Role], Visitor]:
    """Makes the signed-in browser of a member of `company` with a role."""

    def make(role: Role) -> Visitor:
        person = factories.person(f"some-{role.value}@clinic.example")
        rows.membership(company, person, role)
        made = Visitor(app)
        made.sign_in(person.email)
        return made

    return make
