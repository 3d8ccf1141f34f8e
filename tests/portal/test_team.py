"""The Team page, and the page that the link of an invitation leads to."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts import invitations, people, team
from app.extensions import db
from app.models import Company, Role, User
from tests import factories
from tests.portal import rows
from tests.portal.conftest import Visitor
from tests.portal.page import Page

NEW = "new@clinic.example"


def roles() -> dict[str, Role]:
    db.session.expire_all()
    return {person.email: place.role for person, place in team.members()}


def invite(visitor: Visitor, email: str, role: Role = Role.EDITOR) -> str:
    """The path of the link that the inviter is shown."""
    page = Page(visitor.post("/team/", email=email, role=role.value))
    page.check()
    [path] = re.findall(r'value="http://carillon\.test(/join/[^"]+)"', page.html)
    return str(path)


def join(stranger: Visitor, link: str, password: str = factories.PASSWORD) -> Page:
    """What somebody reads who has followed the link and given a password."""
    stranger.get(link)
    response = stranger.post(link, password=password, again=password)
    return stranger.get(response.location) if response.location else Page(response)


def test_a_new_person_is_invited_sets_a_password_and_signs_in(
    visitor: Visitor, stranger: Visitor, company: Company
) -> None:
    link = invite(visitor, NEW)
    assert f"{NEW} Editor" in visitor.get("/team/").text
    assert link not in visitor.get("/team/").html

    assert "You are in the team of Northside Clinics now." in join(stranger, link).text

    assert stranger.sign_in(NEW).location == "/"
    assert roles()[NEW] is Role.EDITOR
    assert stranger.get(link, status=410).headings == ["This link does not work"]


def test_a_known_person_is_in_the_company_that_they_joined(
    visitor: Visitor, stranger: Visitor, company: Company, other_company: Company
) -> None:
    join(stranger, invite(visitor, "owner@lab.example", Role.VIEWER))
    stranger.sign_in("owner@lab.example")

    page = stranger.get("/")

    assert page.html.count("Northside Clinics") > page.html.count("Southside Labs") == 1
    assert roles()["owner@lab.example"] is Role.VIEWER


def test_neither_the_inviter_nor_the_link_is_told_who_is_known(
    visitor: Visitor, stranger: Visitor, company: Company, other_company: Company
) -> None:
    def read(email: str) -> tuple[str, str]:
        shown = visitor.post("/team/", email=email, role="viewer").text
        [link] = re.findall(r'value="http://carillon\.test(/join/[^"]+)"', shown)
        varying = rf'(nonce|value)="[^"]*"|"X-CSRFToken": "[^"]*"|action="[^"]*"|{re.escape(email)}'
        return re.sub(varying, "", shown), re.sub(varying, "", stranger.get(link).html)

    assert read("owner@lab.example") == read(NEW)


def test_a_wrong_password_of_a_known_person_opens_nothing(
    visitor: Visitor, stranger: Visitor, company: Company, other_company: Company
) -> None:
    link = invite(visitor, "owner@lab.example")

    assert "with another password" in join(stranger, link, "not the person's own").text

    assert "owner@lab.example" not in roles()


def test_passwords_are_not_guessed_through_a_link(
    visitor: Visitor, stranger: Visitor, company: Company, other_company: Company
) -> None:
    link = invite(visitor, "owner@lab.example")
    guesses = [stranger.post(link, password="a wrong guess", again="a wrong guess").status_code for _ in range(10)]
    assert guesses == [422] * 10

    assert stranger.post(link, password=factories.PASSWORD, again=factories.PASSWORD).status_code == 429


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "at least 10 characters"),
        (factories.PASSWORD, "something else", "The two are not the same."),
        ("", "", "Give a password."),
    ],
)
def test_a_password_that_will_not_do_is_asked_for_again(
    visitor: Visitor, stranger: Visitor, company: Company, password: str, again: str, words: str
) -> None:
    link = invite(visitor, NEW)

    response = stranger.post(link, password=password, again=again)

    assert response.status_code == 422
    assert words in response.text
    assert people.find_person(NEW) is None


@pytest.mark.parametrize("path", ["/join/nothing", "/join/AAAA.AAAA"])
def test_a_link_of_nobodys_says_that_it_does_not_work(stranger: Visitor, path: str) -> None:
    assert "Ask for a new one." in stranger.get(path, status=410).text
    assert stranger.post(path, password=factories.PASSWORD, again=factories.PASSWORD).status_code == 410


def test_an_invitation_is_withdrawn(visitor: Visitor, stranger: Visitor, company: Company) -> None:
    link = invite(visitor, NEW)
    [invitation] = invitations.waiting()

    visitor.post(f"/team/invitations/{invitation.id}/withdraw")

    stranger.get(link, status=410)
    assert NEW not in visitor.get("/team/").text.replace(f"The link for {NEW} no longer works.", "")


@pytest.mark.parametrize("email", ["ann", "", "owner@clinic.example"])
def test_who_cannot_be_invited_is_said_and_what_was_typed_stays(visitor: Visitor, company: Company, email: str) -> None:
    response = visitor.post("/team/", email=email, role="viewer")

    assert response.status_code == 422
    assert f'value="{email}"' in response.text
    assert invitations.waiting() == []


def test_a_role_is_changed_and_a_person_removed(visitor: Visitor, company: Company) -> None:
    person = factories.person("ann@clinic.example")
    rows.membership(company, person, Role.VIEWER)

    visitor.post(f"/team/{person.id}/role", role="admin")
    assert roles()["ann@clinic.example"] is Role.ADMIN

    visitor.post(f"/team/{person.id}/remove")
    assert roles() == {"owner@clinic.example": Role.OWNER}


def test_who_is_removed_is_out_at_once(app: Flask, visitor: Visitor, company: Company) -> None:
    person = factories.person("ann@clinic.example")
    rows.membership(company, person, Role.VIEWER)
    removed = Visitor(app)
    removed.sign_in(person.email)
    removed.get("/messages/")

    visitor.post(f"/team/{person.id}/remove")

    assert removed.open("GET", "/messages/").location == "/companies/new"


def test_the_last_owner_stays_and_reads_why(visitor: Visitor, company: Company, owner: User) -> None:
    for path, fields in ((f"/team/{owner.id}/remove", {}), (f"/team/{owner.id}/role", {"role": "viewer"})):
        visitor.post(path, **fields)
        assert "keeps at least one owner" in visitor.get("/").text

    assert roles() == {owner.email: Role.OWNER}


def test_an_admin_decides_over_no_owner(visitor_of: Callable[[Role], Visitor], company: Company, owner: User) -> None:
    admin = visitor_of(Role.ADMIN)
    page = admin.get("/team/")
    assert f"/team/{owner.id}/" not in page.html
    assert 'value="owner"' not in page.html

    assert admin.post("/team/", email=NEW, role="owner").status_code == 422
    for path, fields in ((f"/team/{owner.id}/remove", {}), (f"/team/{owner.id}/role", {"role": "viewer"})):
        admin.post(path, **fields)
        assert "Only somebody with this role or a higher one" in admin.get("/team/").text

    assert roles()[owner.email] is Role.OWNER
    assert invitations.waiting() == []


def test_another_companys_people_are_not_shown(visitor: Visitor, company: Company, other_company: Company) -> None:
    assert "owner@lab.example" not in visitor.get("/team/").html


@pytest.mark.parametrize(("role", "status"), [(Role.ADMIN, 200), (Role.EDITOR, 403), (Role.VIEWER, 403)])
def test_only_owners_and_admins_see_the_team(visitor_of: Callable[[Role], Visitor], role: Role, status: int) -> None:
    page = visitor_of(role).get("/team/", status=status)

    assert ("/team/" in page.links) == (status == 200)
