"""The way in: what the broker delivers becomes events in the database, in batches that nobody waits for.

Whatever has arrived while a transaction ran becomes the next one. A delivery is acknowledged after COMMIT.
When more arrives than can be stored, the link's thread waits: then the broker keeps the rest.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

import structlog
from sqlalchemy import Connection

from hub.arrivals import Arrivals
from hub.boots import Boots
from hub.clock import Clock
from hub.flood import Flood
from hub.gather import Gather
from hub.heard import Heard
from hub.house import House
from hub.metrics import Inflow
from hub.store import quarantine
from hub.store.database import Store, Transact
from hub.store.errors import StoreUnavailable
from hub.store.events import Arrived
from hub.store.quarantine import HEAD_BYTES, Rejected
from hub.store.record import Transaction
from hub.store.remembered import Remembered
from hub.store.settle import Changes
from wire.codec import Reason, Refused, decode
from wire.link import Delivery
from wire.messages import Event, Health, Level, Message, Reported, Status
from wire.topics import Channel, UnitTopic

_log = structlog.get_logger()

WAITING_MAX = 12_000
"""Deliveries in memory: a thousand units that come back with ten events each. The broker keeps the rest."""
BATCH_MAX = 300  # events in one transaction, for which an alarm may have to wait
RETRY_FIRST_S = 0.05
RETRY_MOST_S = 2.0

_VOLATILE = (f"/{Channel.HEALTH.value}", f"/{Channel.LEVEL.value}")
"""Topics whose messages may be dropped: the next one says the same better."""


@dataclass(frozen=True, slots=True)
class _Item:
    arrived: Arrived
    delivery: Delivery


class Inbox:
    """``deliver`` is for the link's thread. The store's thread decodes and stores, so that a press changes
    hands as seldom as can be; what follows from it happens on the event loop, which ``heard`` is for."""

    def __init__(
        self,
        store: Store,
        house: House,
        clock: Clock,
        heard: Heard,
    ) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._heard = heard
        self._loop = asyncio.get_running_loop()
        self._room = threading.Condition()
        self._closing = False
        self._delivered = Arrivals()
        self._woken = False
        self._resting = False
        self._rest_s = RETRY_FIRST_S
        self._acknowledged: Gather[Delivery] = Gather(_acknowledge)
        # Of the store's thread alone:
        self._boots = Boots()
        self._remembered = Remembered()
        self._earlier: dict[str, str] = {}
        """Unit to the boot that is known to have begun earlier than was thought when its events came."""
        self._events: deque[_Item] = deque()
        self._rejected: deque[tuple[Rejected, Delivery]] = deque()
        self.flood = Flood()
        self._stored_events = 0
        self.dropped = 0
        """Heartbeats and levels that there was no room for."""
        self.trouble = ""
        """Why nothing can be stored at the moment; empty when all is well."""

    def figures(self) -> Inflow:
        """What has come in so far."""
        return Inflow(self._stored_events, self.waiting, self.dropped, self.flood.dropped)

    @property
    def waiting(self) -> int:
        """Deliveries in memory that are not acknowledged."""
        return len(self._delivered) + len(self._events) + len(self._rejected)

    def deliver(self, delivery: Delivery) -> None:
        """Take one message from the link's thread. Waits while there is no room, unless it may be dropped."""
        if not self.flood.admits(delivery.topic, delivery.payload, self._clock.now().monotonic):
            delivery.acknowledge()  # to the broker only: what has no receipt is sent again
            return
        if self.waiting >= WAITING_MAX:
            if delivery.topic.endswith(_VOLATILE):
                self.dropped += 1
                return
            with self._room:
                self._room.wait_for(lambda: self._closing or self.waiting < WAITING_MAX)
        if self._closing:
            return  # not acknowledged: the broker gives it to the next start
        self._delivered.put(delivery)
        self._wake()

    async def close(self) -> None:
        """Take nothing more, let a waiting link go, finish what is being stored; the rest comes again."""
        self._closing = True
        self._make_room()
        done = asyncio.Event()
        self._store.submit(lambda _transact: self._tell(done.set))
        await done.wait()
        self._acknowledged.flush()

    def _wake(self) -> None:
        if not self._woken:
            self._woken = True
            self._store.submit(self._turn)

    def _make_room(self) -> None:
        with self._room:
            self._room.notify_all()

    def _tell(self, callback: Callable[..., None], *arguments: Any) -> None:
        self._loop.call_soon_threadsafe(callback, *arguments)

    # On the store's thread.

    def _turn(self, transact: Transact) -> None:
        """Decode what was delivered and store it: events first, then what was refused."""
        self._woken = False
        if self._closing:
            return
        now = self._clock.now().wall  # all of them had come by then
        for _ in range(min(BATCH_MAX, len(self._delivered))):
            self._take(self._delivered.take(), now)
        if not self._resting:
            try:
                self._store_events(transact)
                self._store_rejected(transact)
                self._store_corrections(transact)
            except StoreUnavailable as error:
                self._rest(str(error))
            else:
                self._recovered()
        self._make_room()
        if self._delivered:
            self._wake()

    def _take(self, delivery: Delivery, now: datetime) -> None:
        """Sort one delivery. Status and heartbeats are heard even while the database is away."""
        try:
            where, message = decode(delivery.topic, delivery.payload)
        except Refused as refused:
            self._reject(delivery, refused.reason.value, refused.detail)
            return
        except Exception as error:  # noqa: BLE001 - nothing that arrives may end the thread that stores alarms
            _log.exception("delivery_poisoned", topic=delivery.topic)
            self._reject(delivery, "poison", f"cannot be read: {type(error).__name__}")
            return
        if delivery.retained and isinstance(message, Event):
            self._reject(delivery, Reason.EXPIRED.value, "the broker had retained it; an event never is")
        elif isinstance(where, UnitTopic):
            self._hand_on(where.unit, message, delivery, now)

    def _hand_on(self, unit: str, message: Message, delivery: Delivery, now: datetime) -> None:
        match message:
            case Event():
                payload = delivery.payload.decode()
                began = self._boots.began(unit, message.boot)
                arrived = Arrived(unit, message, message.content(), payload, now, began)
                self._events.append(_Item(arrived, delivery))
                return
            case Status():
                # A retained one tells how long the unit had been up some time ago.
                if message.uptime_s is not None and not delivery.retained:
                    self._up(unit, message.boot, message.uptime_s)
                self._tell(self._heard.status, unit, message, delivery.retained)
            case Health():
                self._up(unit, message.boot, message.uptime_s)
                self._tell(self._heard.health, unit, message)
            case Reported():
                self._tell(self._heard.reported, unit, message)
            case Level():
                self._heard.level(unit, message)  # on this thread
        delivery.acknowledge()

    def _up(self, unit: str, boot: str, uptime_s: float) -> None:
        if self._boots.tell(unit, boot, uptime_s, self._clock.now().wall):
            self._earlier[unit] = boot

    def _reject(self, delivery: Delivery, reason: str, detail: str) -> None:
        head, now = delivery.payload[:HEAD_BYTES], self._clock.now().wall
        rejected = Rejected(now, delivery.topic, reason, detail, len(delivery.payload), head)
        self._rejected.append((rejected, delivery))

    def _store_events(self, transact: Transact) -> None:
        """One transaction; when the batch itself is at fault, half of it, down to the event that is."""
        size = BATCH_MAX
        while self._events:
            batch = list(islice(self._events, size))
            arrived = [item.arrived for item in batch]
            now = self._clock.now().wall
            try:
                changes = transact(partial(self._record, now=now, batch=arrived))
            except StoreUnavailable:
                self._tell(self._heard.unsay)
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, it must not keep other events out
                self._tell(self._heard.unsay)
                if len(batch) > 1:
                    size = len(batch) // 2
                    continue
                _log.exception("event_poisoned", unit=arrived[0].unit, event_id=arrived[0].event.id)
                self._reject(batch[0].delivery, "poison", f"cannot be stored: {type(error).__name__}")
            else:
                self._tell(self._stored, changes, [item.delivery for item in batch])
            for _ in batch:
                self._events.popleft()
            size = BATCH_MAX

    def _record(self, tx: Connection, now: datetime, batch: Sequence[Arrived]) -> Changes:
        changes = Transaction(tx, self._house, now).record(batch, self._remembered)
        self._tell(self._heard.foretell, changes.rows)  # the disk is still to be waited for
        return changes

    def _store_rejected(self, transact: Transact) -> None:
        if self._rejected:
            rejected = [one for one, _ in self._rejected]
            count = transact(lambda tx: quarantine.add(tx, rejected))
            self._tell(self._noted, count, [delivery for _, delivery in self._rejected])
            self._rejected.clear()

    def _store_corrections(self, transact: Transact) -> None:
        for unit, boot in list(self._earlier.items()):
            began = self._boots.began(unit, boot)
            if began is not None:  # another boot has begun since
                moved = partial(_retime, house=self._house, now=self._clock.now().wall)
                self._tell(self._heard.announce, transact(partial(moved, unit=unit, boot=boot, began=began)))
            del self._earlier[unit]

    def _rest(self, why: str) -> None:
        """The database is away: try again soon. Nothing was stored, so nothing is acknowledged."""
        if not self.trouble:
            _log.error("store_unavailable", why=why)
        self.trouble = why
        self._resting = True
        self._tell(self._wait, self._rest_s)
        self._rest_s = min(RETRY_MOST_S, 2 * self._rest_s)

    def _recovered(self) -> None:
        if self.trouble:
            _log.info("store_available", heartbeats_dropped=self.dropped)
        self.trouble, self._rest_s = "", RETRY_FIRST_S

    # On the event loop.

    def _wait(self, seconds: float) -> None:
        self._loop.call_later(seconds, self._rested)

    def _rested(self) -> None:
        self._resting = False
        self._wake()

    def _stored(self, changes: Changes, deliveries: list[Delivery]) -> None:
        self._stored_events += changes.stored
        self._heard.announce(changes)
        self._acknowledged.add(deliveries)

    def _noted(self, count: int, deliveries: list[Delivery]) -> None:
        self._heard.quarantined(count)
        _acknowledge(deliveries)


def _retime(tx: Connection, *, house: House, now: datetime, unit: str, boot: str, began: datetime) -> Changes:
    return Transaction(tx, house, now).retime(unit, boot, began)


def _acknowledge(deliveries: list[Delivery]) -> None:
    for delivery in deliveries:
        delivery.acknowledge()
