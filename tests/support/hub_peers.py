"""The two sides of a hub: a unit that sends to it, and a browser that listens."""

import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.support.brokers import Peer, wait_until
from tools.demo.broker import Broker
from wire.codec import encode
from wire.messages import Command, Config, Event, Health, Lamp, Receipt, Reported, Status
from wire.messages.events import EventData, Panic
from wire.topics import TO_UNIT, Channel, area_topic, source_of, unit_topic

SITE = "city"
BOOT = "00ff00ff00ff00ff"


@dataclass
class Sender:
    """A unit as the hub sees it: sends each event until it has a receipt, and keeps what it is told."""

    broker: Broker
    unit: str = "c1"
    site: str = SITE
    epoch: str = field(default_factory=lambda: secrets.token_hex(8))
    again_s: float = 1.0
    """How long to wait for a receipt before sending again, in seconds."""

    def __post_init__(self) -> None:
        read = [(unit_topic(self.site, self.unit, channel), 1) for channel in TO_UNIT]
        read.append((area_topic(self.site, "desk"), 1))
        self.peer = Peer(self.broker, self.unit, subscriptions=read)
        self.sequence = 0
        self.pending: dict[int, bytes] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send_again, name=f"sender-{self.unit}", daemon=True)
        self._began = time.monotonic()

    def start(self) -> "Sender":
        self.peer.start()
        self._thread.start()
        return self

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10)
        self.peer.stop()

    def event(self, data: EventData | None = None, **changes: Any) -> Event:
        """The next event of this unit, not yet sent."""
        self.sequence += 1
        attributes: dict[str, Any] = {
            "source": source_of(self.site, self.unit),
            "time": datetime.now(UTC),
            "epoch": self.epoch,
            "sequence": self.sequence,
            "boot": BOOT,
            "uptime": time.monotonic() - self._began,
            "clock": "synced",
        }
        return Event.of(data if data is not None else Panic(), **(attributes | changes))

    def send(self, data: EventData | None = None, **changes: Any) -> Event:
        """Send an event, and again until the hub says that it is stored."""
        event = self.event(data, **changes)
        payload = encode(event)
        with self._lock:
            self.pending[event.sequence] = payload
        self.peer.link.publish(self.topic(Channel.EVENT), payload)
        return event

    def say(self, message: Status | Health | Reported) -> None:
        """Status, heartbeat, or which configuration runs."""
        channels = {Status: Channel.STATUS, Health: Channel.HEALTH, Reported: Channel.REPORTED}
        retained = not isinstance(message, Health)
        self.peer.link.publish(self.topic(channels[type(message)]), encode(message), retain=retained)

    def topic(self, channel: Channel) -> str:
        return unit_topic(self.site, self.unit, channel)

    def receipts(self, epoch: str | None = None) -> list[Receipt]:
        told = [Receipt.model_validate_json(p) for p in self.peer.payloads(self.topic(Channel.RECEIPT))]
        return [receipt for receipt in told if receipt.epoch == (epoch or self.epoch)]

    def covered(self, sequence: int) -> bool:
        return any(receipt.covers(sequence) for receipt in self.receipts())

    def commands(self) -> list[Command]:
        """What it was asked so far."""
        return [Command.model_validate_json(p) for p in self.peer.payloads(self.topic(Channel.COMMAND))]

    def configuration(self) -> Config | None:
        """What it shall run, as told last."""
        told = self.peer.payloads(self.topic(Channel.CONFIG))
        return Config.model_validate_json(told[-1]) if told else None

    def lamp(self) -> Lamp | None:
        """What the lamp was told last."""
        told = self.peer.payloads(self.topic(Channel.LAMP))
        return Lamp.model_validate_json(told[-1]) if told else None

    def neighbours(self) -> list[str]:
        """Units of the area with an alarm, as told last."""
        told = self.peer.payloads(area_topic(self.site, "desk"))
        return list(json.loads(told[-1])["units"]) if told else []

    def _send_again(self) -> None:
        while not self._stop.wait(self.again_s):
            receipts = self.receipts()[-1:]
            with self._lock:
                for sequence in [s for s in self.pending if any(r.covers(s) for r in receipts)]:
                    del self.pending[sequence]
                waiting = list(self.pending.values())[:200]
            for payload in waiting:
                self.peer.link.publish(self.topic(Channel.EVENT), payload)


def health(**changes: Any) -> Health:
    """A heartbeat of a unit that is well."""
    values: dict[str, Any] = {
        "time": datetime.now(UTC),
        "boot": BOOT,
        "uptime_s": 1.0,
        "clock": "synced",
        "version": "0.1.0",
        "pending": 0,
        "pending_alarms": 0,
        "microphone": "off",
    }
    return Health(**(values | changes))


@dataclass
class Listener:
    """A browser's stream, read in a thread: ``(event, id, data)`` in the order they came."""

    client: httpx.Client
    since: int | None = None
    last_event_id: str | None = None
    ahead: bool = False
    """Whether it hears what is about to be committed, as the live page does."""

    def __post_init__(self) -> None:
        self.told: list[tuple[str, int | None, Any]] = []
        self.ended = threading.Event()
        self._close = threading.Event()
        self._thread = threading.Thread(target=self._read, name="listener", daemon=True)

    def __enter__(self) -> "Listener":
        self._thread.start()
        wait_until(lambda: self.told or self.ended.is_set(), "the stream has begun")
        return self

    def __exit__(self, *_: object) -> None:
        self._close.set()
        self._thread.join(10)

    def of(self, kind: str) -> list[Any]:
        """Data of the events of one kind."""
        return [data for event, _, data in list(self.told) if event == kind]

    def _read(self) -> None:
        parameters: dict[str, str | int] = {} if self.since is None else {"since": self.since}
        if self.ahead:
            parameters["ahead"] = "true"
        headers = {} if self.last_event_id is None else {"Last-Event-ID": self.last_event_id}
        event, number = "", None
        try:
            with self.client.stream(
                "GET", "/api/v1/live/stream", params=parameters, headers=headers, timeout=20
            ) as response:
                response.raise_for_status()
                for line in response.iter_lines():
                    name, _, value = line.partition(": ")
                    if name == "event":
                        event = value
                    elif name == "id":
                        number = int(value)
                    elif name == "data":
                        self.told.append((event, number, json.loads(value)))
                        event, number = "", None
                    if self._close.is_set():
                        return
        except httpx.TransportError:
            pass  # the hub is gone; ``ended`` says so
        finally:
            self.ended.set()
