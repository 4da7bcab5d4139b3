"""What the hub does by itself as time passes: notices silence, climbs the ladder, says that it lives."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from hub.clock import Clock
from hub.escalation.plan import deadline
from hub.house import House
from hub.live import Board
from hub.store import journal
from hub.store.database import Store
from hub.store.errors import StoreError
from hub.store.events import Key
from hub.store.record import Transaction
from hub.store.settle import Changes
from hub.streams import Gaps, Stream
from wire.messages import Health, Reported, Status

_log = structlog.get_logger()

TICK_S = 0.25
ALIVE_S = 1.0
TIDY_S = 5.0
WOKEN_AT_ONCE = 5
"""Incidents whose next tier is called in one transaction; an alarm waits for one of them at most."""


class Watch:
    """Keeps the fleet and the ladder up to date. Everything happens on the event loop."""

    def __init__(
        self, store: Store, house: House, board: Board, clock: Clock, announce: Callable[[Changes], None]
    ) -> None:
        self._store = store
        self._house = house
        self._board = board
        self._clock = clock
        self._announce = announce
        self._gaps = Gaps()
        self._changed: set[str] = set()
        self._news = asyncio.Event()

    def status(self, unit: str, status: Status) -> None:
        """A unit came or went."""
        self.changed(self._board.fleet.status(unit, status, self._clock.now()))

    def health(self, unit: str, health: Health) -> None:
        """A unit's heartbeat."""
        self.changed(self._board.fleet.health(unit, health, self._clock.now()))

    def reported(self, unit: str, reported: Reported) -> None:
        """What a unit says of its configuration."""
        self.changed(self._board.fleet.told_configuration(unit, reported))

    def gaps(self, now: float) -> Mapping[str, int]:
        """Unit to the number of its events that stay missing; ``now`` in monotonic seconds."""
        return self._gaps.lasting(now)

    def remember_gaps(self, streams: Mapping[Key, Stream]) -> None:
        """Those that an earlier run left open."""
        self._gaps.note(streams, self._clock.now().monotonic)

    def committed(self, changes: Changes) -> None:
        """Events were stored: their units may be new, their meetings may have changed."""
        self.changed(changes.sessions)
        self._gaps.note(changes.streams, self._clock.now().monotonic)
        for unit in changes.units:
            self.changed(self._board.fleet.met(unit))

    def changed(self, units: Iterable[str]) -> None:
        """These counters look different now."""
        self._changed.update(units)
        if self._changed:
            self._news.set()

    async def tell_counters(self) -> None:
        """Journal counters that changed, for ever; those that change meanwhile go into the next row."""
        while True:
            await self._news.wait()
            self._news.clear()
            units, self._changed = self._changed, set()
            fleet, now = self._board.fleet, self._clock.now().wall
            shown = [
                ("counter", name, self._board.counter(unit))
                for name in sorted(units)
                if (unit := fleet.get(name)) is not None
            ]
            try:
                await self._note(shown, now)
            except StoreError as error:
                _log.warning("counters_not_told", why=str(error))
                await asyncio.sleep(TICK_S)
                self.changed(units)

    async def _note(self, shown: list[tuple[str, str, dict[str, object]]], now: datetime) -> None:
        await self._store.write(lambda tx: journal.note(tx, shown, now), self._board.publish)

    async def tick(self) -> None:
        """Once: who is silent, and whose next tier is due."""
        self.changed(self._board.fleet.tick(self._clock.now()))
        for unit, epoch, missing in self._gaps.staying(self._clock.now().monotonic):
            _log.warning("events_missing", unit=unit, epoch=epoch, missing=missing)
        now = self._clock.now().wall
        deadlines = ((number, deadline(one)) for number, one in self._board.incidents.items())
        await self._wake([number for number, due in deadlines if due is not None and due <= now], now)

    async def wake_all(self) -> None:
        """Look at every incident once, whatever its deadline: after a start the settings may be others."""
        await self._wake(list(self._board.incidents), self._clock.now().wall)

    async def _wake(self, numbers: Sequence[int], now: datetime) -> None:
        for start in range(0, len(numbers), WOKEN_AT_ONCE):
            some = numbers[start : start + WOKEN_AT_ONCE]
            work = partial(_woken, house=self._house, now=now, numbers=some)
            await self._store.write(work, self._announce)

    async def keep_ticking(self) -> None:
        """``tick`` for ever."""
        while True:
            await asyncio.sleep(TICK_S)
            try:
                await self.tick()
            except StoreError as error:
                _log.warning("tick_failed", why=str(error))

    async def stay_alive(self) -> None:
        """Tell every page once a second that the hub lives."""
        while True:
            self._board.alive()
            await asyncio.sleep(ALIVE_S)

    async def tidy(self) -> None:
        """Forget what no page can ask for any more, and keep the database's own journal short, for ever."""
        while True:
            more = False
            try:
                more = await self._store.write(lambda tx: journal.prune(tx, self._clock.now().wall))
                await self._store.tidy()
            except StoreError as error:
                _log.warning("tidy_failed", why=str(error))
            await asyncio.sleep(0 if more else TIDY_S)


def _woken(tx: Connection, house: House, now: datetime, numbers: Sequence[int]) -> Changes:
    return Transaction(tx, house, now).wake(*numbers)
