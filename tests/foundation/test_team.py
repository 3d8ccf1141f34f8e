"""Who may come into a company, as what, and who may go."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import update

from app import tenancy
from app.accounts import companies, invitations, people, team
from app.accounts.team import TeamCode, TeamRefused
from app.extensions import db
from app.models import Company, Invitation, Role, User
from tests import factories

NEW = "new@clinic.example"


def roles() -> dict[str, Role]:
    return {person.email: place.role for person, place in team.members()}


def refused(asked: Callable[[], object]) -> TeamCode:
    with pytest.raises(TeamRefused) as refusal:
        asked()
    db.session.rollback()
    return refusal.value.code


def member(email: str, role: Role) -> User:
    person = factories.person(email)
    team.add_member(person, role)
    return person


def test_the_team_is_the_companys_own(company: Company, other_company: Company) -> None:
    member("viewer@clinic.example", Role.VIEWER)
    member("admin@clinic.example", Role.ADMIN)

    assert [person.email for person, _ in team.members()] == [
        "owner@clinic.example",
        "admin@clinic.example",
        "viewer@clinic.example",
    ]
    with tenancy.company(other_company.id):
        assert list(roles()) == ["owner@lab.example"]


def test_a_new_person_joins_with_a_first_password(company: Company, owner: User) -> None:
    token = invitations.invite(" New@Clinic.example ", Role.EDITOR, owner, Role.OWNER)
    assert people.find_person(NEW) is None
    assert NEW not in roles()

    assert invitations.accept(token, factories.PASSWORD).id == company.id

    assert roles()[NEW] is Role.EDITOR
    person = people.find_person(NEW)
    assert person is not None
    assert people.is_known_by(person, factories.PASSWORD)
    assert invitations.waiting() == []


def test_a_known_person_joins_with_their_own_password_only(
    company: Company, other_company: Company, owner: User
) -> None:
    token = invitations.invite("owner@lab.example", Role.VIEWER, owner, Role.OWNER)
    assert "owner@lab.example" not in roles()

    with pytest.raises(people.PersonRefusedError):
        invitations.accept(token, "not the person's own")
    assert "owner@lab.example" not in roles()
    invitations.accept(token, factories.PASSWORD)

    person = people.find_person("owner@lab.example")
    assert person is not None
    assert {found.id for found, _ in companies.memberships_of(person.id)} == {company.id, other_company.id}


def test_a_link_works_once(company: Company, owner: User) -> None:
    token = invitations.invite(NEW, Role.VIEWER, owner, Role.OWNER)
    invitations.accept(token, factories.PASSWORD)
    person = people.find_person(NEW)
    assert person is not None
    team.remove_member(person.id, Role.OWNER)

    assert refused(lambda: invitations.accept(token, factories.PASSWORD)) is TeamCode.LINK_DEAD


def test_a_refused_password_leaves_the_link_alive(company: Company, owner: User) -> None:
    token = invitations.invite(NEW, Role.VIEWER, owner, Role.OWNER)

    with pytest.raises(people.PersonRefusedError):
        invitations.accept(token, "short")

    invitations.accept(token, factories.PASSWORD)


@pytest.mark.parametrize(
    ("age", "works"), [(timedelta(days=7, minutes=-1), True), (timedelta(days=7, seconds=1), False)]
)
def test_a_link_works_for_seven_days(company: Company, owner: User, age: timedelta, works: bool) -> None:
    token = invitations.invite(NEW, Role.VIEWER, owner, Role.OWNER)
    db.session.execute(update(Invitation).values(created_at=Invitation.created_at - age))
    db.session.commit()
    db.session.expire_all()

    assert len(invitations.waiting()) == works
    if works:
        invitations.accept(token, factories.PASSWORD)
    else:
        assert refused(lambda: invitations.accept(token, factories.PASSWORD)) is TeamCode.LINK_DEAD


def test_a_second_link_ends_the_first(company: Company, owner: User) -> None:
    first = invitations.invite(NEW, Role.ADMIN, owner, Role.OWNER)
    second = invitations.invite(NEW, Role.VIEWER, owner, Role.OWNER)

    assert refused(lambda: invitations.read(first)) is TeamCode.LINK_DEAD
    invitations.accept(second, factories.PASSWORD)
    assert roles()[NEW] is Role.VIEWER


def test_a_withdrawn_link_is_dead(company: Company, owner: User) -> None:
    token = invitations.invite(NEW, Role.VIEWER, owner, Role.OWNER)
    [invitation] = invitations.waiting()

    invitations.withdraw(invitation.id)

    assert refused(lambda: invitations.read(token)) is TeamCode.LINK_DEAD


@pytest.mark.parametrize("token", ["", "a", "a.b", "AAAA.é", "%00"])
def test_what_is_no_link_of_ours_is_refused(app: Flask, token: str) -> None:
    assert refused(lambda: invitations.read(token)) is TeamCode.LINK_DEAD


@pytest.mark.parametrize("change", ["remove", "demote"])
def test_an_admin_who_goes_leaves_no_link_to_come_back_by(company: Company, change: str) -> None:
    admin = member("admin@clinic.example", Role.ADMIN)
    token = invitations.invite("second@clinic.example", Role.ADMIN, admin, Role.ADMIN)

    if change == "remove":
        team.remove_member(admin.id, Role.OWNER)
    else:
        team.change_role(admin.id, Role.VIEWER, Role.OWNER)

    assert refused(lambda: invitations.read(token)) is TeamCode.LINK_DEAD


def test_who_is_there_or_has_no_address_is_not_invited(company: Company, owner: User) -> None:
    assert refused(lambda: invitations.invite(owner.email, Role.VIEWER, owner, Role.OWNER)) is TeamCode.ALREADY_THERE
    assert refused(lambda: invitations.invite("ann", Role.VIEWER, owner, Role.OWNER)) is TeamCode.EMAIL_INVALID


def test_nobody_grants_or_changes_a_role_above_their_own(company: Company, owner: User) -> None:
    admin = member("admin@clinic.example", Role.ADMIN)
    viewer = member("viewer@clinic.example", Role.VIEWER)
    before = roles()

    for asked in (
        lambda: invitations.invite(NEW, Role.OWNER, admin, Role.ADMIN),
        lambda: team.change_role(viewer.id, Role.OWNER, Role.ADMIN),
        lambda: team.change_role(admin.id, Role.OWNER, Role.ADMIN),
        lambda: team.change_role(owner.id, Role.VIEWER, Role.ADMIN),
        lambda: team.remove_member(owner.id, Role.ADMIN),
    ):
        assert refused(asked) is TeamCode.ABOVE_ONES_OWN

    assert roles() == before


def test_the_last_owner_stays(company: Company, owner: User) -> None:
    assert refused(lambda: team.remove_member(owner.id, Role.OWNER)) is TeamCode.LAST_OWNER
    assert refused(lambda: team.change_role(owner.id, Role.ADMIN, Role.OWNER)) is TeamCode.LAST_OWNER

    member("second@clinic.example", Role.OWNER)
    team.change_role(owner.id, Role.ADMIN, Role.OWNER)

    assert roles() == {"second@clinic.example": Role.OWNER, "owner@clinic.example": Role.ADMIN}


def test_of_two_owners_who_remove_each_other_at_once_one_stays(app: Flask, company: Company, owner: User) -> None:
    second = member("second@clinic.example", Role.OWNER)
    company_id, both, start = company.id, [owner.id, second.id], Barrier(2)

    def remove(index: int) -> TeamCode | None:
        with app.app_context(), tenancy.company(company_id):
            start.wait()
            try:
                team.remove_member(both[index], Role.OWNER)
            except TeamRefused as refusal:
                return refusal.code
            return None

    with ThreadPoolExecutor(2) as threads:
        ends = list(threads.map(remove, range(2)))

    assert set(ends) == {None, TeamCode.LAST_OWNER}
    assert list(roles().values()) == [Role.OWNER]


def test_another_companys_people_are_not_to_be_found(company: Company, other_company: Company) -> None:
    stranger = people.find_person("owner@lab.example")
    assert stranger is not None

    with pytest.raises(tenancy.NotFoundError):
        team.remove_member(stranger.id, Role.OWNER)
    with pytest.raises(tenancy.NotFoundError):
        team.change_role(stranger.id, Role.VIEWER, Role.OWNER)
