"""People and their passwords, kept by Flask-Security."""

from uuid import uuid4

from flask import current_app
from flask_security import SQLAlchemyUserDatastore, hash_password, verify_password
from sqlalchemy import func, select

from app.extensions import db
from app.models import User, new_id
from app.queueing.email import normalised_email

# roles belong to a membership (app.models.Role), so Flask-Security gets no table for its own
datastore = SQLAlchemyUserDatastore(db, User, None)  # type: ignore[arg-type]


class EmailTakenError(ValueError):
    """Somebody already signs in with this address."""


class PersonRefusedError(ValueError):
    """Nobody can sign in like that; says what is wrong in words."""


def find_person(email: str) -> User | None:
    """The person who signs in with `email`, whatever its case."""
    return db.session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))


def add_person(email: str, password: str) -> User:
    """Adds a person to the session (not committed). Raises `EmailTakenError`, `PersonRefusedError`."""
    if normalised_email(email.strip()) is None:
        raise PersonRefusedError(f"{email!r} is not an e-mail address.")
    least = current_app.config["SECURITY_PASSWORD_LENGTH_MIN"]
    if len(password) < least:
        raise PersonRefusedError(f"A password has at least {least} characters.")
    if find_person(email):
        raise EmailTakenError(email)
    user = User(
        id=new_id(),
        email=email.strip().lower(),
        password=hash_password(password),
        fs_uniquifier=uuid4().hex,
    )
    db.session.add(user)
    return user


def is_known_by(user: User, password: str) -> bool:
    """True when `password` is the person's."""
    return user.password is not None and bool(verify_password(password, user.password))
