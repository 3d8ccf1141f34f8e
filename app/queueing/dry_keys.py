"""What a dry run must know to tell repeats: what has been said already, and what it has counted itself.

The keys of real messages are only read. Its own are kept in the database, because a million of them are no worker's to
hold, and the next worker would not have them. Nothing here commits.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Uuid, any_, delete, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from app import tenancy
from app.extensions import db
from app.models import DryRunKey, Message


def said_already(keys: Collection[UUID]) -> frozenset[UUID]:
    """Those of `keys` that a message of the bound company has."""
    found = db.session.scalars(
        select(Message.dedupe_key).where(
            Message.company_id == tenancy.company_id(), Message.dedupe_key == any_(literal(list(keys), ARRAY(Uuid)))
        )
    )
    return frozenset(key for key in found if key is not None)


def counted_before(dry_run_id: UUID, keys: Collection[UUID]) -> frozenset[UUID]:
    """Those of `keys` that a dry run has kept before; from now on it has kept them all."""
    if not keys:
        return frozenset()
    statement = (
        insert(DryRunKey)
        .from_select(
            ["company_id", "dry_run_id", "key"],
            select(
                literal(tenancy.company_id(), Uuid),
                literal(dry_run_id, Uuid),
                func.unnest(literal(list(keys), ARRAY(Uuid))),
            ),
        )
        .on_conflict_do_nothing()
        .returning(DryRunKey.key)
    )
    return frozenset(keys) - frozenset(db.session.scalars(statement))


def forget_keys(dry_run_id: UUID) -> None:
    """Takes away all that a dry run has kept."""
    db.session.execute(
        delete(DryRunKey).where(DryRunKey.company_id == tenancy.company_id(), DryRunKey.dry_run_id == dry_run_id),
        execution_options={"synchronize_session": False},
    )
