"""The tables. Every time is UTC; every change here needs a migration (a test compares the two)."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only where the type is exactly INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


class Utc(TypeDecorator[datetime]):
    """A moment in UTC. SQLite has no time zones, so the database gets naive UTC there."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> Any:
        """Aware to UTC; a naive time is a bug of ours and raises ``ValueError``."""
        return None if value is None else _in_utc(value)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Always aware."""
        return None if value is None else value.astimezone(UTC)

    # SQLite in one step, without SQLAlchemy's own: a press takes ten times to the database.

    def bind_processor(self, dialect: Dialect) -> Any:
        """What is done to each value on its way to the driver."""
        return _to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """What is done to each value that comes from the driver."""
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a time without its zone must not be stored")
    return value.astimezone(UTC)


# Rows of one transaction hold few moments, many times over: when it is, and when an incident began.
@lru_cache(maxsize=1024)
def _to_text(value: datetime | None) -> str | None:
    """``2026-11-22 05:00:00.000000``, as SQLAlchemy writes it, so that texts sort as times do."""
    return None if value is None else _in_utc(value).isoformat(" ", "microseconds")[:26]


@lru_cache(maxsize=1024)
def _from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


event = Table(
    "event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", String(32), nullable=False),
    Column("unit", String(32), nullable=False),
    Column("epoch", String(32), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("type", String(80), nullable=False),
    Column("time", Utc, nullable=False),  # by the unit's clock, as good as `clock` says
    Column("received_at", Utc, nullable=False),
    Column("late_s", Float, nullable=False),
    Column("clock", String(8), nullable=False),
    Column("boot", String(32), nullable=False),
    Column("uptime", Float, nullable=False),
    Column("payload", Text, nullable=False),  # as it came: evidence is not re-written
    UniqueConstraint("site", "unit", "epoch", "sequence"),
)

stream = Table(
    "stream",
    metadata,
    Column("site", String(32), primary_key=True),
    Column("unit", String(32), primary_key=True),
    Column("epoch", String(32), primary_key=True),
    Column("through", BigInteger, nullable=False),
    Column("beyond", Text, nullable=False),  # JSON: [[first, last], …]
    Column("updated_at", Utc, nullable=False),
)

incident = Table(
    "incident",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", String(32), nullable=False),
    Column("unit", String(32), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("kinds", Text, nullable=False),  # JSON: ["panic", …]
    Column("state", String(16), nullable=False),
    Column("opened", Utc, nullable=False),
    Column("last", Utc, nullable=False),
    Column("presses", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("late_s", Float, nullable=False),
    Column("acknowledged_by", String(80)),
    Column("acknowledged_at", Utc),
    Column("tier_index", Integer),
    Column("tier_round", Integer),
    Column("tier_due", Utc),
    Column("level_dba", Float),
    Column("calibrated", Boolean),
    Column("last_event", String(64), nullable=False),
    Column("outcome", String(32)),
    Column("tier_reason", String(16)),
    Column("helper", String(80)),
    Column("arrive_by", Utc),
    Column("called_at", Utc),
    Column("calls", Integer, nullable=False, server_default="0"),
    Column("told", Text, nullable=False, server_default="[]"),  # JSON: [[channel, address, language], …]
    Column("sign_due", Utc),
    Column("snoozed_until", Utc),
    Column("ends_at", Utc),
    Column("merged_into", Id),
    Index(None, "site", "state", "unit"),
)

entry = Table(
    "entry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("incident_id", Id, ForeignKey("incident.id"), nullable=False, index=True),
    Column("at", Utc, nullable=False),  # when it happened
    Column("recorded_at", Utc, nullable=False),
    Column("what", String(32), nullable=False),
    Column("who", String(80)),  # a person's name; empty for what machines did
    Column("actor", String(80), nullable=False, server_default="hub"),  # hub, unit:name or person:login
    Column("event_id", Id, ForeignKey("event.id"), index=True),
    Column("detail", Text, nullable=False),  # JSON object
)

lamp = Table(
    "lamp",
    metadata,
    Column("site", String(32), primary_key=True),
    Column("unit", String(32), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("epoch", String(32), nullable=False),  # of the last alarm event that it takes into account
    Column("sequence", BigInteger, nullable=False),
    Column("boot", String(32), nullable=False),
    Column("uptime", Float, nullable=False),
    Column("time", Utc, nullable=False),
    Column("set_at", Utc, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", String(32), nullable=False),
    Column("unit", String(32), nullable=False),
    Column("epoch", String(32), nullable=False),
    Column("sequence", BigInteger, nullable=False),  # of the event that started it
    Column("started", Utc, nullable=False),
    Column("limit_s", Float, nullable=False),
    Column("warn_s", Float, nullable=False),
    Column("grace_s", Float, nullable=False),
    Column("ended", Utc),
    Column("lasted_s", Float),  # empty when the unit stopped before the meeting did
    Column("case_id", BigInteger),  # under whose agreement; only what a person of this hub has asked for
    Column("told_at", Float, nullable=False, server_default="0"),  # uptime at which the limits were told last
    UniqueConstraint("site", "unit", "epoch", "sequence"),
)

Index(
    "ix_session_agreed",
    session.c.site,
    session.c.unit,
    sqlite_where=session.c.case_id.is_not(None),
    postgresql_where=session.c.case_id.is_not(None),
)
"""Few meetings are under a case: every alarm looks among them."""

journal = Table(
    "journal",
    metadata,
    Column("seq", Id, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("key", String(48), nullable=False),  # of the object within its kind
    Column("payload", Text, nullable=False),  # the whole object as JSON
    Column("at", Utc, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("id", Id, primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("role", String(16), nullable=False),
    Column("password_hash", String(200)),
    Column("one_time_hash", String(200)),
    Column("one_time_expires", Utc),
    Column("created_at", Utc, nullable=False),
    Column("areas", Text),  # JSON: ["shimin", …]; empty: all
    Column("disabled_at", Utc),
    Column("language", String(2)),
    Column("sound", String(16), nullable=False, server_default="standard"),
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("address", String(64), nullable=False, server_default=""),
    Column("browser", String(200), nullable=False, server_default=""),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("topic", String(200), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("detail", String(300), nullable=False),
    Column("size", Integer, nullable=False),  # bytes of the whole payload
    Column("head", String(400), nullable=False),  # its first 200 bytes as hexadecimal
    sqlite_autoincrement=True,
)

tally = Table(
    "tally",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("number", Id, primary_key=True),
    Column("site", String(32), nullable=False),
    Column("id", String(96), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("address", String(400), nullable=False),
    Column("lane", String(400), nullable=False),  # what is sent one after the other; empty: the whole channel
    Column("subject", String(120), nullable=False),  # what it is about: the newest of one tells how it stands
    Column("rank", Integer, nullable=False),  # lower leaves first
    Column("due", Utc, nullable=False),
    Column("state", String(8), nullable=False),  # due, claimed, sent, failed, replaced
    Column("holder", String(64)),  # which hub has claimed it
    Column("lease_until", Utc),
    Column("attempts", Integer, nullable=False),
    Column("payload", Text, nullable=False),  # the whole notice, JSON
    Column("added_at", Utc, nullable=False),
    Column("sent_at", Utc),
    Column("last_error", String(200)),  # without personal data
    UniqueConstraint("site", "id"),
    # In the order of claiming, so that the most urgent few are found without looking at all that wait.
    Index("ix_notices_claim", "site", "state", "channel", "lane", "rank", "attempts", "number"),
    Index("ix_notices_subject", "site", "channel", "address", "subject", "number"),
)
