"""What deleted rows leave behind in a database's own files, and how it goes."""

import contextlib
import sqlite3

from sqlalchemy import create_engine, make_url

PATIENCE_S = 0.2
"""How long others may be kept from writing meanwhile, in seconds: one of them may be an alarm."""


def forget_traces(url: str, table: str) -> bool:
    """Let nothing of what was deleted from ``table`` stay in the write-ahead log of SQLite, or as a dead row
    of a server. False: it was not possible just now. Raises the driver's or SQLAlchemy's errors.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database is None:
            return True
        with contextlib.closing(
            sqlite3.connect(parsed.database, timeout=PATIENCE_S, isolation_level=None)
        ) as log:
            busy, _, _ = log.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
    engine = create_engine(parsed, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            # Rewrites the table: small, since it holds one short row a recording.
            connection.exec_driver_sql(f"VACUUM (FULL) {engine.dialect.identifier_preparer.quote(table)}")
    finally:
        engine.dispose()
    return True
