"""What was refused: kept with its reason so that a person can find out, bounded, and counted for ever."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from hub.store import tally
from hub.store.schema import quarantine

ROWS_MAX = 1000
HEAD_BYTES = 200
_COUNTER = "quarantined"


@dataclass(frozen=True, slots=True)
class Rejected:
    """One payload that was not taken."""

    at: datetime
    topic: str
    reason: str
    detail: str
    size: int
    """Bytes of the whole payload."""
    head: bytes
    """Its first bytes."""


def add(tx: Connection, rejected: list[Rejected]) -> int:
    """Keep the newest and count all; returns the count."""
    tx.execute(
        insert(quarantine),
        [
            {
                "at": one.at,
                "topic": _plain(one.topic, 200),
                "reason": one.reason,
                "detail": _plain(one.detail, 300),
                "size": one.size,
                "head": one.head[:HEAD_BYTES].hex(),
            }
            for one in rejected[-ROWS_MAX:]
        ],
    )
    newest = select(func.max(quarantine.c.id)).scalar_subquery()
    tx.execute(delete(quarantine).where(quarantine.c.id <= newest - ROWS_MAX))
    return tally.count(tx, _COUNTER, len(rejected))


def _plain(text: str, longest: int) -> str:
    """Text that every database can keep: PostgreSQL takes neither NUL nor half a surrogate pair."""
    return "".join(c if c.isprintable() else "?" for c in text[:longest])


def count(tx: Connection) -> int:
    """How many were ever refused."""
    return tally.counted(tx, _COUNTER)


def shown(tx: Connection, limit: int = 100) -> list[Rejected]:
    """The last ones, newest first; of each the first bytes."""
    rows = tx.execute(select(quarantine).order_by(quarantine.c.id.desc()).limit(limit))
    return [
        Rejected(row.at, row.topic, row.reason, row.detail, row.size, bytes.fromhex(row.head)) for row in rows
    ]
