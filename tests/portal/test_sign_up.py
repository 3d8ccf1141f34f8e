"""Making an account."""

import re

import pytest
from flask import Flask

from app.accounts.people import find_person
from app.models import User
from tests import factories
from tests.portal.conftest import Visitor
from tests.portal.page import Page

NEW = "new@clinic.example"


def sign_up(stranger: Visitor, email: str, password: str = factories.PASSWORD) -> Page:
    """What somebody reads who has filled in the form."""
    stranger.get("/register")
    response = stranger.post("/register", email=email, password=password, password_confirm=password)
    return stranger.get(response.location) if response.location else Page(response)


def test_who_signs_up_can_sign_in(stranger: Visitor) -> None:
    page = sign_up(stranger, NEW)

    assert "your account is ready" in page.text
    assert stranger.sign_in(NEW).location == "/"


def test_the_answer_does_not_tell_who_is_known(stranger: Visitor, owner: User) -> None:
    def read(email: str) -> str:
        return re.sub(r'(nonce|value)="[^"]*"|"X-CSRFToken": "[^"]*"', "", sign_up(stranger, email).html)

    assert read(NEW) == read(owner.email)
    assert stranger.open("GET", "/").location.startswith("/login"), "nobody is signed in"


def test_signing_up_again_does_not_change_the_password(stranger: Visitor, owner: User) -> None:
    sign_up(stranger, owner.email, "another long password")

    assert stranger.sign_in(owner.email).status_code == 302


def test_a_short_password_is_refused(stranger: Visitor) -> None:
    assert "at least 10 characters" in sign_up(stranger, NEW, "short").text
    assert find_person(NEW) is None


def test_who_is_here_already_stays_signed_in(visitor: Visitor) -> None:
    assert visitor.post("/register", email=NEW).location == "/"

    visitor.get("/")


@pytest.fixture
def closed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """A stranger's browser at a portal that takes no sign-ups."""
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update={"sign_up": "closed"}))
    return Visitor(app)


def test_an_open_portal_offers_sign_up(stranger: Visitor) -> None:
    assert "/register" in stranger.get("/login").links


def test_a_closed_portal_has_no_sign_up_and_does_not_offer_it(closed: Visitor, owner: User) -> None:
    assert "/register" not in closed.get("/login").links

    closed.get("/register", status=404)
    assert closed.post("/register", email=NEW, password=factories.PASSWORD).status_code == 404
    assert find_person(NEW) is None
    assert closed.sign_in(owner.email).status_code == 302
