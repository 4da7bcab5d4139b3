"""Watches everything that may fail, once a second: stores what changed, and lets it be told."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection

from hub.clock import Clock, Now
from hub.escalation.roster import Absence
from hub.house import House
from hub.live import Board
from hub.people import Person
from hub.proving import Proving
from hub.store import absences, audit, journal, notices, proofs, troubles
from hub.store.audit import By, Deed
from hub.store.database import Store
from hub.store.errors import StoreError
from hub.store.settle import Changes
from hub.troubles import (
    HubHealth,
    Maintenance,
    Proven,
    Trouble,
    TroublePlan,
    acknowledge,
    conditions,
    trouble_notices,
)
from hub.troubles.supervise import Look, muted, supervise
from hub.views import trouble_view

_log = structlog.get_logger()

LOOK_S = 1.0
REFRESH_S = 5.0
"""How often what another hub or a command line may have changed is read again, in seconds."""

AT_ONCE = 100
"""Troubles that change in one transaction."""

Rows = list[journal.Row]
Changed = tuple[list[Trouble], Rows] | None


class AlreadyKnown(Exception):
    """Somebody has acknowledged the trouble before, or it is over."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(f"trouble {trouble.id} is {trouble.state}")
        self.trouble = trouble


class Supervision:
    """Everything happens on the event loop."""

    def __init__(
        self,
        store: Store,
        house: House,
        board: Board,
        clock: Clock,
        health: Callable[[Now], HubHealth],
        *,
        shared: bool = False,
    ) -> None:
        self._store = store
        self._house = house
        self._site = house.site
        self._board = board
        self._clock = clock
        self._health = health
        self._known: dict[tuple[str, str], Trouble] = {}
        self._works: tuple[Maintenance, ...] = ()
        self._proving = Proving(store, self._site, shared=shared)
        self._proofs: dict[str, list[Proven]] = {}
        self._met: set[str] = set()

    def committed(self, changes: Changes) -> None:
        """Events were stored: buttons have proven that they work."""
        self._proving.committed(changes)

    async def load(self) -> None:
        """Go on where the last run ended. Raises ``StoreError``."""
        now = self._clock.now().wall
        self._known = await self._store.read(lambda tx: troubles.watched(tx, self._site, now))
        self._board.show_troubles(self._known.values())
        await self.refresh()
        self._proofs = await self._store.read(lambda tx: proofs.proofs(tx, self._site))

    async def refresh(self) -> None:
        """Read again what changes seldom. Raises ``StoreError``."""
        now = self._clock.now().wall
        read = self._store.read
        self._works = tuple(await read(lambda tx: troubles.works(tx, self._site, now)))
        gone = await read(lambda tx: absences.current(tx, self._site, now))
        self._house.roster = replace(self._house.roster, absences=tuple(gone.values()))

    async def follow(self) -> None:
        """Learn which buttons were pressed, and which units are new. Raises ``StoreError``."""
        fresh = [unit.name for unit in self._board.fleet if unit.known and unit.seen is not None]
        fresh = [name for name in fresh if name not in self._met]
        now = self._clock.now().wall
        if fresh:
            await self._store.write(lambda tx: proofs.meet(tx, self._site, fresh, now))
            self._met.update(fresh)
        if await self._proving.follow(self._clock.now().monotonic) or fresh:
            self._proofs = await self._store.read(lambda tx: proofs.proofs(tx, self._site))

    async def look(self) -> None:
        """Once: what has changed is stored and told. Raises ``StoreError``."""
        now = self._clock.now()
        look = self._look(now)
        if supervise(self._known, look, self._house, now.wall):
            self._known = await self._store.read(lambda tx: troubles.watched(tx, self._site, now.wall))
            while await self._store.write(lambda tx: self._supervise(tx, look, now.wall), self._changed):
                pass  # a whole house that falls silent at once: alarms come in between

    async def keep_looking(self) -> None:
        """``look`` for ever."""
        refreshed = self._clock.now().monotonic
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                if self._clock.now().monotonic - refreshed >= REFRESH_S:
                    await self.follow()
                    await self.refresh()
                    refreshed = self._clock.now().monotonic
                await self.look()
            except StoreError as error:
                _log.warning("supervision_failed", why=str(error))

    async def acknowledge(self, number: int, person: Person) -> dict[str, Any]:
        """A person knows of a trouble. Raises ``NoSuchTrouble``, ``AlreadyKnown`` or ``StoreError``."""
        now = self._clock.now().wall

        def work(tx: Connection) -> tuple[list[Trouble], Rows]:
            trouble = troubles.get(tx, self._site, number)
            known = acknowledge(trouble, person.name)
            if known is None:
                raise AlreadyKnown(trouble)
            return self._kept(tx, [TroublePlan(known)], now)

        kept, _ = await self._store.write(work, self._changed)
        return self.view(kept[0])

    async def plan_maintenance(self, work: Maintenance) -> Maintenance:
        """From now on, or from its begin. Raises ``StoreError``."""
        now = self._clock.now().wall

        def plan(tx: Connection) -> Maintenance:
            planned = troubles.plan_maintenance(tx, self._site, work)
            about = {"unit": work.unit, "area": work.area, "until": work.until.isoformat(), "why": work.why}
            deed = Deed("maintenance-planned", str(planned.id), after=about)
            audit.add(tx, self._site, By("", work.by), deed, now)
            return planned

        planned = await self._store.write(plan)
        await self.refresh()
        return planned

    async def end_maintenance(self, number: int, person: Person) -> None:
        """Before its time. Raises ``NoSuchMaintenance`` or ``StoreError``."""
        now = self._clock.now().wall

        def end(tx: Connection) -> None:
            troubles.end_maintenance(tx, self._site, number, now)
            audit.add(tx, self._site, By.person(person, ""), Deed("maintenance-ended", str(number)), now)

        await self._store.write(end)
        await self.refresh()

    async def be_absent(self, absence: Absence, person: Person) -> int:
        """Somebody is not called for a while; gives the absence's number. Raises ``StoreError``."""
        now = self._clock.now().wall

        def add(tx: Connection) -> int:
            number = absences.add(tx, self._site, absence, person.name)
            about = {"begin": absence.begin.isoformat(), "until": absence.until.isoformat()}
            deed = Deed("absence-added", absence.login, after=about)
            audit.add(tx, self._site, By.person(person, ""), deed, now)
            return number

        number = await self._store.write(add)
        await self.refresh()
        return number

    async def be_back(self, number: int, person: Person) -> bool:
        """An absence is taken back; False when there is none of that number. Raises ``StoreError``."""
        now = self._clock.now().wall

        def remove(tx: Connection) -> bool:
            was = absences.remove(tx, self._site, number)
            if was:
                audit.add(tx, self._site, By.person(person, ""), Deed("absence-removed", str(number)), now)
            return was

        was = await self._store.write(remove)
        await self.refresh()
        return was

    def view(self, trouble: Trouble) -> dict[str, Any]:
        """A trouble as pages read it."""
        return trouble_view(trouble, muted(self._works, trouble, self._house, self._clock.now().wall))

    def _look(self, now: Now) -> Look:
        fleet, health = self._board.fleet, self._health(now)
        found = conditions(
            fleet, health, self._proofs, ladders=self._house.ladders, roster=self._house.roster, now=now
        )
        return Look(found, {unit.name: unit for unit in fleet}, health, self._works)

    def _supervise(self, tx: Connection, look: Look, now: datetime) -> Changed:
        """What another hub has stored meanwhile counts, so that each trouble is told by one. At most
        ``AT_ONCE`` of them; nothing when all is as it is seen."""
        known = troubles.watched(tx, self._site, now)
        plans = supervise(known, look, self._house, now)[:AT_ONCE]
        return self._kept(tx, plans, now) if plans else None

    def _kept(self, tx: Connection, plans: list[TroublePlan], now: datetime) -> tuple[list[Trouble], Rows]:
        told = []
        kept = troubles.keep(tx, self._site, [planned.trouble for planned in plans])
        for planned, trouble in zip(plans, kept, strict=True):
            place = self._house.place_of_trouble(trouble.key)
            told += trouble_notices(replace(planned, trouble=trouble), place, now, self._house.url)
        notices.add(tx, self._site, told, now)
        shown = [("trouble", str(trouble.id), self.view(trouble)) for trouble in kept]
        return kept, journal.note(tx, shown, now)

    def _changed(self, changed: Changed) -> None:
        if changed is None:
            return
        kept, rows = changed
        for trouble in kept:
            self._known[trouble.key] = trouble
        self._board.show_troubles(kept)
        self._board.publish(rows)
