"""Counters that outlive the process."""

from sqlalchemy import Connection, select

from hub.store.schema import tally
from hub.store.statements import insert_for


def count(tx: Connection, name: str, more: int) -> int:
    """Add to a counter; returns what it has become."""
    statement = insert_for(tx.dialect.name, tally).values(name=name, value=more)
    value = tally.c.value + statement.excluded.value
    counted = statement.on_conflict_do_update(index_elements=["name"], set_={"value": value})
    return int(tx.execute(counted.returning(tally.c.value)).scalar_one())


def counted(tx: Connection, name: str) -> int:
    """What a counter has come to."""
    return tx.execute(select(tally.c.value).where(tally.c.name == name)).scalar() or 0


def can_write(tx: Connection) -> None:
    """Really writes, as a disk that is full or read-only takes everything but that."""
    count(tx, "written", 1)
