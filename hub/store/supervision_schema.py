"""The tables of what the hub supervises and asks of units. See ``hub.store.schema``."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from hub.store.schema import Id, Utc, metadata

trouble = Table(
    "trouble",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", String(32), nullable=False),
    Column("unit", String(32), nullable=False),  # or "hub", or a ladder
    Column("part", String(48), nullable=False),
    Column("detail", String(400), nullable=False),
    Column("since", Utc, nullable=False),
    Column("present", Boolean, nullable=False),
    Column("changed_at", Text, nullable=False),  # JSON: times of the last changes
    Column("unsteady", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("acknowledged_by", String(80)),
    Column("ended", Utc),
    Column("tier_index", Integer),
    Column("tier_round", Integer),
    Column("tier_due", Utc),
    Column("calls", Integer, nullable=False),
    Column("told", Text, nullable=False),  # JSON: [[channel, address, language], …]
    Index(None, "site", "state"),
    Index(None, "site", "unit", "part"),
)

maintenance = Table(
    "maintenance",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", String(32), nullable=False),
    Column("unit", String(32)),
    Column("area", String(32)),
    Column("begin_at", Utc, nullable=False),
    Column("until_at", Utc, nullable=False),
    Column("by", String(80), nullable=False),
    Column("why", String(400), nullable=False),
    Column("ended", Utc),
    Index(None, "site", "until_at"),
)

absence = Table(
    "absence",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", String(32), nullable=False),
    Column("login", String(64), nullable=False),
    Column("begin_at", Utc, nullable=False),
    Column("until_at", Utc, nullable=False),
    Column("by", String(80), nullable=False),
    Index(None, "site", "until_at"),
)

drill = Table(
    "drill",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", String(32), nullable=False),
    Column("unit", String(32)),
    Column("area", String(32)),
    Column("begin_at", Utc, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("by", String(80), nullable=False),
    Column("every_days", Integer),
    Column("started", Utc),
    Column("ended", Utc),
    Index(None, "site", "begin_at"),
)

drill_press = Table(
    "drill_press",
    metadata,
    Column("drill_id", Id, ForeignKey("drill.id"), primary_key=True),
    Column("unit", String(32), primary_key=True),
    Column("button", String(16), primary_key=True),
    Column("pressed", Utc, nullable=False),
    Column("after_s", Float, nullable=False),
    Column("took_s", Float, nullable=False),
)

button = Table(
    "button",
    metadata,
    Column("site", String(32), primary_key=True),
    Column("unit", String(32), primary_key=True),
    Column("button", String(16), primary_key=True),
    Column("since", Utc, nullable=False),  # the hub first heard of it
    Column("at", Utc),  # its last press
)

order = Table(
    "command",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("site", String(32), nullable=False),
    Column("unit", String(32), nullable=False),
    Column("name", String(32), nullable=False),
    Column("arguments", Text, nullable=False),  # JSON object
    Column("created", Utc, nullable=False),
    Column("expires", Utc, nullable=False),
    Column("by", String(80), nullable=False),
    Column("drill_id", Id, ForeignKey("drill.id")),
    Column("answered", Utc),
    Column("done", Boolean),
    Column("why", String(400), nullable=False),
    Index(None, "site", "unit", "created"),
)

desired = Table(
    "desired",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", String(32), nullable=False),
    Column("unit", String(32), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("settings", Text, nullable=False),  # JSON object
    Column("by", String(80), nullable=False),
    Column("at", Utc, nullable=False),
    UniqueConstraint("site", "unit", "version"),
)
