"""What people write about incidents, in revisions; tasks, cases, saved views."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """From the version before."""
    _records()
    _cases()
    op.create_table(
        "saved_view",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_view_person_id")),
        sa.PrimaryKeyConstraint("person_id", "name", name=op.f("pk_saved_view")),
    )


def _records() -> None:
    op.create_table(
        "record",
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("submitted_by", sa.String(length=64)),
        sa.Column("checked_by", sa.String(length=64)),
        sa.Column("kinds", sa.String(length=120), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_record_incident_id")),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_record")),
    )
    op.create_table(
        "record_revision",
        sa.Column("id", ID, nullable=False),
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_record_revision_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_revision")),
        sa.UniqueConstraint("incident_id", "number", name=op.f("uq_record_revision_incident_id_number")),
    )
    op.create_table(
        "task",
        sa.Column("id", ID, nullable=False),
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("due", sa.Date()),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("done_by", sa.String(length=80)),
        sa.Column("done_at", TIME),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_task_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(op.f("ix_task_incident_id"), "task", ["incident_id"], unique=False)


def _cases() -> None:
    op.create_table(
        "visitor_case",
        sa.Column("id", ID, nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("alias", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("agreed", sa.Text(), nullable=False),
        sa.Column("limit_s", sa.Float()),
        sa.Column("two_staff", sa.Boolean(), nullable=False),
        sa.Column("always_record", sa.Boolean(), nullable=False),
        sa.Column("readers", sa.Text(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitor_case")),
    )
    op.create_index(op.f("ix_visitor_case_site"), "visitor_case", ["site"], unique=False)
    op.create_table(
        "case_revision",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["visitor_case.id"], name=op.f("fk_case_revision_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_revision")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_case_revision_case_id_number")),
    )
    op.create_table(
        "case_incident",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["visitor_case.id"], name=op.f("fk_case_incident_case_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_case_incident_incident_id")),
        sa.PrimaryKeyConstraint("case_id", "incident_id", name=op.f("pk_case_incident")),
    )
    op.create_index(op.f("ix_case_incident_incident_id"), "case_incident", ["incident_id"], unique=False)
