from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from phonenumbers import SUPPORTED_REGIONS

from app.accounts.companies import memberships_of
from app.accounts.people import find_person
from app.models import Company, Role, User
from app.portal.companies import country_choices
from tests import factories
from tests.portal import rows
from tests.portal.conftest import Visitor


def sign_up(stranger: Visitor, email: str = "new@clinic.example") -> None:
    stranger.get("/register")
    stranger.post("/register", email=email, password=factories.PASSWORD, password_confirm=factories.PASSWORD)
    stranger.sign_in(email)


def test_after_sign_up_a_person_names_a_company_and_owns_it(stranger: Visitor) -> None:
    sign_up(stranger)
    assert stranger.open("GET", "/").location == "/companies/new"
    stranger.get("/companies/new")

    stranger.post("/companies/new", name=" Westside Dental ", time_zone="Europe/London", region="GB")

    assert "Westside Dental" in stranger.get("/").text
    person = find_person("new@clinic.example")
    assert person is not None
    [(company, membership)] = memberships_of(person.id)
    assert (company.name, company.time_zone, company.region) == ("Westside Dental", "Europe/London", "GB")
    assert membership.role is Role.OWNER


def test_a_company_needs_a_name_and_what_was_chosen_stays(stranger: Visitor) -> None:
    sign_up(stranger)

    response = stranger.post("/companies/new", name="  ", time_zone="America/Denver")

    assert response.status_code == 422
    assert "Give your company a name." in response.text
    assert 'selected value="America/Denver"' in response.text


@pytest.mark.parametrize("wrong", [{"time_zone": "Mars/Olympus"}, {"region": "MARS"}])
def test_a_zone_or_country_that_there_is_not_is_refused(stranger: Visitor, wrong: dict[str, str]) -> None:
    sign_up(stranger)
    place = {"time_zone": "America/Denver", "region": "US"}

    assert stranger.post("/companies/new", name="A", **(place | wrong)).status_code == 422


def test_every_country_with_phone_numbers_is_on_offer_by_its_name() -> None:
    offered = {choice.value: choice.label for choice in country_choices()}

    assert offered.keys() == SUPPORTED_REGIONS
    assert offered["GB"] == "United Kingdom"


def test_every_zone_on_offer_is_one_that_dates_can_be_read_in() -> None:
    from app.portal.companies import zone_choices

    for zones in zone_choices().values():
        for zone, _ in zones:
            ZoneInfo(zone)


def test_a_wrong_password_says_so_and_keeps_the_address(stranger: Visitor, owner: User) -> None:
    response = stranger.sign_in(owner.email, "not the password")

    assert response.status_code == 200
    assert f'value="{owner.email}"' in response.text
    assert "The e-mail address or the password is wrong." in response.text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\\\evil.example"])
def test_sign_in_leads_nowhere_else(stranger: Visitor, owner: User, elsewhere: str) -> None:
    response = stranger.open(
        "POST",
        "/login",
        query_string={"next": elsewhere},
        data={"csrf_token": stranger.get("/login").csrf_token, "email": owner.email, "password": factories.PASSWORD},
    )

    assert response.status_code in (200, 302)
    assert "evil" not in (response.location or "")


def test_signing_out_takes_a_form_and_closes_the_portal(visitor: Visitor) -> None:
    assert visitor.open("GET", "/logout").status_code == 405

    visitor.post("/logout")

    assert visitor.open("GET", "/").status_code == 302


def test_a_person_can_change_the_password(visitor: Visitor, stranger: Visitor, owner: User) -> None:
    visitor.get("/change")
    new = "quite another password"

    visitor.post("/change", password=factories.PASSWORD, new_password=new, new_password_confirm=new)

    assert stranger.sign_in(owner.email, new).status_code == 302


@pytest.fixture
def second(company: Company, other_company: Company, owner: User) -> Company:
    from app import tenancy

    with tenancy.company(other_company.id):
        rows.membership(other_company, owner, Role.VIEWER)
    return other_company


def test_a_member_of_two_companies_chooses_and_stays(visitor: Visitor, second: Company, company: Company) -> None:
    assert "Owner" in visitor.get("/").text

    visitor.post(f"/companies/{second.id}/choose")

    assert "Viewer" in visitor.get("/").text
    visitor.get("/api-keys/", status=403)
    visitor.post(f"/companies/{company.id}/choose")
    visitor.get("/api-keys/")


def test_nobody_chooses_a_company_of_others(visitor: Visitor, other_company: Company) -> None:
    assert visitor.post(f"/companies/{other_company.id}/choose").status_code == 404


def test_a_company_that_one_was_taken_out_of_is_not_bound_any_more(
    app: Flask, visitor: Visitor, second: Company, owner: User
) -> None:
    from app import tenancy
    from app.extensions import db
    from app.models import Membership

    visitor.post(f"/companies/{second.id}/choose")
    with tenancy.company(second.id):
        db.session.delete(tenancy.get(Membership, owner.id))
        db.session.commit()

    assert "Owner" in visitor.get("/").text
