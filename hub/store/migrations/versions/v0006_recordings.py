"""Recordings, the keys of each, and the ledger of what was done with them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

APPEND_ONLY_SQLITE = (
    """CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    # INSERT OR REPLACE deletes without asking a trigger of deletions.
    """CREATE TRIGGER ledger_no_replace BEFORE INSERT ON ledger
    WHEN EXISTS (SELECT 1 FROM ledger WHERE site = NEW.site AND seq >= NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
)
APPEND_ONLY_POSTGRESQL = (
    """CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$""",
    """CREATE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE ON ledger
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse()""",
    """CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()""",
)


def upgrade() -> None:
    """From the one before."""
    op.create_table(
        "ledger",
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("site", "seq", name=op.f("pk_ledger")),
    )
    op.create_index(op.f("ix_ledger_site_at"), "ledger", ["site", "at"], unique=False)
    op.create_index(op.f("ix_ledger_site_subject"), "ledger", ["site", "subject"], unique=False)
    op.create_table(
        "ledger_day",
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.LargeBinary(), nullable=True),
        sa.Column("stamped", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("site", "day", name=op.f("pk_ledger_day")),
    )
    op.create_table(
        "recording",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("clock", sa.String(length=8), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("samples", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("end", sa.String(length=16), nullable=True),
        sa.Column("closed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("altered", sa.Integer(), nullable=False),
        sa.Column("held_by", sa.String(length=80), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_why", sa.Text(), nullable=True),
        sa.Column("deleted", sa.DateTime(timezone=True), nullable=True),
        sa.Column("emptied", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
    )
    op.create_index(op.f("ix_recording_site_started"), "recording", ["site", "started"], unique=False)
    op.create_index(
        op.f("ix_recording_site_unit_ended"), "recording", ["site", "unit", "ended"], unique=False
    )
    op.create_table(
        "disclosure",
        sa.Column("id", ID, nullable=False),
        sa.Column("site", sa.String(length=32), nullable=False),
        sa.Column("recording", sa.String(length=32), nullable=False),
        sa.Column("given", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recipient", sa.String(length=400), nullable=False),
        sa.Column("what", sa.String(length=400), nullable=False),
        sa.Column("basis", sa.String(length=400), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("recorded", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["recording"], ["recording.id"], name=op.f("fk_disclosure_recording")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )
    op.create_index(op.f("ix_disclosure_recording"), "disclosure", ["recording"], unique=False)
    op.create_table(
        "play",
        sa.Column("grant_hash", sa.String(length=64), nullable=False),
        sa.Column("recording", sa.String(length=32), nullable=False),
        sa.Column("sign_in", sa.String(length=64), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["recording"], ["recording.id"], name=op.f("fk_play_recording")),
        sa.PrimaryKeyConstraint("grant_hash", name=op.f("pk_play")),
    )
    op.create_index(op.f("ix_play_recording"), "play", ["recording"], unique=False)
    op.create_table(
        "recording_key",
        sa.Column("recording", sa.String(length=32), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["recording"], ["recording.id"], name=op.f("fk_recording_key_recording")),
        sa.PrimaryKeyConstraint("recording", name=op.f("pk_recording_key")),
    )
    op.create_table(
        "segment",
        sa.Column("recording", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("media", sa.String(length=16), nullable=False),
        sa.Column("first_sample", sa.BigInteger(), nullable=False),
        sa.Column("samples", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waveform", sa.LargeBinary(), nullable=True),
        sa.Column("altered", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["recording"], ["recording.id"], name=op.f("fk_segment_recording")),
        sa.PrimaryKeyConstraint("recording", "position", name=op.f("pk_segment")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in APPEND_ONLY_SQLITE if sqlite else APPEND_ONLY_POSTGRESQL:
        op.execute(statement)
