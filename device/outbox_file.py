"""The outbox's file: a SQLite database with events, epochs and notes."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from device.backlog import Entry

EPOCHS_KEPT = 200
"""Epochs that are remembered after their last event is gone: the hub may still speak of them."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS epoch (number INTEGER PRIMARY KEY, epoch TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS event (
  epoch TEXT NOT NULL, sequence INTEGER NOT NULL, alarm INTEGER NOT NULL, payload BLOB NOT NULL,
  PRIMARY KEY (epoch, sequence)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, said BLOB NOT NULL) WITHOUT ROWID;
"""

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """What earlier runs left in the outbox."""

    epochs: tuple[str, ...]
    """Oldest first, without the present one."""
    entries: tuple[Entry, ...]
    """In the order in which they were made."""
    notes: Mapping[str, bytes] = field(default_factory=dict)
    """Name to what the last run noted under it."""


class Damaged(sqlite3.DatabaseError):
    """The file is not a sound database."""


class OutboxFile:
    """The database file; used by one thread."""

    def __init__(self, path: Path, epoch: str) -> None:
        self._db = sqlite3.connect(path, timeout=1.0, isolation_level=None)
        self._epoch = epoch
        self._epoch_noted = False
        try:
            # FULL: a COMMIT is on the disk before it returns, which WAL alone does not promise.
            self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
            found = self._db.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise Damaged(str(found)[:200])
            self._db.executescript(_SCHEMA)
        except sqlite3.Error:
            self._db.close()
            raise

    def load(self) -> Kept:
        epochs = self._db.execute("SELECT epoch FROM epoch WHERE epoch != ? ORDER BY number", (self._epoch,))
        rows = self._db.execute(
            "SELECT e.epoch, e.sequence, e.alarm, e.payload FROM event e JOIN epoch USING (epoch)"
            " WHERE e.epoch != ? ORDER BY epoch.number, e.sequence",
            (self._epoch,),
        )
        entries = tuple(
            Entry(epoch, sequence, bool(alarm), payload) for epoch, sequence, alarm, payload in rows
        )
        notes = dict(self._db.execute("SELECT name, said FROM note"))
        return Kept(tuple(epoch for (epoch,) in epochs), entries, notes)

    def write(
        self, puts: Iterable[Entry], gone: Iterable[Key], notes: Mapping[str, bytes | None] | None = None
    ) -> None:
        """All of it in one transaction, on the disk when this returns. A note that is None is removed."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            if not self._epoch_noted:
                self._note_epoch()
            self._db.executemany(
                "INSERT OR REPLACE INTO event VALUES (?, ?, ?, ?)",
                [(entry.epoch, entry.sequence, entry.alarm, entry.payload) for entry in puts],
            )
            self._db.executemany("DELETE FROM event WHERE epoch = ? AND sequence = ?", gone)
            for name, said in (notes or {}).items():
                if said is None:
                    self._db.execute("DELETE FROM note WHERE name = ?", (name,))
                else:
                    self._db.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, said))
            self._db.execute("COMMIT")
        except sqlite3.Error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self._epoch_noted = True

    def _note_epoch(self) -> None:
        self._db.execute("INSERT OR IGNORE INTO epoch (epoch) VALUES (?)", (self._epoch,))
        self._db.execute(
            "DELETE FROM epoch WHERE number <= (SELECT MAX(number) FROM epoch) - ?"
            " AND epoch NOT IN (SELECT epoch FROM event)",
            (EPOCHS_KEPT,),
        )

    def close(self) -> None:
        self._db.close()


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the file itself is at fault, not the disk's mood."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    return isinstance(error, Damaged) or primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
