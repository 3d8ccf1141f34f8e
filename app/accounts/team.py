"""The people of a company, in their roles."""

from enum import StrEnum

from sqlalchemy.dialects.postgresql import insert

from app import tenancy
from app.extensions import db
from app.models import Membership, Role, User


class TeamCode(StrEnum):
    """Why a company's team cannot be changed like that."""

    ALREADY_THERE = "already_there"


WORDS: dict[TeamCode, str] = {
    TeamCode.ALREADY_THERE: "This person is in the team already.",
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
