"""SQLite's write-ahead log: kept long, so that a commit is quick, and brought home behind the alarms."""

import contextlib
import sqlite3

from sqlalchemy import Connection

PRAGMA = "wal_autocheckpoint=16000"
"""Pages of 4 KiB after which SQLite tidies up within a commit all the same: only if ``tidy`` could not."""

ROOM_BYTES = 16_000_000
"""Length that the log has from the start, in bytes: some 400 presses between two tidyings."""


class Made(Exception):
    """There is room now; takes the transaction back that made it."""


def make_room(tx: Connection) -> None:
    """Let the log have its length: a commit that makes a file longer takes half as long again as one that
    writes over what is there. Raises ``Made``, so that nothing of this is committed, or the driver's errors;
    does nothing on PostgreSQL.
    """
    if tx.dialect.name != "sqlite":
        return
    tx.exec_driver_sql("PRAGMA cache_size = 64")  # so small that it is written, not kept
    try:
        tx.exec_driver_sql("CREATE TABLE room (b BLOB)")
        tx.exec_driver_sql("INSERT INTO room VALUES (zeroblob(?))", (ROOM_BYTES,))
    finally:
        tx.exec_driver_sql("PRAGMA cache_size = -2000")  # SQLite's own
    raise Made


def tidy(file: str) -> None:
    """Bring what is in the log home into the file, and let the log begin again. Raises ``sqlite3.Error``."""
    with contextlib.closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        # What has come meanwhile is little: nobody waits for it long enough to notice.
        connection.execute("PRAGMA wal_checkpoint(RESTART)")
