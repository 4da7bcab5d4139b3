"""Many light units in one process: they press by a timetable and speak the contract through ``wire``.

Each has its own connection, status and heartbeat, and sends an event again until the hub's receipt covers
it. Against the floor, which gives no receipts, the broker's acknowledgement has to do.

Run as a process: ``python -m tools.bench.fleet ORDER``, an ``Order`` in JSON; it prints a ``Log`` in JSON.
"""

import asyncio
import contextlib
import gc
import json
import math
import os
import random
import secrets
import socket
import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import paho.mqtt.client as mqtt
import uvloop
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from wire.codec import decode, encode
from wire.limits import HEARTBEAT_S
from wire.messages import Event, Health, Receipt, Status
from wire.messages.events import Panic
from wire.topics import Channel, source_of, unit_subscriptions, unit_topic

CONFIRMED_WITHIN_S = 20.0
"""After the last press, how long to wait for what is not yet confirmed, in seconds."""
JITTER = 0.2
"""Presses come this part of their interval earlier or later, so that units do not march in step."""


@dataclass(frozen=True)
class Order:
    """What a fleet has to do."""

    port: int
    site: str
    passwords: dict[str, str]
    """Unit to broker password."""
    per_unit_hz: float
    warm_s: float
    """Presses before this are not counted, in seconds."""
    count_s: float | None
    """None: they press until the input ends."""
    confirmed_by: Literal["receipt", "puback"]
    seed: int
    resend_s: float = 5.0
    """How long an event waits to be confirmed before it is sent again, in seconds."""
    confirmed_within_s: float = CONFIRMED_WITHIN_S


@dataclass
class Log:
    """What a fleet did. Times are wall-clock milliseconds."""

    presses: list[tuple[str, str, int, float]] = field(default_factory=list)
    """Unit, epoch, sequence and moment of each counted press, just before it was published."""
    sent: int = 0
    """Events, warming included; one that was sent again counts once."""
    resent: int = 0
    unconfirmed: int = 0
    confirmed_at: float = 0.0
    """When the last event was confirmed by a receipt."""
    cpu_s: float = 0.0


class LightUnit:
    """A connection and an outbox in memory."""

    def __init__(self, order: Order, name: str, boot: str, log: Log) -> None:
        self._order, self._name, self._boot, self._log = order, name, boot, log
        self._epoch = secrets.token_hex(8)
        self._topic = unit_topic(order.site, name, Channel.EVENT)
        self._sequence = 0
        self._by_packet: dict[int, int] = {}
        self.pending: dict[int, tuple[bytes, float]] = {}
        """Sequence to payload and when it was last sent (monotonic)."""
        self.ready = asyncio.Event()
        self._client = client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv5
        )
        client.username_pw_set(name, order.passwords[name])
        client.on_socket_open = self._opened
        client.on_socket_close = self._closed
        client.on_connect = self._connected
        client.on_subscribe = lambda *_: self.ready.set()
        client.on_publish = self._published
        client.on_message = self._arrived
        client.connect("127.0.0.1", order.port, keepalive=30)

    def press(self, counted: bool) -> None:
        """Publish one panic event now."""
        self._sequence += 1
        payload = encode(
            Event.of(
                Panic(),
                source=source_of(self._order.site, self._name),
                time=datetime.now(UTC),
                epoch=self._epoch,
                sequence=self._sequence,
                boot=self._boot,
                uptime=time.monotonic(),
                clock="synced",
            )
        )
        self._log.sent += 1
        pressed = time.time() * 1000
        if counted:
            self._log.presses.append((self._name, self._epoch, self._sequence, pressed))
        self._send(self._sequence, payload)

    def heartbeat(self) -> None:
        """Publish health, and send again what waits too long; keeps paho's own clockwork going."""
        self._client.loop_misc()
        health = Health(
            time=datetime.now(UTC),
            boot=self._boot,
            uptime_s=time.monotonic(),
            clock="synced",
            version="bench",
            pending=len(self.pending),
            pending_alarms=len(self.pending),
            microphone="off",
        )
        self._client.publish(unit_topic(self._order.site, self._name, Channel.HEALTH), encode(health), qos=0)
        for sequence, (payload, at) in list(self.pending.items()):
            if time.monotonic() - at > self._order.resend_s:
                self._log.resent += 1
                self._send(sequence, payload)

    def leave(self) -> None:
        """Say goodbye as a unit does, so that it is not missed."""
        self._say_status(online=False)
        self._client.disconnect()

    def _send(self, sequence: int, payload: bytes) -> None:
        self.pending[sequence] = (payload, time.monotonic())
        # Without a thread of its own paho writes to the socket here and now.
        self._by_packet[self._client.publish(self._topic, payload, qos=1).mid] = sequence

    def _say_status(self, *, online: bool) -> None:
        status = Status(online=online, boot=self._boot, epoch=self._epoch, time=datetime.now(UTC))
        topic = unit_topic(self._order.site, self._name, Channel.STATUS)
        self._client.publish(topic, encode(status), qos=1, retain=True)

    def _opened(self, client: mqtt.Client, _data: Any, sock: Any) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        asyncio.get_running_loop().add_reader(sock, client.loop_read)

    def _closed(self, _client: mqtt.Client, _data: Any, sock: Any) -> None:
        asyncio.get_running_loop().remove_reader(sock)

    def _connected(self, client: mqtt.Client, *_: Any) -> None:
        client.subscribe(unit_subscriptions(self._order.site, self._name, None))
        self._say_status(online=True)

    def _published(self, _client: mqtt.Client, _data: Any, mid: int, *_: Any) -> None:
        sequence = self._by_packet.pop(mid, None)
        if sequence is not None and self._order.confirmed_by == "puback":
            self.pending.pop(sequence, None)

    def _arrived(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        _, said = decode(message.topic, bytes(message.payload))
        if isinstance(said, Receipt) and said.epoch == self._epoch:
            for sequence in [s for s in self.pending if said.covers(s)]:
                del self.pending[sequence]
                self._log.confirmed_at = time.time() * 1000


async def run(order: Order) -> Log:
    """Connect, press by the timetable, wait until everything is confirmed."""
    log = Log()
    boot = secrets.token_hex(16)
    units = [LightUnit(order, name, boot, log) for name in order.passwords]
    async with asyncio.timeout(30):
        for unit in units:
            await unit.ready.wait()
    gc.disable()
    beat_s = min(HEARTBEAT_S, order.resend_s)
    hearts = [
        asyncio.create_task(_beat(unit, i / len(units) * beat_s, beat_s)) for i, unit in enumerate(units)
    ]
    await asyncio.sleep(0.5)
    start = time.monotonic()
    pressing = asyncio.gather(
        *(_press(unit, order, random.Random(f"{order.seed} {i}"), start) for i, unit in enumerate(units))  # noqa: S311
    )
    if order.count_s is None:
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        pressing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await pressing
    deadline = time.monotonic() + order.confirmed_within_s
    while any(unit.pending for unit in units) and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    log.unconfirmed = sum(len(unit.pending) for unit in units)
    for heart in hearts:
        heart.cancel()
    for unit in units:
        unit.leave()
    log.cpu_s = time.process_time()
    return log


async def _press(unit: LightUnit, order: Order, dice: random.Random, start: float) -> None:
    """Open loop: a late press is not made up for, and a slow hub does not slow the pressing."""
    interval = 1 / order.per_unit_hz
    at = start + dice.random() * interval
    until = math.inf if order.count_s is None else start + order.warm_s + order.count_s
    while at < until:
        await asyncio.sleep(at - time.monotonic())
        unit.press(counted=at >= start + order.warm_s)
        at += interval * (1 + JITTER * (2 * dice.random() - 1))


async def _beat(unit: LightUnit, first_s: float, every_s: float) -> None:
    await asyncio.sleep(first_s)
    while True:
        unit.heartbeat()
        await asyncio.sleep(every_s)


if __name__ == "__main__":
    told = json.dumps(asdict(uvloop.run(run(Order(**json.loads(sys.argv[1]))))))
    os.set_blocking(sys.stdout.fileno(), True)  # uvloop leaves a pipe that takes 64 KiB and loses the rest
    print(told)
