"""Invitations into a company: a link that the inviter hands over, which works once and for a week.

Known and unknown people get the same link, so nobody learns from an invitation who signs in here. It is followed with
a password: a known person's own, a new person's first. Whoever took an address before its owner did gains nothing by
it, as no one is let in who does not hold the link.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64Error
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from itsdangerous import BadSignature, Signer
from sqlalchemy import delete

from app import tenancy
from app.accounts import people, team
from app.accounts.team import TeamCode, TeamRefused
from app.clock import now
from app.extensions import db, settings
from app.models import Company, Invitation, Membership, Role, User
from app.queueing.email import normalised_email

LIFETIME = timedelta(days=7)

_UUID_BYTES = 16


def invite(email: str, role: Role, inviter: User, by: Role) -> str:
    """Invites a person into the bound company, as somebody with the role `by`, and commits.

    The token of the link is returned here and never again; a former one for the same person is dead. Raises
    `TeamRefused`.
    """
    name = people.sign_in_name(email)
    if name is None or normalised_email(name) is None:
        raise TeamRefused(TeamCode.EMAIL_INVALID)
    if not by.includes(role):
        raise TeamRefused(TeamCode.ABOVE_ONES_OWN)
    person = people.find_person(email)
    if person is not None and tenancy.find(Membership, person.id):
        raise TeamRefused(TeamCode.ALREADY_THERE)
    company_id = tenancy.company_id()
    db.session.execute(delete(Invitation).where(Invitation.company_id == company_id, Invitation.email == name))
    made = Invitation(company_id=company_id, email=name, role=role, invited_by=inviter.id)
    db.session.add(made)
    db.session.commit()
    return _signer().sign(urlsafe_b64encode(company_id.bytes + made.id.bytes)).decode()


def waiting() -> list[Invitation]:
    """The invitations of the bound company that can still be followed, the newest first."""
    return list(
        db.session.scalars(
            tenancy.rows(Invitation)
            .where(Invitation.created_at > now() - LIFETIME)
            .order_by(Invitation.created_at.desc(), Invitation.id)
        )
    )


def withdraw(invitation_id: UUID) -> Invitation:
    """Ends an invitation of the bound company, and commits. Raises `tenancy.NotFoundError`."""
    invitation = tenancy.get(Invitation, invitation_id)
    db.session.delete(invitation)
    db.session.commit()
    return invitation


def read(token: str) -> tuple[Company, Invitation]:
    """What a link invites to. Raises `TeamRefused` for one that does not work (any more)."""
    with _followed(token) as invitation:
        return db.session.get_one(Company, invitation.company_id), invitation


def accept(token: str, password: str) -> Company:
    """Lets the invited person in by their own password, a new one by a first, and commits; the link is used up.

    Raises `TeamRefused`, `people.PersonRefusedError`.
    """
    with _followed(token) as invitation:
        person = people.known_or_new(invitation.email, password)
        db.session.delete(invitation)
        team.add_member(person, invitation.role)
        return db.session.get_one(Company, invitation.company_id)


@contextmanager
def _followed(token: str) -> Iterator[Invitation]:
    try:
        content = urlsafe_b64decode(_signer().unsign(token.encode()))
    except (BadSignature, NotBase64Error):
        raise TeamRefused(TeamCode.LINK_DEAD) from None
    company_id, invitation_id = UUID(bytes=content[:_UUID_BYTES]), UUID(bytes=content[_UUID_BYTES:])
    with tenancy.company(company_id):
        invitation = tenancy.find(Invitation, invitation_id, for_update=True)
        if invitation is None or invitation.created_at <= now() - LIFETIME:
            raise TeamRefused(TeamCode.LINK_DEAD)
        try:
            yield invitation
        except (TeamRefused, people.PersonRefusedError):
            db.session.rollback()
            raise


def _signer() -> Signer:
    return Signer(
        settings().secret_key, salt="carillon.invitation", key_derivation="hmac", digest_method=hashlib.sha256
    )
