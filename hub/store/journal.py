"""The journal: what pages must learn, numbered, so that one that slept can ask for what it missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic_core import to_json
from sqlalchemy import Connection, delete, func, select

from hub.store.schema import journal
from hub.store.statements import insert_into

KEPT_FOR = timedelta(hours=24)
KEPT_ROWS = 10_000
PRUNED_AT_ONCE = 500
REPLAYED_MAX = 5_000
"""Rows a page may have missed; after more it is cheaper to load everything anew."""

_NOTE = insert_into(journal, returning=["seq"])


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that pages learn."""

    seq: int
    kind: str
    """``incident`` or ``counter``; the name of the server-sent event."""
    key: str
    """Which one."""
    payload: str
    """The whole object, JSON in one line."""


def note(tx: Connection, told: Sequence[tuple[str, str, dict[str, object]]], now: datetime) -> list[Row]:
    """Add ``(kind, key, object)`` in this order; returns the rows, ascending."""
    if not told:
        return []
    values = [
        {"kind": kind, "key": key, "payload": to_json(shown).decode(), "at": now} for kind, key, shown in told
    ]
    numbers = _NOTE.run(tx, values)
    return [
        Row(number.seq, kind, key, str(value["payload"]))
        for number, value, (kind, key, _) in zip(numbers, values, told, strict=True)
    ]


def last_seq(tx: Connection) -> int:
    """Number of the newest row; 0 when there was never one."""
    return tx.execute(select(func.max(journal.c.seq))).scalar() or 0


def since(tx: Connection, seq: int) -> list[Row] | None:
    """The newest state of each object that changed after ``seq``; None when that cannot be told from here.

    That is: too much has changed, the rows are pruned, or ``seq`` is of another database.
    """
    oldest, newest = tx.execute(select(func.min(journal.c.seq), func.max(journal.c.seq))).one()
    oldest, newest = oldest or 1, newest or 0
    if seq < oldest - 1 or seq > newest or newest - seq > REPLAYED_MAX:
        return None
    found: dict[tuple[str, str], Row] = {}
    for row in tx.execute(select(journal).where(journal.c.seq > seq).order_by(journal.c.seq)):
        found.pop((row.kind, row.key), None)
        found[(row.kind, row.key)] = Row(row.seq, row.kind, row.key, row.payload)
    return list(found.values())


def prune(tx: Connection, now: datetime) -> bool:
    """Forget some rows that are older than ``KEPT_FOR`` and not among the last ``KEPT_ROWS``.

    The newest always stay, so that a number is never given twice. True: there may be more to forget; an
    alarm need not wait for all of it.
    """
    last = last_seq(tx) - KEPT_ROWS
    # Of the oldest few only: to look among all there are would take longer with each that is kept.
    oldest = select(journal.c.seq, journal.c.at).where(journal.c.seq <= last)
    some = oldest.order_by(journal.c.seq).limit(PRUNED_AT_ONCE).subquery()
    # A clock that was far ahead for a while must not keep all that follows.
    old = select(some.c.seq).where((some.c.at < now - KEPT_FOR) | (some.c.at > now + KEPT_FOR))
    return tx.execute(delete(journal).where(journal.c.seq.in_(old))).rowcount == PRUNED_AT_ONCE
