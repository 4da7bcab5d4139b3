"""Real brokers for tests, and links to them."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from tools.demo.broker import Broker, Kind, mosquitto_path
from wire.link import Delivery, Link, LinkSettings, Subscriptions

Protocol = Literal["5", "3.1.1"]
CLAIMED: list[tuple[Kind, Protocol]] = [("mosquitto", "5"), ("mosquitto", "3.1.1"), ("amqtt", "3.1.1")]
"""Every broker and protocol that the contract claims to run on."""


def need(kind: Kind) -> None:
    """Skip the test where that broker is not installed."""
    if kind == "mosquitto" and mosquitto_path() is None:
        pytest.skip("mosquitto is not installed (make test installs it)")


def make_broker(kind: Kind, folder: Path, units: list[str]) -> Broker:
    """A started broker of its own; the caller stops it."""
    need(kind)
    broker = Broker(kind, folder / "broker", units)
    broker.start()
    return broker


def wait_until(condition: Callable[[], object], what: str, within_s: float = 15.0) -> None:
    """Poll until ``condition`` holds; fail the test naming ``what`` when it never does."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {within_s:g} s: {what}")
        time.sleep(0.005)


@dataclass
class Peer:
    """A link with a memory: what arrived, and what was said about the connection."""

    broker: Broker
    user: str
    protocol: Protocol = "5"
    subscriptions: Subscriptions = field(default_factory=list)
    will: tuple[str, bytes] | None = None
    acknowledges: bool = True
    password: str | None = None
    client_id: str | None = None

    def __post_init__(self) -> None:
        self.arrived: list[Delivery] = []
        self.said: list[tuple[bool, str]] = []
        self._lock = threading.Lock()
        secret = self.password if self.password is not None else self.broker.password_of(self.user)
        self.link = Link(
            LinkSettings(
                "127.0.0.1",
                self.broker.port,
                self.client_id or self.user,
                self.user or None,
                secret or None,
                self.protocol,
                keepalive_s=2,
            ),
            subscriptions=self.subscriptions,
            on_delivery=self._keep,
            on_connection=lambda up, why: self.said.append((up, why)),
            will=self.will,
        )

    def start(self) -> "Peer":
        """Connect, and wait until the broker has taken the subscriptions."""
        self.link.start()
        wait_until(lambda: self.link.connected, f"{self.user} connects")
        return self

    def stop(self) -> None:
        """Disconnect in order."""
        self.link.stop()

    def payloads(self, topic: str) -> list[bytes]:
        """What arrived on ``topic``, in order."""
        with self._lock:
            return [d.payload for d in self.arrived if d.topic == topic]

    def _keep(self, delivery: Delivery) -> None:
        with self._lock:
            self.arrived.append(delivery)
        if self.acknowledges:
            delivery.acknowledge()
