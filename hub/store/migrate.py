"""Brings the tables of any earlier version up to this one."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

MIGRATIONS = Path(__file__).with_name("migrations")
_ONE_AT_A_TIME = 0x6D61646F  # PostgreSQL advisory lock: two hubs that start together


def migrate(connection: Connection) -> None:
    """Inside the caller's transaction. Raises SQLAlchemy's errors."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    if _version(connection) == newest():
        return
    # 7 MB and a tenth of a second that only the first start of a version needs.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def newest() -> str:
    """The version that this program needs: the highest number of a migration's file."""
    return max(file.name[1:5] for file in (MIGRATIONS / "versions").glob("v[0-9]*_*.py"))


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version
