"""Companies, people and API keys."""

import pytest
from click.testing import Result
from flask import Flask

from app import tenancy
from app.accounts import api_keys, companies, people
from app.extensions import db
from app.models import Company, Role, User
from tests import factories


def test_the_founder_owns_the_company(app: Flask, owner: User) -> None:
    company = factories.company("Northside", owner)
    [(found, membership)] = companies.memberships_of(owner.id)
    assert (found.id, membership.role) == (company.id, Role.OWNER)


def test_an_address_signs_in_once_whatever_its_case(app: Flask, owner: User) -> None:
    assert people.find_person(" OWNER@clinic.example ") is owner
    with pytest.raises(people.EmailTakenError):
        people.add_person("Owner@Clinic.example", "another password")


@pytest.mark.parametrize(
    ("holder", "asked", "may"),
    [
        (Role.OWNER, Role.VIEWER, True),
        (Role.EDITOR, Role.EDITOR, True),
        (Role.VIEWER, Role.EDITOR, False),
        (Role.EDITOR, Role.ADMIN, False),
    ],
)
def test_a_role_includes_those_below_it(holder: Role, asked: Role, may: bool) -> None:
    assert holder.includes(asked) is may


def test_a_key_opens_its_own_company_only(company: Company, other_company: Company) -> None:
    key, text = api_keys.issue_key("nightly", None)
    found = api_keys.check_key(text)
    assert found is not None
    assert (found.id, found.company_id) == (key.id, company.id)
    # the same key and secret with the other company's id in front
    other = api_keys._short(other_company.id)
    assert api_keys.check_key("_".join(["crl", other, *text.split("_")[2:]])) is None


def test_the_secret_is_not_kept(company: Company) -> None:
    key, text = api_keys.issue_key("nightly", None)
    secret = text.rpartition("_")[2]
    db.session.expire_all()
    kept = tenancy.get(type(key), key.id)
    assert secret.encode() not in kept.secret_hash
    assert kept.hint == secret[-4:]


@pytest.mark.parametrize("text", ["", "crl", "crl_a_b_c", "crl_____", "Bearer x", "crl_%_%_%", "crl_a_b_c_d"])
def test_what_is_no_key_is_refused_without_a_fuss(app: Flask, text: str) -> None:
    assert api_keys.check_key(text) is None


def test_a_revoked_key_opens_nothing(company: Company) -> None:
    key, text = api_keys.issue_key("nightly", None)
    api_keys.revoke_key(key.id)
    assert api_keys.check_key(text) is None


def test_using_a_key_is_noted(company: Company) -> None:
    key, text = api_keys.issue_key("nightly", None)
    assert key.last_used_at is None
    api_keys.check_key(text)
    db.session.expire_all()
    assert tenancy.get(type(key), key.id).last_used_at is not None


def test_a_script_makes_a_company_and_a_key(app: Flask) -> None:
    run = app.test_cli_runner()
    made = run.invoke(args=["create-company", "Westside", "--email", "w@example.com", "--password", "long enough pw"])
    assert made.exit_code == 0, made.output
    key = run.invoke(args=["create-api-key", "Westside"])
    assert key.exit_code == 0, key.output
    found = api_keys.check_key(key.output.strip())
    assert found is not None
    assert str(found.company_id) == made.output.strip()


def test_a_script_hears_of_an_unknown_company(app: Flask) -> None:
    asked = app.test_cli_runner().invoke(args=["create-api-key", "Nowhere"])
    assert asked.exit_code != 0
    assert "0 companies are called 'Nowhere'" in asked.output


def test_a_company_is_not_given_to_whoever_took_the_address_before(app: Flask, owner: User) -> None:
    run = app.test_cli_runner()
    asked = ["create-company", "Westside", "--email", owner.email, "--password"]
    refused = run.invoke(args=[*asked, "not the owner's own"])
    assert refused.exit_code != 0
    assert "signs in already" in refused.output
    assert companies.memberships_of(owner.id) == []
    assert run.invoke(args=[*asked, factories.PASSWORD]).exit_code == 0
    assert [company.name for company, _ in companies.memberships_of(owner.id)] == ["Westside"]


def add_person(app: Flask, company: Company, email: str, password: str, role: str) -> Result:
    return app.test_cli_runner().invoke(
        args=["add-person", str(company.id), "--email", email, "--password", password, "--role", role]
    )


def test_a_script_lets_a_new_person_into_a_company(app: Flask, company: Company) -> None:
    added = add_person(app, company, "new@clinic.example", factories.PASSWORD, "editor")

    assert added.exit_code == 0, added.output
    person = people.find_person("new@clinic.example")
    assert person is not None
    assert people.is_known_by(person, factories.PASSWORD)
    assert [(found.id, place.role) for found, place in companies.memberships_of(person.id)] == [
        (company.id, Role.EDITOR)
    ]


def test_a_script_lets_a_known_person_in_by_their_own_password_only(
    app: Flask, company: Company, other_company: Company
) -> None:
    refused = add_person(app, company, "owner@lab.example", "not the person's own", "viewer")
    person = people.find_person("owner@lab.example")
    assert person is not None
    assert refused.exit_code != 0
    assert "signs in already" in refused.output
    assert len(companies.memberships_of(person.id)) == 1

    assert add_person(app, company, "owner@lab.example", factories.PASSWORD, "viewer").exit_code == 0

    assert {found.id: place.role for found, place in companies.memberships_of(person.id)} == {
        other_company.id: Role.OWNER,
        company.id: Role.VIEWER,
    }


def test_a_script_does_not_change_who_is_in_the_company_already(app: Flask, company: Company, owner: User) -> None:
    again = add_person(app, company, owner.email, factories.PASSWORD, "viewer")

    assert again.exit_code != 0
    assert "in the team already" in again.output
    assert [place.role for _, place in companies.memberships_of(owner.id)] == [Role.OWNER]


@pytest.mark.parametrize(
    ("email", "password", "role", "words"),
    [
        ("not an address", factories.PASSWORD, "viewer", "is not an e-mail address"),
        ("new@clinic.example", "short", "viewer", "at least 10 characters"),
        ("new@clinic.example", factories.PASSWORD, "boss", "'boss' is not one of"),
    ],
)
def test_a_script_is_told_why_a_person_is_not_let_in(
    app: Flask, company: Company, email: str, password: str, role: str, words: str
) -> None:
    refused = add_person(app, company, email, password, role)

    assert refused.exit_code != 0
    assert words in refused.output
    assert people.find_person("new@clinic.example") is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "   "}, "from 1 to 120 characters"),
        ({"--time-zone": "Mars/Base"}, "is not a time zone"),
        ({"--email": "not an address"}, "is not an e-mail address"),
        ({"--password": "short"}, "at least 10 characters"),
    ],
)
def test_a_script_is_told_what_a_company_lacks(app: Flask, changed: dict[str, str], words: str) -> None:
    given = {"--email": "w@example.com", "--password": "long enough pw", "--time-zone": "America/New_York"} | changed
    name = given.pop("name", "Westside")
    asked = app.test_cli_runner().invoke(
        args=["create-company", name, *(word for pair in given.items() for word in pair)]
    )
    assert asked.exit_code != 0
    assert words in asked.output
    assert people.find_person("w@example.com") is None
