"""Very many units in one process, at next to no cost of their own: packets are written as bytes.

Run as a process: ``python -m tools.bench.senders ORDER``, an ``Order`` in JSON; it prints a ``Log`` in JSON.
What it sends more of than a broker takes waits in the sockets, as it would in units.
"""

import asyncio
import gc
import json
import os
import resource
import secrets
import socket
import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Literal, cast

import uvloop

from tools.bench import packets
from wire.codec import decode, encode
from wire.messages import Event, Receipt, Status
from wire.messages.events import FaultCleared, FaultRaised, Panic, SessionStarted, SessionStopped
from wire.topics import Channel, source_of, unit_subscriptions, unit_topic

_ORDINARY = (
    SessionStarted(limit_s=1800.0, warn_s=300.0, grace_s=300.0),
    SessionStopped(lasted_s=600.0),
    *(
        said
        for part in ("microphone", "disk", "clock", "heat")
        for said in (FaultRaised(part=part, detail="bench"), FaultCleared(part=part))
    ),
)
TICK_S = 0.01
SOCKETS = 8192
CONNECT_WITHIN_S = 30.0


@dataclass(frozen=True)
class Order:
    """What the senders have to do."""

    port: int
    site: str
    passwords: dict[str, str]
    """Unit to broker password."""
    kind: Literal["steady", "return"]
    """``steady``: ``per_s`` presses in all, for ``seconds``, from units that are connected. ``return``: they
    connect all at once and bring ``each`` ordinary events: a meeting, and faults that came and went."""
    per_s: float = 0.0
    seconds: float = 0.0
    each: int = 0
    settle_s: float = 5.0
    """How long to wait afterwards for what is not confirmed, in seconds."""
    receipts: bool = False
    """Wait for receipts; else the broker's acknowledgement confirms."""


@dataclass
class Log:
    """What they did. Times are monotonic seconds, which all processes of a machine share."""

    began: float = 0.0
    ended: float = 0.0
    """When the last event had been written to its socket."""
    sent: int = 0
    unconfirmed: int = 0
    confirmed_at: float = 0.0
    """When the last event was confirmed."""
    late_s: float = 0.0
    """How far the sending fell behind its timetable at most: beyond a second the figures are the sender's."""
    steps: list[tuple[float, int]] = field(default_factory=list)
    """Moment, and events sent until then."""
    cpu_s: float = 0.0


class Unit(asyncio.Protocol):
    """A connection that presses."""

    def __init__(self, order: Order, name: str, log: Log) -> None:
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.pending: set[int] = set()
        self._order, self._name, self._log = order, name, log
        self._boot, self._epoch = secrets.token_hex(16), secrets.token_hex(8)
        self._topic = unit_topic(order.site, name, Channel.EVENT)
        self._sequence = 0
        self._got = bytearray()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by its class
        self._transport.write(packets.connect(self._name, self._name, self._order.passwords[self._name]))

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("the broker closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._got += data
        for first, body in packets.taken(self._got):
            match first & 0xF0:
                case packets.CONNACK:
                    self._connected(body)
                case packets.SUBACK if not self.ready.done():
                    self.ready.set_result(None)
                case packets.PUBACK if not self._order.receipts:
                    self._confirm({int.from_bytes(body, "big")})
                case packets.PUBLISH:
                    self._arrived(*packets.published(first, body))

    def send(self, count: int) -> None:
        """So many events, at once."""
        written = []
        for _ in range(count):
            self._sequence += 1
            number = (self._sequence - 1) % 65534 + 1
            self.pending.add(self._sequence if self._order.receipts else number)
            written.append(packets.publish(self._topic, self._event(), number))
        self._transport.write(b"".join(written))
        self._log.sent += count

    def leave(self) -> None:
        """Say goodbye."""
        self._say(online=False)
        self._transport.write(packets.disconnect())
        self._transport.close()

    def _event(self) -> bytes:
        ordinary = _ORDINARY[(self._sequence - 1) % len(_ORDINARY)]
        return encode(
            Event.of(
                ordinary if self._order.kind == "return" else Panic(),
                source=source_of(self._order.site, self._name),
                time=datetime.now(UTC),
                epoch=self._epoch,
                sequence=self._sequence,
                boot=self._boot,
                uptime=time.monotonic(),
                clock="synced",
            )
        )

    def _connected(self, body: bytes) -> None:
        if body[1]:
            self.ready.set_exception(ConnectionError(f"the broker refused {self._name}: {body[1]}"))
            return
        topics = unit_subscriptions(self._order.site, self._name, None)
        self._transport.write(packets.subscribe(65535, topics))
        self._say(online=True)

    def _say(self, *, online: bool) -> None:
        status = Status(online=online, boot=self._boot, epoch=self._epoch, time=datetime.now(UTC))
        topic = unit_topic(self._order.site, self._name, Channel.STATUS)
        self._transport.write(packets.publish(topic, encode(status), 65535, retain=True))

    def _arrived(self, topic: str, payload: bytes, number: int) -> None:
        if number:
            self._transport.write(packets.puback(number))
        if self._order.receipts:
            _, said = decode(topic, payload)
            if isinstance(said, Receipt) and said.epoch == self._epoch:
                self._confirm({sequence for sequence in self.pending if said.covers(sequence)})

    def _confirm(self, numbers: set[int]) -> None:
        if numbers & self.pending:
            self.pending -= numbers
            self._log.confirmed_at = time.monotonic()


async def run(order: Order) -> Log:
    """Do it, then wait until everything is confirmed or ``settle_s`` has passed."""
    log = Log()
    units = await (_steady(order, log) if order.kind == "steady" else _return(order, log))
    deadline = time.monotonic() + order.settle_s
    while any(unit.pending for unit in units) and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(TICK_S)
    log.unconfirmed = sum(len(unit.pending) for unit in units)
    for unit in units:
        unit.leave()
    await asyncio.sleep(0.1)
    log.cpu_s = time.process_time()
    return log


async def _connect(order: Order, name: str, log: Log) -> Unit:
    _, unit = await asyncio.get_running_loop().create_connection(
        lambda: Unit(order, name, log), "127.0.0.1", order.port
    )
    await unit.ready
    return unit


async def _steady(order: Order, log: Log) -> list[Unit]:
    async with asyncio.timeout(CONNECT_WITHIN_S):
        units = [await _connect(order, name, log) for name in order.passwords]
    gc.disable()
    await asyncio.sleep(0.3)
    begin = log.began = time.monotonic()
    turn = 0
    while (passed := time.monotonic() - begin) < order.seconds:
        due = int(passed * order.per_s)
        log.late_s = max(log.late_s, (due - log.sent) / order.per_s - TICK_S)
        for _ in range(due - log.sent):
            units[turn % len(units)].send(1)
            turn += 1
        log.steps.append((time.monotonic(), log.sent))
        await asyncio.sleep(TICK_S)
    log.ended = time.monotonic()
    return units


async def _return(order: Order, log: Log) -> list[Unit]:
    gc.disable()
    log.began = time.monotonic()

    async def come_back(name: str) -> Unit:
        unit = await _connect(order, name, log)
        unit.send(order.each)
        return unit

    async with asyncio.timeout(CONNECT_WITHIN_S):
        units = list(await asyncio.gather(*(come_back(name) for name in order.passwords)))
    log.ended = time.monotonic()
    return units


if __name__ == "__main__":
    _most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(SOCKETS, _most), _most))
    told = json.dumps(asdict(uvloop.run(run(Order(**json.loads(sys.argv[1]))))))
    os.set_blocking(sys.stdout.fileno(), True)  # see tools.bench.fleet
    print(told)
