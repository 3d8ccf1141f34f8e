"""Guessing passwords is slow, and locks out nobody but the one who guesses."""

import re

import pytest
from flask import Flask

from app.models import User
from tests import factories
from tests.portal.conftest import Visitor

HERE = "198.51.100.7"
ELSEWHERE = "203.0.113.9"


class Caller:
    """Sends the form of the sign-in from one network address."""

    def __init__(self, app: Flask, address: str) -> None:
        self._visitor = Visitor(app)
        self._address = address

    def sign_in(self, email: str, password: str) -> int:
        """The status of the answer: 302 in, 200 not in, 429 tried too often."""
        return self._visitor.post_from(self._address, "/login", email=email, password=password).status_code

    def guess(self, email: str, times: int) -> list[int]:
        """Wrong passwords, and the status of each answer."""
        return [self.sign_in(email, "a wrong guess") for _ in range(times)]


@pytest.fixture
def guesser(app: Flask) -> Caller:
    return Caller(app, HERE)


def test_ten_wrong_guesses_close_the_door_to_the_one_who_guesses(guesser: Caller, owner: User) -> None:
    assert guesser.guess(owner.email, 10) == [200] * 10

    assert guesser.sign_in(owner.email, factories.PASSWORD) == 429


def test_nobody_is_locked_out_by_what_others_guess(app: Flask, guesser: Caller, owner: User) -> None:
    guesser.guess(owner.email, 10)

    assert Caller(app, ELSEWHERE).sign_in(owner.email, factories.PASSWORD) == 302


def test_other_people_behind_the_same_address_still_sign_in(app: Flask, guesser: Caller, owner: User) -> None:
    guesser.guess(owner.email, 10)
    other = factories.person("other@clinic.example")

    assert Caller(app, HERE).sign_in(other.email, factories.PASSWORD) == 302


@pytest.mark.parametrize(
    "spelling", ["OWNER@clinic.example", "owner@clinic．example", "owner@clinic。example", "owner@ｃｌｉｎｉｃ.example"]
)
def test_another_spelling_of_the_address_is_the_same_person(guesser: Caller, owner: User, spelling: str) -> None:
    guesser.guess(owner.email, 10)

    assert guesser.sign_in(spelling, factories.PASSWORD) == 429


def test_signing_in_does_not_count(app: Flask, owner: User) -> None:
    assert [Caller(app, HERE).sign_in(owner.email, factories.PASSWORD) for _ in range(12)] == [302] * 12


def test_trying_one_password_on_many_people_is_slowed_down(guesser: Caller) -> None:
    answers = [guesser.sign_in(f"{n}@clinic.example", "a common password") for n in range(31)]

    assert answers == [200] * 30 + [429]


def test_the_addresses_of_one_ipv6_network_are_one_caller(app: Flask, owner: User) -> None:
    for n in range(10):
        assert Caller(app, f"2001:db8:1:2::{n}").guess(owner.email, 1) == [200]

    assert Caller(app, "2001:db8:1:2:ffff::1").sign_in(owner.email, factories.PASSWORD) == 429
    assert Caller(app, "2001:db8:1:3::1").sign_in(owner.email, factories.PASSWORD) == 302


def test_a_password_is_taken_from_a_form_only(stranger: Visitor, owner: User) -> None:
    token = stranger.get("/login").csrf_token

    response = stranger.open(
        "POST",
        "/login",
        json={"email": owner.email, "password": factories.PASSWORD},
        headers={"X-CSRFToken": token, "Accept": "application/json"},
    )

    assert response.status_code == 400


def test_a_stolen_session_does_not_help_to_guess_the_password(visitor: Visitor) -> None:
    answers = [visitor.post("/verify", password="a wrong guess").status_code for _ in range(31)]

    assert answers == [200] * 30 + [429]


def test_the_answer_does_not_tell_who_is_known(stranger: Visitor, owner: User) -> None:
    def answer(email: str) -> tuple[int, str]:
        response = stranger.sign_in(email, "a wrong guess")
        return response.status_code, re.sub(r'nonce="[^"]*"|value="[^"]*"|"X-CSRFToken": "[^"]*"', "", response.text)

    assert answer("nobody@clinic.example") == answer(owner.email) == answer("no address at all")
