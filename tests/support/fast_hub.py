"""A hub side that does nothing but give receipts, as fast as it can."""

import threading
import time
from types import TracebackType
from typing import Self

from hub.streams import Stream
from tests.support.brokers import wait_until
from tests.support.unit_process import SITE, UNIT
from tools.demo.broker import Broker
from wire.codec import decode, encode
from wire.link import Delivery, Link, LinkSettings
from wire.messages import Event
from wire.topics import Channel, unit_topic

EVERY_S = 0.01


class FastHub:
    """Many events share a receipt, as with a hub's transaction."""

    def __init__(self, broker: Broker) -> None:
        self.stored: dict[str, Stream] = {}
        self.arrived = 0
        """With those that came twice."""
        self._changed: set[str] = set()
        self._lock = threading.Lock()
        self._end = threading.Event()
        settings = LinkSettings("127.0.0.1", broker.port, "fast-hub", "hub", broker.password_of("hub"))
        self._link = Link(
            settings,
            subscriptions=[(unit_topic(SITE, UNIT, Channel.EVENT), 1)],
            on_delivery=self._take,
            on_connection=lambda _connected, _why: None,
        )
        self._answering = threading.Thread(target=self._answer, daemon=True)

    def __enter__(self) -> Self:
        self._link.start()
        wait_until(lambda: self._link.connected, "the fast hub connects")
        self._answering.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._answering.join(15.0)
        self._link.stop()

    def through(self, epoch: str) -> int:
        """How far an epoch is stored without a hole."""
        return self.stored.get(epoch, Stream()).through

    def _take(self, delivery: Delivery) -> None:
        event = decode(delivery.topic, delivery.payload)[1]
        assert isinstance(event, Event)
        with self._lock:
            self.arrived += 1
            self.stored[event.epoch] = self.stored.get(event.epoch, Stream()).add(event.sequence)
            self._changed.add(event.epoch)
        delivery.acknowledge()

    def _answer(self) -> None:
        while not self._end.is_set():
            with self._lock:
                changed, self._changed = self._changed, set()
                told = [self.stored[epoch].receipt(epoch) for epoch in changed]
            for receipt in told:
                self._link.publish(unit_topic(SITE, UNIT, Channel.RECEIPT), encode(receipt))
            time.sleep(EVERY_S)
