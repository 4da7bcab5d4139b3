"""What is to be told to whom outside."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From 0001."""
    op.create_table(
        "notices",
        sa.Column("number", ID, nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=96), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("lane", sa.String(length=400), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("holder", sa.String(length=64)),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("last_error", sa.String(length=200)),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_notices")),
        sa.UniqueConstraint("site", "id", name=op.f("uq_notices_site_id")),
    )
    op.create_index(
        "ix_notices_claim",
        "notices",
        ["site", "state", "channel", "lane", "rank", "attempts", "number"],
        unique=False,
    )
    op.create_index(
        "ix_notices_subject", "notices", ["site", "channel", "address", "subject", "number"], unique=False
    )
