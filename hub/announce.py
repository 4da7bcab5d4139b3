"""Tells what was committed: pages first, then the units, their neighbours and the receipts.

Nothing is kept for later here: what could not be published, because the broker is away, is told again from
the database when the link is back.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol

from hub.alarms import Lamp, area_alarms, area_message, is_alarm
from hub.clock import Clock
from hub.gather import Gather
from hub.lights import Lights
from hub.live import Board
from hub.settings import Settings
from hub.store import events, lamps
from hub.store.database import Store
from hub.store.events import Key
from hub.store.settle import Changes
from hub.streams import Stream
from wire.codec import encode
from wire.topics import Channel, area_topic, unit_topic

RECEIPTS_EVERY_S = 0.1
"""A unit that sends one event after the other is told this often how far it is stored: a receipt says all."""
UNITS_REMEMBERED = 4096

AT_ONCE = 50
"""Messages told again before other work gets its turn."""


class Publishes(Protocol):
    """The part of ``wire.link.Link`` that is needed here."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """False: not sent."""
        ...


class Announcer:
    """After COMMIT. Everything happens on the event loop, in the order of the commits."""

    def __init__(self, settings: Settings, store: Store, board: Board, clock: Clock) -> None:
        self._site = settings.site
        self._area_of = settings.area_of
        self._store = store
        self._board = board
        self._clock = clock
        self._link: Publishes | None = None
        self._areas: dict[str, tuple[str, ...]] = {}
        self._alarmed: set[str] = set()
        self._lights = Lights(clock, self._lamp)
        # Where two hubs tell, what one tells late could hide what the other has told since.
        self._at_once = settings.shared_database
        self._receipted: dict[str, float] = {}
        """Unit to when it had its last receipt, in monotonic seconds."""
        self._units: Gather[Changes] = Gather(self._tell_units)

    def use(self, link: Publishes) -> None:
        """Where to publish."""
        self._link = link

    def know(self, settings: Settings) -> None:
        """Units may stand in other areas than before."""
        gone = set(self._area_of.values()) - set(settings.area_of.values())
        self._area_of = settings.area_of
        for area in sorted(gone):
            self._area(area, ())
        self._tell_areas(only_changed=True)

    def committed(self, changes: Changes) -> None:
        """Tell pages now, units a moment later: a supervisor's page waits for no one."""
        self._board.apply(changes)
        self._units.add([changes])

    def _tell_units(self, gathered: list[Changes]) -> None:
        streams: dict[Key, Stream] = {}
        told: dict[str, Lamp] = {}
        for changes in gathered:
            streams.update(changes.streams)
            told.update((lamp.unit, lamp) for lamp in changes.lamps)
        self._receipts(self._due(streams))
        self._lights.show(told.values(), at_once=self._at_once)
        # Looked through only when a unit's alarm began or ended: most presses join one that is told already.
        if any((i.unit in self._alarmed) != is_alarm(i) for changes in gathered for i in changes.incidents):
            self._tell_areas(only_changed=True)

    def _due(self, streams: Mapping[Key, Stream]) -> dict[Key, Stream]:
        """Those whose unit may have a receipt now; the others wait for their turn."""
        now = self._clock.now().monotonic
        due: dict[Key, Stream] = {}
        later: dict[Key, Stream] = {}
        for key, stream in streams.items():
            soon = now - self._receipted.get(key[0], float("-inf")) < RECEIPTS_EVERY_S
            (later if soon else due)[key] = stream
        if len(self._receipted) > UNITS_REMEMBERED:
            self._receipted.clear()
        self._receipted.update((unit, now) for unit, _ in due)
        if later:
            self._units.add([Changes(streams=later)])
        return due

    def flush(self) -> None:
        """Tell now what waits."""
        self._receipted.clear()
        self._units.flush()
        self._lights.flush()

    async def tell_again(self) -> None:
        """Everything retained and every receipt, after the link came (back). Raises ``StoreError``."""
        since = self._clock.now().monotonic
        kept = await self._store.read(lambda tx: lamps.lamps(tx, self._site))
        streams = await self._store.read(lambda tx: events.last_streams(tx, self._site))
        self._tell_areas(only_changed=False)
        for number, lamp in enumerate(kept.values()):
            if number % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)
            self._lights.remind([lamp], since)
        await self._receipts_gently(streams)

    def discover(self, messages: Mapping[str, bytes]) -> None:
        """Tell another system of units: topic to retained message."""
        for topic, message in messages.items():
            self._publish(topic, message, retain=True)

    async def lamps_again(self) -> None:
        """What another hub on the same database may have changed. Raises ``StoreError``."""
        since = self._clock.now().monotonic
        kept = await self._store.read(lambda tx: lamps.lamps(tx, self._site))
        self._lights.remind(kept.values(), since, only_changed=True)
        self._tell_areas(only_changed=True)

    async def receipts_of(self, units: Sequence[str]) -> None:
        """The receipts of units again: they have just come. Raises ``StoreError``."""
        for start in range(0, len(units), AT_ONCE):
            some = partial(events.last_streams, site=self._site, units=units[start : start + AT_ONCE])
            await self._receipts_gently(await self._store.read(some))

    async def _receipts_gently(self, streams: Mapping[Key, Stream]) -> None:
        rows = list(streams.items())
        for start in range(0, len(rows), AT_ONCE):
            self._receipts(dict(rows[start : start + AT_ONCE]))
            await asyncio.sleep(0)

    def _receipts(self, streams: Mapping[Key, Stream]) -> None:
        for (unit, epoch), stream in streams.items():
            self._publish(unit_topic(self._site, unit, Channel.RECEIPT), encode(stream.receipt(epoch)))

    def _lamp(self, lamp: Lamp) -> None:
        message = lamp.message(self._clock.now().wall)
        self._publish(unit_topic(self._site, lamp.unit, Channel.LAMP), encode(message), retain=True)

    def _tell_areas(self, *, only_changed: bool) -> None:
        self._alarmed = {i.unit for i in self._board.incidents.values() if is_alarm(i)}
        areas = area_alarms(self._area_of, self._alarmed)
        for area, units in areas.items():
            if not only_changed or units != self._areas.get(area, ()):
                self._area(area, units)
        self._areas = areas

    def _area(self, area: str, units: Iterable[str]) -> None:
        message = area_message(units, self._clock.now().wall)
        self._publish(area_topic(self._site, area), encode(message), retain=True)

    def _publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        if self._link is not None:
            self._link.publish(topic, payload, retain=retain)
