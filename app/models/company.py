"""Companies, the people in them, their API keys and their senders."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import now
from app.models.base import Base, CompanyOwned, Owned, coded, new_id, of_company


class Role(StrEnum):
    """What a person may do in a company; each may do what the ones after it may."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"

    def includes(self, other: "Role") -> bool:
        """True when this role may do what `other` may."""
        order = list(Role)
        return order.index(self) <= order.index(other)


class Company(Base):
    """The tenant. Its own table is the register of tenants, so it carries no `company_id`."""

    __tablename__ = "companies"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    time_zone: Mapped[str] = mapped_column(default="America/New_York")
    region: Mapped[str] = mapped_column(default="US")
    language: Mapped[str] = mapped_column(default="en")
    sandbox: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)


class User(Base, UserMixin):
    """A person who signs in. May be a member of several companies.

    Flask-Security's mixin declares these columns with narrower types than its own documentation asks for.
    """

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)  # type: ignore[assignment]
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    confirmed_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]  # type: ignore[assignment]
    current_login_at: Mapped[datetime | None]  # type: ignore[assignment]
    last_login_ip: Mapped[str | None]
    current_login_ip: Mapped[str | None]
    login_count: Mapped[int | None]  # type: ignore[assignment]
    created_at: Mapped[datetime] = mapped_column(default=now)

    # Flask-Security asks for roles of the whole installation; ours belong to a membership
    roles: list[RoleMixin] = []  # noqa: RUF012


class Membership(Base, CompanyOwned):
    """A person's place in a company."""

    __tablename__ = "memberships"
    __table_args__ = (of_company(),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    role: Mapped[Role] = mapped_column(coded(Role))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Invitation(Base, Owned):
    """A place in a company that a person has not taken yet. The row goes when they do."""

    __tablename__ = "invitations"
    __table_args__ = (of_company(), UniqueConstraint("company_id", "email"))

    email: Mapped[str]
    role: Mapped[Role] = mapped_column(coded(Role))
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class ApiKey(Base, Owned):
    """A program's way in. Only a hash of the secret is kept."""

    __tablename__ = "api_keys"
    __table_args__ = (of_company(),)

    name: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hint: Mapped[str]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Channel(StrEnum):
    """The ways in which a message can reach a person."""

    SMS = "sms"
    WHATSAPP = "whatsapp"
    VOICE = "voice"
    EMAIL = "email"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"


class Sender(Base, Owned):
    """A number, messaging service, mailbox or page that messages go out from."""

    __tablename__ = "senders"
    __table_args__ = (
        of_company(),
        UniqueConstraint("company_id", "channel", "address"),
        Index("ix_senders_address", "channel", "address"),
    )

    channel: Mapped[Channel] = mapped_column(coded(Channel))
    address: Mapped[str]
    label: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
