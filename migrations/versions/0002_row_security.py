"""row security: a transaction sees the rows of the company it has named, and no others

The policies are forced, because the application owns its tables and an owner is otherwise exempt. A superuser is
exempt whatever we do, so the application must not connect as one.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "memberships",
    "invitations",
    "api_keys",
    "senders",
    "data_sources",
    "record_blocks",
    "rejected_rows",
    "campaigns",
    "campaign_versions",
    "campaign_files",
    "dry_runs",
    "dry_run_keys",
    "runs",
    "run_parts",
    "tallies",
    "messages",
    "failures",
    "receipts",
    "replies",
    "dispositions",
    "suppressions",
)
# what the sweeps must be able to find before they know whose it is
SWEPT_TABLES = ("data_sources", "campaigns", "dry_runs", "runs", "run_parts", "tallies", "messages", "receipts")

# in a sub-select, which is answered once a statement and not once a row
OWN_ROWS = "company_id = (SELECT nullif(current_setting('app.company_id', true), '')::uuid)"


def upgrade() -> None:
    for table in TENANT_TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_rows ON {table} USING ({OWN_ROWS}) WITH CHECK ({OWN_ROWS})")
    for table in SWEPT_TABLES:
        op.execute(
            f"CREATE POLICY sweeps_read ON {table} FOR SELECT"
            " USING ((SELECT current_setting('app.everywhere', true) = 'on'))"
        )
    op.execute(
        "CREATE POLICY own_memberships ON memberships FOR SELECT"
        " USING (user_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid))"
    )


def downgrade() -> None:
    op.execute("DROP POLICY own_memberships ON memberships")
    for table in SWEPT_TABLES:
        op.execute(f"DROP POLICY sweeps_read ON {table}")
    for table in TENANT_TABLES:
        op.execute(f"DROP POLICY own_rows ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
