"""A hub's database, SQLite or PostgreSQL, and events to put into it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, text

from hub.escalation.ladder import Ladder, Tier
from hub.house import House
from hub.store.database import make_engine, prepare
from hub.store.events import Arrived
from hub.store.record import Transaction
from hub.store.settle import Changes
from tests.support.messages import MOMENT, SITE, UNIT, event
from wire.codec import encode
from wire.messages.events import EventData
from wire.topics import source_of

LADDER = Ladder("default", (Tier("係長", "Team leader", 30.0), Tier("課長", "Section head", 60.0)))
HOUSE = House(SITE, (LADDER,))

T = TypeVar("T")


def arrived(
    sequence: int,
    data: EventData | None = None,
    *,
    unit: str = UNIT,
    received: datetime = MOMENT,
    began: datetime | None = None,
    **changes: Any,
) -> Arrived:
    """An event as the inbox hands it on."""
    said = event(data, sequence=sequence, source=source_of(SITE, unit), **changes)
    return Arrived(unit, said, said.content(), encode(said).decode(), received, began)


class Database:
    """A migrated database."""

    def __init__(self, url: str) -> None:
        self.url = url
        prepare(url)
        self.engine: Engine = make_engine(url)

    def do(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in one transaction."""
        with self.engine.begin() as tx:
            return work(tx)

    def record(self, *batch: Arrived, now: datetime = MOMENT) -> Changes:
        """One batch of events."""
        return self.do(lambda tx: Transaction(tx, HOUSE, now).record(batch))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a query gives."""
        return self.do(lambda tx: [tuple(row) for row in tx.execute(text(sql))])


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """The database at ``url``; its connections are given back."""
    database = Database(url)
    yield database
    database.engine.dispose()
