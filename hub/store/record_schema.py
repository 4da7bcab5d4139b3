"""The tables of what people write about incidents, and of cases. See ``hub.store.schema``."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from hub.store.schema import Id, Utc, metadata

record = Table(
    "record",
    metadata,
    Column("incident_id", Id, ForeignKey("incident.id"), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("stage", String(16), nullable=False),  # draft, checking, deciding, approved
    Column("submitted_by", String(64)),  # login
    Column("checked_by", String(64)),
    Column("kinds", String(120), nullable=False),  # ",2a,2c,": found by LIKE
    Column("search", Text, nullable=False),  # everything in it, folded as hub.record.folding does
)

record_revision = Table(
    "record_revision",
    metadata,
    Column("id", Id, primary_key=True),
    Column("incident_id", Id, ForeignKey("incident.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    Column("who", String(80), nullable=False),
    Column("login", String(64), nullable=False),
    Column("content", Text, nullable=False),  # JSON object: the whole report
    UniqueConstraint("incident_id", "number"),
)

task = Table(
    "task",
    metadata,
    Column("id", Id, primary_key=True),
    Column("incident_id", Id, ForeignKey("incident.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("text", String(400), nullable=False),
    Column("owner", String(80), nullable=False),
    Column("due", Date),
    Column("added_by", String(80), nullable=False),
    Column("added_at", Utc, nullable=False),
    Column("done_by", String(80)),
    Column("done_at", Utc),
)

visitor_case = Table(
    "visitor_case",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", String(32), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("alias", String(80), nullable=False),
    Column("note", Text, nullable=False),
    Column("agreed", Text, nullable=False),
    Column("limit_s", Float),
    Column("two_staff", Boolean, nullable=False),
    Column("always_record", Boolean, nullable=False),
    Column("readers", Text, nullable=False),  # JSON: [login, …]; empty: every supervisor
    Column("closed", Boolean, nullable=False),
)

case_revision = Table(
    "case_revision",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Id, ForeignKey("visitor_case.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    Column("who", String(80), nullable=False),
    Column("login", String(64), nullable=False),
    Column("content", Text, nullable=False),  # JSON object: the whole case
    UniqueConstraint("case_id", "number"),
)

case_incident = Table(
    "case_incident",
    metadata,
    Column("case_id", Id, ForeignKey("visitor_case.id"), primary_key=True),
    Column("incident_id", Id, ForeignKey("incident.id"), primary_key=True, index=True),
    Column("who", String(80), nullable=False),
    Column("at", Utc, nullable=False),
)

saved_view = Table(
    "saved_view",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
    Column("name", String(80), primary_key=True),
    Column("query", String(2000), nullable=False),  # of the address
)
