"""The tables of the house and of what people changed in it. See ``hub.store.schema``."""

from sqlalchemy import BigInteger, Column, Index, String, Table, Text, UniqueConstraint

from hub.store.schema import Id, Utc, metadata

house_version = Table(
    "house_version",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", String(32), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("settings", Text, nullable=False),  # JSON object: the whole house; the highest version rules
    Column("by", String(80), nullable=False),
    Column("at", Utc, nullable=False),
    UniqueConstraint("site", "version"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", String(32), nullable=False),
    Column("at", Utc, nullable=False),
    Column("login", String(64), nullable=False),  # who; empty: nobody was signed in
    Column("name", String(80), nullable=False),
    Column("address", String(64), nullable=False),  # of the browser; empty: a command line
    Column("what", String(48), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("before", Text, nullable=False),  # JSON object; what was not there is left out
    Column("after", Text, nullable=False),
    Index(None, "site", "at"),
    sqlite_autoincrement=True,
)
