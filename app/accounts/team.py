"""The people of a company, in their roles. Nobody decides over a role above their own, and an owner remains."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app import tenancy
from app.extensions import db
from app.models import Invitation, Membership, Role, User


class TeamCode(StrEnum):
    """Why a company's team cannot be changed like that."""

    ALREADY_THERE = "already_there"
    ABOVE_ONES_OWN = "above_ones_own"
    LAST_OWNER = "last_owner"
    EMAIL_INVALID = "email_invalid"
    LINK_DEAD = "link_dead"


WORDS: dict[TeamCode, str] = {
    TeamCode.ALREADY_THERE: "This person is in the team already.",
    TeamCode.ABOVE_ONES_OWN: "Only somebody with this role or a higher one decides over it.",
    TeamCode.LAST_OWNER: "A company keeps at least one owner. Make somebody else an owner first.",
    TeamCode.EMAIL_INVALID: "Give an e-mail address, such as ann@clinic.example.",
    TeamCode.LINK_DEAD: "This link has been used, withdrawn or is too old. Ask for a new one.",
}


class TeamRefused(ValueError):  # noqa: N818  # an answer to the person who asks, not a defect
    """The team stays as it is."""

    def __init__(self, code: TeamCode) -> None:
        super().__init__(code.value)
        self.code = code


def add_member(person: User, role: Role) -> Membership:
    """Lets a person, new ones included, into the bound company, and commits. Raises `TeamRefused`."""
    db.session.add(person)
    db.session.flush()
    made: Membership | None = db.session.scalar(
        insert(Membership)
        .values(company_id=tenancy.company_id(), user_id=person.id, role=role)
        .on_conflict_do_nothing()
        .returning(Membership)
    )
    if made is None:
        raise TeamRefused(TeamCode.ALREADY_THERE)
    db.session.commit()
    return made


def members() -> list[tuple[User, Membership]]:
    """The people of the bound company, the highest role first, then by address."""
    found = db.session.execute(tenancy.rows(Membership).join(User).add_columns(User).order_by(User.email))
    order = list(Role)
    return sorted(((person, place) for place, person in found), key=lambda pair: order.index(pair[1].role))


def change_role(user_id: UUID, role: Role, by: Role) -> Membership:
    """Gives a member of the bound company another role, as somebody with the role `by`, and commits.

    Invitations that the member has made end, as they may be above the new role. Raises `TeamRefused`,
    `tenancy.NotFoundError`.
    """
    place = _place_to_change(user_id, by, stays_owner=role is Role.OWNER)
    if not by.includes(role):
        raise TeamRefused(TeamCode.ABOVE_ONES_OWN)
    place.role = role
    _end_invitations_of(user_id)
    db.session.commit()
    return place


def remove_member(user_id: UUID, by: Role) -> None:
    """Removes a member from the bound company, as somebody with the role `by`, and commits.

    Their invitations end with them, so that none lets them in again. Raises `TeamRefused`, `tenancy.NotFoundError`.
    """
    db.session.delete(_place_to_change(user_id, by, stays_owner=False))
    _end_invitations_of(user_id)
    db.session.commit()


def _place_to_change(user_id: UUID, by: Role, *, stays_owner: bool) -> Membership:
    # the owners' rows are locked first: of two owners who remove each other at the same time one is too late
    owners = db.session.scalars(
        select(Membership.user_id)
        .where(Membership.company_id == tenancy.company_id(), Membership.role == Role.OWNER)
        .order_by(Membership.user_id)
        .with_for_update()
    ).all()
    place = tenancy.get(Membership, user_id, for_update=True)
    if not by.includes(place.role):
        raise TeamRefused(TeamCode.ABOVE_ONES_OWN)
    if not stays_owner and list(owners) == [user_id]:
        raise TeamRefused(TeamCode.LAST_OWNER)
    return place


def _end_invitations_of(user_id: UUID) -> None:
    db.session.execute(
        delete(Invitation).where(Invitation.company_id == tenancy.company_id(), Invitation.invited_by == user_id)
    )
