"""What is remembered of incidents and lamps from one transaction to the next is what reading would give."""

import asyncio
import contextlib
import random
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from hub.alarms import Lamp
from hub.incidents import Act, Action, Already, BadAct, Incident
from hub.store import incidents, lamps
from hub.store.database import Store, make_engine
from hub.store.events import Arrived
from hub.store.record import Transaction
from hub.store.remembered import Remembered
from hub.store.settle import Changes
from tests.support.hub_store import HOUSE, arrived
from tests.support.messages import EVENT_EXAMPLES, MOMENT, SITE
from wire.messages.events import Assist, Booted, EventData, Panic

UNITS = ["c1", "c2", "c3"]
BOOTED = next(data for data in EVENT_EXAMPLES if isinstance(data, Booted))


class Checked(Remembered):
    """Reads all the same, and compares."""

    def __init__(self) -> None:
        super().__init__()
        self.remembered = 0
        self.lamps_remembered = 0

    def unresolved_of(self, tx: Connection, site: str, units: Collection[str]) -> dict[str, Incident]:
        self.remembered += sum(unit in self._known for unit in units)
        given = super().unresolved_of(tx, site, units)
        assert given == incidents.unresolved_of(tx, site, units)
        return given

    def lamps_of(self, tx: Connection, site: str, units: Collection[str]) -> dict[str, Lamp]:
        self.lamps_remembered += sum(unit in self._lamps for unit in units)
        given = super().lamps_of(tx, site, units)
        assert given == lamps.lamps(tx, site, units)
        return given


class Fails(Exception):
    pass


class History:
    """Random transactions on one database: the way in, people, another connection, failures."""

    def __init__(self, store: Store, url: str, seed: int) -> None:
        self._store = store
        self._other = make_engine(url)
        self._chance = random.Random(seed)
        self._sequences = dict.fromkeys(UNITS, 0)
        self._step = 0
        self.checked = Checked()

    async def step(self) -> None:
        self._step += 1
        what = self._chance.choices(("record", "quiet", "fail", "act", "other"), (12, 1, 1, 2, 1))[0]
        if what == "record":
            await self._record(self._presses())
        elif what == "quiet":
            await self._record([self._event("c1", BOOTED)])
        elif what == "fail":
            before = dict(self._sequences)
            with pytest.raises(Fails):
                await self._record(self._presses(), fails=True)
            self._sequences = before
        elif what == "act":
            await self._store.write(self._act)
        else:
            with self._other.begin() as tx:
                self._act(tx)

    def end(self) -> None:
        self._other.dispose()

    async def _record(self, batch: Sequence[Arrived], *, fails: bool = False) -> None:
        def work(tx: Connection) -> Changes:
            changes = Transaction(tx, HOUSE, MOMENT + timedelta(seconds=self._step)).record(
                batch, self.checked
            )
            if fails:
                raise Fails
            return changes

        await self._store.write(work)

    def _presses(self) -> list[Arrived]:
        units = self._chance.choices(UNITS, k=self._chance.randint(1, 4))
        return [self._event(unit, self._chance.choice((Panic(), Assist()))) for unit in units]

    def _event(self, unit: str, data: EventData) -> Arrived:
        self._sequences[unit] += 1
        return arrived(
            self._sequences[unit], data, unit=unit, received=MOMENT + timedelta(seconds=self._step)
        )

    @property
    def _now(self) -> datetime:
        return MOMENT + timedelta(seconds=self._step)

    def _act(self, tx: Connection) -> None:
        standing = incidents.unresolved(tx, SITE)
        if standing:
            chosen = self._chance.choice(standing)
            action = self._chance.choice((Action.ACKNOWLEDGE, Action.ARRIVE, Action.RESOLVE))
            with contextlib.suppress(Already, BadAct):  # what is not possible now changes nothing
                Transaction(tx, HOUSE, self._now).act(chosen.id, Act(action, "山田 花子"))


@pytest.mark.parametrize("seed", range(4))
def test_in_any_history_it_is_what_reading_would_give(tmp_path: Path, seed: int) -> None:
    async def play() -> tuple[int, int]:
        url = f"sqlite:///{tmp_path / 'hub.sqlite'}"
        store = Store(url)
        await store.open()
        history = History(store, url, seed)
        try:
            for _ in range(120):
                await history.step()
        finally:
            history.end()
            store.close()
        return history.checked.remembered, history.checked.lamps_remembered

    incidents_remembered, lamps_remembered = asyncio.run(play())
    assert incidents_remembered > 50, "most of the time it need not be read"
    assert lamps_remembered > 10
