"""Runs Alembic over the application's own engine and metadata."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from app.extensions import db

config = context.config


def _options() -> dict[str, object]:
    options = dict(current_app.extensions["migrate"].configure_args)
    return {"target_metadata": db.metadata, "transaction_per_migration": True, **options}


def migrate(connection: Connection) -> None:
    """Brings the connected database to the wanted revision."""
    context.configure(connection=connection, **_options())
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    context.configure(url=db.engine.url.render_as_string(hide_password=False), literal_binds=True, **_options())
    with context.begin_transaction():
        context.run_migrations()
else:
    with db.engine.connect() as open_connection:
        migrate(open_connection)
