"""What every table shares: ids, instants, coded columns, the company that a row belongs to."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import DateTime, Enum, ForeignKeyConstraint, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

Json = dict[str, Any]


class Base(DeclarativeBase):
    """Declarative base; names of constraints are fixed so that migrations can find them again."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: DateTime(timezone=True),
            str: Text(),
            UUID: Uuid(),
            Json: JSONB(),
        },
    )


def new_id() -> UUID:
    """A UUIDv7: ordered by the time it was made, safe to show."""
    return uuid_utils.compat.uuid7()


def coded(codes: type[StrEnum]) -> Enum:
    """A text column that holds the values of `codes`; a new code needs no migration."""
    return Enum(
        codes,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda enum: [member.value for member in enum],
    )


def of_company() -> ForeignKeyConstraint:
    """The foreign key of a table that hangs directly on its company."""
    return ForeignKeyConstraint(["company_id"], ["companies.id"])


def within_company(*columns: str, to: str, on: tuple[str, ...] = ("id",), **options: Any) -> ForeignKeyConstraint:
    """A foreign key that leads with `company_id`, so that a child cannot point into another company."""
    return ForeignKeyConstraint(
        ["company_id", *columns], [f"{to}.{column}" for column in ("company_id", *on)], **options
    )


class CompanyOwned:
    """Mixin of a table whose rows belong to one company: `company_id` leads its key.

    The table says by `of_company()` or `within_company()` what the company id must match.
    """

    company_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-2)


class Owned(CompanyOwned):
    """Mixin of a tenant table with an id of its own."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)
