"""Calls with people in them; troubles, maintenance, absences, drills, orders, desired configurations."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From 0002."""
    op.create_table(
        "absence",
        sa.Column("id", ID, nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("begin_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_site_until_at"), "absence", ["site", "until_at"], unique=False)
    op.create_table(
        "button",
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("button", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("site", "unit", "button", name=op.f("pk_button")),
    )
    op.create_table(
        "desired",
        sa.Column("id", ID, nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desired")),
        sa.UniqueConstraint("site", "unit", "version", name=op.f("uq_desired_site_unit_version")),
    )
    op.create_table(
        "drill",
        sa.Column("id", ID, nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=32)),
        sa.Column("area", sa.String(length=32)),
        sa.Column("begin_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("every_days", sa.Integer()),
        sa.Column("started", sa.DateTime(timezone=True)),
        sa.Column("ended", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill")),
    )
    op.create_index(op.f("ix_drill_site_begin_at"), "drill", ["site", "begin_at"], unique=False)
    op.create_table(
        "maintenance",
        sa.Column("id", ID, nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=32)),
        sa.Column("area", sa.String(length=32)),
        sa.Column("begin_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("why", sa.String(length=400), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance")),
    )
    op.create_index(op.f("ix_maintenance_site_until_at"), "maintenance", ["site", "until_at"], unique=False)
    op.create_table(
        "trouble",
        sa.Column("id", ID, nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("part", sa.String(length=48), nullable=False),
        sa.Column("detail", sa.String(length=400), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.Text(), nullable=False),
        sa.Column("unsteady", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("acknowledged_by", sa.String(length=80)),
        sa.Column("ended", sa.DateTime(timezone=True)),
        sa.Column("tier_index", sa.Integer()),
        sa.Column("tier_round", sa.Integer()),
        sa.Column("tier_due", sa.DateTime(timezone=True)),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trouble")),
    )
    op.create_index(op.f("ix_trouble_site_state"), "trouble", ["site", "state"], unique=False)
    op.create_index(op.f("ix_trouble_site_unit_part"), "trouble", ["site", "unit", "part"], unique=False)
    op.create_table(
        "command",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("drill_id", ID),
        sa.Column("answered", sa.DateTime(timezone=True)),
        sa.Column("done", sa.Boolean()),
        sa.Column("why", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["drill_id"], ["drill.id"], name=op.f("fk_command_drill_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command")),
    )
    op.create_index(
        op.f("ix_command_site_unit_created"), "command", ["site", "unit", "created"], unique=False
    )
    op.create_table(
        "drill_press",
        sa.Column("drill_id", ID, nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("button", sa.String(length=16), nullable=False),
        sa.Column("pressed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after_s", sa.Float(), nullable=False),
        sa.Column("took_s", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["drill_id"], ["drill.id"], name=op.f("fk_drill_press_drill_id")),
        sa.PrimaryKeyConstraint("drill_id", "unit", "button", name=op.f("pk_drill_press")),
    )
    op.add_column("entry", sa.Column("actor", sa.String(length=80), server_default="hub", nullable=False))
    op.add_column("incident", sa.Column("tier_reason", sa.String(length=16)))
    op.add_column("incident", sa.Column("helper", sa.String(length=80)))
    op.add_column("incident", sa.Column("arrive_by", sa.DateTime(timezone=True)))
    op.add_column("incident", sa.Column("called_at", sa.DateTime(timezone=True)))
    op.add_column("incident", sa.Column("calls", sa.Integer(), server_default="0", nullable=False))
    op.add_column("incident", sa.Column("told", sa.Text(), server_default="[]", nullable=False))
    op.add_column("incident", sa.Column("sign_due", sa.DateTime(timezone=True)))
    op.add_column("incident", sa.Column("snoozed_until", sa.DateTime(timezone=True)))
    op.add_column("incident", sa.Column("ends_at", sa.DateTime(timezone=True)))
    op.add_column("incident", sa.Column("merged_into", ID))
