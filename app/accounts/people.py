"""People and their passwords, kept by Flask-Security."""

from uuid import uuid4

from flask import current_app
from flask_security import EmailValidateException, SQLAlchemyUserDatastore, hash_password, verify_password
from sqlalchemy import func, select

from app.extensions import db, security
from app.models import User, new_id
from app.queueing.email import normalised_email

# roles belong to a membership (app.models.Role), so Flask-Security gets no table for its own
datastore = SQLAlchemyUserDatastore(db, User, None)  # type: ignore[arg-type]


class EmailTakenError(ValueError):
    """Somebody already signs in with this address."""


class PersonRefusedError(ValueError):
    """Nobody can sign in like that; says what is wrong in words."""


def sign_in_name(email: str) -> str | None:
    """`email` as the sign-in reads it, in lower case: one spelling for all that lead to the same person.

    None for what nobody can sign in with.
    """
    try:
        return str(security.mail_util.normalize(email.strip())).lower()
    except EmailValidateException:
        return None


def find_person(email: str) -> User | None:
    """The person who signs in with `email`, however it is spelled."""
    name = sign_in_name(email)
    return db.session.scalar(select(User).where(func.lower(User.email) == name)) if name else None


def add_person(email: str, password: str) -> User:
    """Adds a person to the session (not committed). Raises `EmailTakenError`, `PersonRefusedError`."""
    name = sign_in_name(email)
    if name is None or normalised_email(name) is None:
        raise PersonRefusedError(f"{email!r} is not an e-mail address.")
    least = current_app.config["SECURITY_PASSWORD_LENGTH_MIN"]
    if len(password) < least:
        raise PersonRefusedError(f"A password has at least {least} characters.")
    if find_person(email):
        raise EmailTakenError(email)
    user = User(
        id=new_id(),
        email=name,
        password=hash_password(password),
        fs_uniquifier=uuid4().hex,
    )
    db.session.add(user)
    return user


def known_or_new(email: str, password: str) -> User:
    """The person who signs in with `email`, or a new one, in the session (not committed).

    Anybody may have signed up with this address before: only their password says that it is who is meant. Raises
    `PersonRefusedError`.
    """
    person = find_person(email)
    if person is None:
        return add_person(email, password)
    if not is_known_by(person, password):
        raise PersonRefusedError(f"{email} signs in already, with another password.")
    return person


def is_known_by(user: User, password: str) -> bool:
    """True when `password` is the person's."""
    return user.password is not None and bool(verify_password(password, user.password))
