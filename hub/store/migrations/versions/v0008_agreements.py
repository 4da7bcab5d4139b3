"""Meetings under what a case has agreed, and when a unit last told a meeting's limits."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """From 0007."""
    op.add_column("session", sa.Column("case_id", sa.BigInteger()))
    op.add_column("session", sa.Column("told_at", sa.Float(), nullable=False, server_default="0"))
    agreed = sa.text("case_id IS NOT NULL")
    op.create_index(
        "ix_session_agreed", "session", ["site", "unit"], sqlite_where=agreed, postgresql_where=agreed
    )
