"""Who may change the course of a run, while who is walking it.

Batches share the lock; whoever cancels a run or lets it go further takes it alone, so that no batch goes by what was
true before. An advisory lock, because PostgreSQL queues those fairly: with a row lock, batches that keep coming could
keep a cancel waiting for as long as the run lasts.
"""

from uuid import UUID

from sqlalchemy import func, select

from app.extensions import db


def share_run(run_id: UUID) -> None:
    """Takes the run's lock beside others, until the transaction ends."""
    db.session.execute(select(func.pg_advisory_xact_lock_shared(_key(run_id))))


def hold_run(run_id: UUID) -> None:
    """Takes the run's lock alone, until the transaction ends."""
    db.session.execute(select(func.pg_advisory_xact_lock(_key(run_id))))


def _key(run_id: UUID) -> int:
    # the random half of a UUIDv7; two runs that share a key only wait for one another
    return int.from_bytes(run_id.bytes[8:], signed=True)
