"""The way in: what the broker delivers becomes events in the database, in batches that nobody waits for.

Whatever has arrived while a transaction ran becomes the next one. A delivery is acknowledged after COMMIT.
When more arrives than can be stored, the link's thread waits: then the broker keeps the rest.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from hub.boots import Boots
from hub.clock import Clock
from hub.store import quarantine
from hub.store.database import Store
from hub.store.errors import StoreClosed, StoreUnavailable
from hub.store.events import Arrived
from hub.store.quarantine import HEAD_BYTES, Rejected
from hub.store.record import Changes, House, Transaction
from wire.codec import Reason, Refused, decode
from wire.link import Delivery
from wire.messages import Event, Health, Message, Status
from wire.topics import Channel, UnitTopic

_log = structlog.get_logger()

WAITING_MAX = 5000
"""Deliveries in memory; beyond, the broker keeps them."""
BATCH_MAX = 500
"""Events in one transaction."""
TURN_MAX = 200
"""Deliveries decoded before the pages get their turn."""
RETRY_FIRST_S = 0.05
RETRY_MOST_S = 2.0

_VOLATILE = (f"/{Channel.HEALTH.value}", f"/{Channel.LEVEL.value}")
"""Topics whose messages may be dropped: the next one says the same better."""


@dataclass(slots=True)
class _Item:
    arrived: Arrived
    delivery: Delivery


class Inbox:
    """``deliver`` is for the link's thread, all else for the event loop."""

    def __init__(
        self,
        store: Store,
        house: House,
        clock: Clock,
        *,
        announce: Callable[[Changes], None],
        on_status: Callable[[str, Status, bool], None],
        on_health: Callable[[str, Health], None],
        on_quarantined: Callable[[int], None],
    ) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._announce = announce
        self._on_status = on_status
        self._on_health = on_health
        self._on_quarantined = on_quarantined
        self._boots = Boots()
        self._loop = asyncio.get_running_loop()
        self._delivered: deque[Delivery] = deque()
        self._woken = False
        self._room = threading.Condition()
        self._closing = False
        self._events: deque[_Item] = deque()
        self._rejected: list[Rejected] = []
        self._rejected_deliveries: list[Delivery] = []
        self._work = asyncio.Event()
        self.dropped = 0
        """Heartbeats and levels that there was no room for."""
        self.trouble = ""
        """Why nothing can be stored at the moment; empty when all is well."""

    @property
    def _waiting(self) -> int:
        return len(self._delivered) + len(self._events) + len(self._rejected_deliveries)

    def deliver(self, delivery: Delivery) -> None:
        """Take one message from the link's thread. Waits while there is no room, unless it may be dropped."""
        if self._waiting >= WAITING_MAX:
            if delivery.topic.endswith(_VOLATILE):
                self.dropped += 1
                return
            with self._room:
                self._room.wait_for(lambda: self._closing or self._waiting < WAITING_MAX)
        if self._closing:
            return  # not acknowledged: the broker gives it to the next start
        self._delivered.append(delivery)
        if not self._woken:
            self._woken = True
            self._loop.call_soon_threadsafe(self._sort)

    def _sort(self) -> None:
        """Decode what was delivered. Status and heartbeats are heard even while the database is away."""
        self._woken = False
        for _ in range(min(TURN_MAX, len(self._delivered))):
            self._take(self._delivered.popleft())
        if self._delivered and not self._woken:
            self._woken = True
            self._loop.call_soon(self._sort)
        if self._events or self._rejected:
            self._work.set()
        else:
            self._make_room()

    def _take(self, delivery: Delivery) -> None:
        try:
            where, message = decode(delivery.topic, delivery.payload)
        except Refused as refused:
            self._reject(delivery, refused.reason.value, refused.detail)
            return
        if delivery.retained and isinstance(message, Event):
            self._reject(delivery, Reason.EXPIRED.value, "the broker had retained it; an event never is")
        elif isinstance(where, UnitTopic):
            self._hand_on(where.unit, message, delivery)

    def _hand_on(self, unit: str, message: Message, delivery: Delivery) -> None:
        match message:
            case Event():
                payload = delivery.payload.decode()
                now = self._clock.now().wall
                began = self._boots.began(unit, message.boot)
                arrived = Arrived(unit, message, message.content(), payload, now, began)
                self._events.append(_Item(arrived, delivery))
                return
            case Status():
                # A retained one tells how long the unit had been up some time ago.
                if message.uptime_s is not None and not delivery.retained:
                    self._boots.tell(unit, message.boot, message.uptime_s, self._clock.now().wall)
                self._on_status(unit, message, delivery.retained)
            case Health():
                self._boots.tell(unit, message.boot, message.uptime_s, self._clock.now().wall)
                self._on_health(unit, message)
        # Level and configuration reports are checked like all else, but nothing here follows from them yet.
        delivery.acknowledge()

    def _reject(self, delivery: Delivery, reason: str, detail: str) -> None:
        now = self._clock.now().wall
        payload = delivery.payload
        self._rejected.append(
            Rejected(now, delivery.topic, reason, detail, len(payload), payload[:HEAD_BYTES])
        )
        self._rejected_deliveries.append(delivery)

    async def run(self) -> None:
        """Store what arrives until closed; an event first, what was refused after it."""
        while not self._closing:
            await self._work.wait()
            self._work.clear()
            while (self._events or self._rejected) and not self._closing:
                batch = [self._events.popleft() for _ in range(min(BATCH_MAX, len(self._events)))]
                if batch:
                    await self._store_all(batch)
                if self._rejected:
                    await self._quarantine()
                self._make_room()

    def close(self) -> None:
        """Take nothing more, and let a waiting link go. What is not acknowledged comes again."""
        self._closing = True
        self._work.set()
        self._make_room()

    def _make_room(self) -> None:
        with self._room:
            self._room.notify_all()

    async def _store_all(self, batch: list[_Item]) -> None:
        """One transaction; when the batch itself is at fault, halves of it, down to the one that is."""
        arrived = [item.arrived for item in batch]

        def committed(changes: Changes) -> None:
            self._announce(changes)
            self._loop.call_soon(_acknowledge, [item.delivery for item in batch])

        def work(tx: Any) -> Changes:
            return Transaction(tx, self._house, self._clock.now().wall).record(arrived)

        try:
            await self._write(work, committed)
        except (StoreClosed, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not keep other events from the store
            if len(batch) > 1:
                middle = len(batch) // 2
                await self._store_all(batch[:middle])
                await self._store_all(batch[middle:])
                return
            _log.exception("event_poisoned", unit=arrived[0].unit, event_id=arrived[0].event.id)
            self._reject(batch[0].delivery, "poison", f"cannot be stored: {type(error).__name__}")

    async def _quarantine(self) -> None:
        rejected, self._rejected = self._rejected, []
        deliveries, self._rejected_deliveries = self._rejected_deliveries, []

        def committed(count: int) -> None:
            self._on_quarantined(count)
            _acknowledge(deliveries)

        await self._write(lambda tx: quarantine.add(tx, rejected), committed)

    async def _write(self, work: Callable[[Any], Any], then: Callable[[Any], None]) -> None:
        """Try until it is stored; meanwhile nothing is acknowledged."""
        wait = RETRY_FIRST_S
        while True:
            try:
                await self._store.write(work, then)
            except StoreUnavailable as error:
                if self._closing:
                    raise StoreClosed("the hub stops while the database is away") from error
                if not self.trouble:
                    _log.error("store_unavailable", why=str(error))
                self.trouble = str(error)
                await asyncio.sleep(wait)
                wait = min(RETRY_MOST_S, 2 * wait)
            else:
                if self.trouble:
                    _log.info("store_available")
                self.trouble = ""
                return


def _acknowledge(deliveries: list[Delivery]) -> None:
    for delivery in deliveries:
        delivery.acknowledge()
