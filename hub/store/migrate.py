"""Brings the tables of any earlier version up to this one."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

MIGRATIONS = Path(__file__).with_name("migrations")
_ONE_AT_A_TIME = 0x6D61646F  # PostgreSQL advisory lock: two hubs that start together


def migrate(connection: Connection) -> None:
    """Inside the caller's transaction. Raises SQLAlchemy's errors."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
