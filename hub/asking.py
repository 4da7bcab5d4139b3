"""What the hub asks of units: orders of people, drills, and the configuration that they shall run."""

import asyncio
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection

from hub.clock import Clock
from hub.drills import Drill, check, due, missed, next_of
from hub.house import House
from hub.orders import Order, order
from hub.people import Person
from hub.signing import Signer
from hub.store import audit, drills, orders
from hub.store.audit import By, Deed
from hub.store.database import Store
from hub.store.errors import StoreError
from hub.store.orders import Desired
from wire.codec import encode
from wire.messages.commands import Desired as DesiredSettings
from wire.messages.commands import Drill as DrillArguments
from wire.messages.commands import refusal
from wire.topics import Channel, unit_topic

_log = structlog.get_logger()

LOOK_S = 1.0
REFRESH_S = 5.0


class BadConfiguration(ValueError):
    """Settings that no unit would take; the message says which field must be what."""


class NoSuchUnit(Exception):
    """Nothing is known of a unit of that name."""


class Publishes(Protocol):
    """The part of ``wire.link.Link`` that is needed here."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """False: not sent."""
        ...


class Asking:
    """Everything happens on the event loop: stored first, sent after COMMIT, sent again when the link comes
    back, for as long as it has not expired."""

    def __init__(
        self,
        store: Store,
        house: House,
        clock: Clock,
        signer: Signer,
        link: Publishes,
        *,
        on_desired: Callable[[Iterable[str]], None],
    ) -> None:
        """``on_desired`` hears which units shall run another configuration."""
        self._store = store
        self._house = house
        self._site = house.site
        self._clock = clock
        self._signer = signer
        self._link = link
        self._on_desired = on_desired
        self._drills: list[Drill] = []
        self.desired: dict[str, Desired] = {}
        """Unit to what it shall run."""

    async def load(self) -> None:
        """Go on where the last run ended. Raises ``StoreError``."""
        self.desired = await self._store.read(lambda tx: orders.all_desired(tx, self._site))
        await self.refresh()

    async def refresh(self) -> None:
        """Read again which drills there are. Raises ``StoreError``."""
        now = self._clock.now().wall
        self._drills = await self._store.read(lambda tx: drills.current(tx, self._site, now))

    async def send_again(self) -> None:
        """What may still be done and has no answer: a unit does it once. Raises ``StoreError``."""
        now = self._clock.now().wall
        for waiting in await self._store.read(lambda tx: orders.unanswered(tx, self._site, now)):
            self._send(waiting)

    async def tell_again(self) -> None:
        """The link came (back). Raises ``StoreError``."""
        await self.send_again()
        for desired in self.desired.values():
            self._configure(desired)

    async def ask(
        self,
        unit: str,
        name: str,
        arguments: Mapping[str, Any],
        person: Person,
        *,
        about: Mapping[str, Any] | None = None,
    ) -> Order:
        """Ask one thing of one unit. ``about`` is for the audit. Raises ``BadOrder`` or ``StoreError``."""
        made = order(secrets.token_hex(8), unit, name, arguments, by=person.name, now=self._clock.now().wall)
        made.message()

        def work(tx: Connection) -> None:
            orders.add(tx, self._site, [made])
            deed = Deed(f"asked-{name}", unit, after=about or {})
            audit.add(tx, self._site, By.person(person, ""), deed, made.created)

        await self._store.write(work, lambda _: self._send(made))
        return made

    async def plan_drill(self, drill: Drill) -> Drill:
        """Starts at its time, or within a second. Raises ``BadDrill`` or ``StoreError``."""
        check(drill, self._house.area_of, self._clock.now().wall)
        now = self._clock.now().wall

        def work(tx: Connection) -> Drill:
            planned = drills.add(tx, self._site, drill)
            about = {"unit": drill.unit, "area": drill.area, "every_days": drill.every_days}
            deed = Deed("drill-planned", str(planned.id), after=about)
            audit.add(tx, self._site, By("", drill.by), deed, now)
            return planned

        planned = await self._store.write(work)
        await self.refresh()
        await self.look()
        return await self._store.read(lambda tx: drills.get(tx, self._site, planned.id))

    async def end_drill(self, number: int, person: Person) -> Drill:
        """Before its time; units are told. Raises ``NoSuchDrill`` or ``StoreError``."""
        now = self._clock.now().wall

        def work(tx: Connection) -> tuple[Drill, list[Order]]:
            ended = drills.end(tx, self._site, number, now)
            told = self._orders(ended, 0.0, person.name, now) if ended.started is not None else []
            orders.add(tx, self._site, told)
            audit.add(tx, self._site, By.person(person, ""), Deed("drill-ended", str(number)), now)
            return ended, told

        ended, _ = await self._store.write(work, lambda done: self._send_all(done[1]))
        await self.refresh()
        return ended

    async def desire(
        self, units: Iterable[str], settings: Mapping[str, Any], person: Person
    ) -> list[Desired]:
        """Let units run other settings. Raises ``BadConfiguration`` or ``StoreError``."""
        try:
            checked = DesiredSettings.model_validate(dict(settings)).model_dump(exclude_none=True)
        except ValidationError as error:
            raise BadConfiguration(refusal(error)) from error
        now = self._clock.now().wall

        def work(tx: Connection) -> list[Desired]:
            made, known = [], orders.all_desired(tx, self._site)
            for unit in units:
                before = known.get(unit)
                version = orders.last_version(tx, self._site, unit) + 1
                desired = Desired(unit, version, checked, person.name, now)
                orders.desire(tx, self._site, desired)
                was = {} if before is None else dict(before.settings)
                deed = Deed("limits-changed", unit, {"settings": was}, {"settings": checked})
                audit.add(tx, self._site, By.person(person, ""), deed, now)
                made.append(desired)
            return made

        return await self._store.write(work, self._desired_changed)

    async def look(self) -> None:
        """Once: start the drills that are due. Raises ``StoreError``."""
        for drill in due(self._drills, self._clock.now().wall):
            now = self._clock.now().wall
            await self._store.write(partial(self._start, drill=drill, now=now), self._send_all)
            await self.refresh()

    async def keep_looking(self) -> None:
        """``look`` for ever."""
        refreshed = self._clock.now().monotonic
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                if self._clock.now().monotonic - refreshed >= REFRESH_S:
                    await self.refresh()
                    await self.send_again()
                    refreshed = self._clock.now().monotonic
                await self.look()
            except StoreError as error:
                _log.warning("drills_not_looked_at", why=str(error))

    def _start(self, tx: Connection, drill: Drill, now: datetime) -> list[Order]:
        """One hub starts it. A drill whose time was slept through is left out, its repetition is not."""
        if not drills.start(tx, drill.id, now):
            return []
        if (again := next_of(drill)) is not None:
            drills.add(tx, self._site, again)
        if missed(drill, now):
            drills.end(tx, self._site, drill.id, now)
            return []
        told = self._orders(replace(drill, started=now), drill.seconds, drill.by, now)
        orders.add(tx, self._site, told)
        return told

    def _orders(self, drill: Drill, seconds: float, by: str, now: datetime) -> list[Order]:
        arguments = DrillArguments(seconds=seconds).model_dump()
        return [
            order(secrets.token_hex(8), unit, "drill", arguments, by=by, now=now, drill=drill.id)
            for unit in drill.units(self._house.area_of)
        ]

    def _send_all(self, told: Iterable[Order]) -> None:
        for one in told:
            self._send(one)

    def _send(self, one: Order) -> None:
        self._link.publish(unit_topic(self._site, one.unit, Channel.COMMAND), encode(one.message()))

    def _desired_changed(self, made: list[Desired]) -> None:
        for desired in made:
            self.desired[desired.unit] = desired
            self._configure(desired)
        self._on_desired(desired.unit for desired in made)

    def _configure(self, desired: Desired) -> None:
        config = self._signer.sign(self._site, desired.unit, desired.version, dict(desired.settings))
        topic = unit_topic(self._site, desired.unit, Channel.CONFIG)
        self._link.publish(topic, encode(config), retain=True)
