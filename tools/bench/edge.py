"""From the press at a real unit to the bytes of its event on the socket, without a broker's share of it."""

import contextlib
import json
import socket
import tempfile
import threading
import time
from enum import IntEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.bench.figures import Round
from tools.bench.processes import cpu_seconds, peak_mb
from tools.bench.sides import ROOT, Ours, start_unit
from tools.demo.child import Child, python_command
from tools.demo.settings import Place

APART_S = 0.55
"""Two buttons take turns: the unit gathers presses of the same one that come within a second."""
ARRIVES_WITHIN_S = 5.0


class Packet(IntEnum):
    """Kinds of MQTT packets: the upper half of the first byte."""

    CONNECT = 1
    PUBLISH = 3
    SUBSCRIBE = 8
    PINGREQ = 12


class Listener:
    """The least that a unit takes for a broker (MQTT 3.1.1): it notes when each event's bytes are there."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.arrived: list[float] = []
        """Monotonic seconds at which each button event had come, in order."""
        self._thread = threading.Thread(target=self._serve, name="listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Serve nobody any more."""
        self._server.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # closed: the end
            while True:
                client, _ = self._server.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with client, contextlib.suppress(ConnectionError):
                    self._listen(client)

    def _listen(self, client: socket.socket) -> None:
        waiting = b""
        while chunk := client.recv(65536):
            at = time.monotonic()
            waiting += chunk
            while (packet := _whole(waiting)) is not None:
                kind, body, waiting = packet
                client.sendall(self._answer(kind, body, at))

    def _answer(self, kind: int, body: bytes, at: float) -> bytes:
        match kind >> 4:
            case Packet.CONNECT:
                return b"\x20\x02\x00\x00"
            case Packet.SUBSCRIBE:
                topics = _topics(body[2:])
                return bytes((0x90, 2 + topics)) + body[:2] + b"\x01" * topics
            case Packet.PINGREQ:
                return b"\xd0\x00"
            case Packet.PUBLISH if kind & 0x06:  # QoS 0 wants no answer
                if b"io.madomori.panic.v1" in body or b"io.madomori.assist.v1" in body:
                    self.arrived.append(at)
                identity = 2 + int.from_bytes(body[:2], "big")
                return b"\x40\x02" + body[identity : identity + 2]
        return b""


def _whole(waiting: bytes) -> tuple[int, bytes, bytes] | None:
    """First byte and body of the first packet, and the rest; None while it is not all there."""
    length, shift = 0, 0
    for place, byte in enumerate(waiting[1:5], start=1):
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            start = place + 1
            if len(waiting) < start + length:
                return None
            return waiting[0], waiting[start : start + length], waiting[start + length :]
    return None


def _topics(body: bytes) -> int:
    count = 0
    while body:
        body = body[2 + int.from_bytes(body[:2], "big") + 1 :]
        count += 1
    return count


class EdgePresses:
    """A ``madomori-unit`` that talks to a listener."""

    def __init__(self, ours: Ours) -> None:
        self._listener = Listener()
        self._folder = tempfile.TemporaryDirectory(prefix="madomori-bench-")
        folder = Path(self._folder.name)
        self._desk = folder / "desk.sock"
        counter = next(counter for counter in ours.counters if counter.unit == "desk")
        settings = Place(ours.place.site, folder, ours.broker).unit(counter, self._desk)
        text = settings.read_text(encoding="utf-8")
        text = text.replace(f"port = {ours.broker.port}\n", f"port = {self._listener.port}\n")
        settings.write_text(text.replace('protocol = "5"', 'protocol = "3.1.1"'), encoding="utf-8")
        command = python_command("device", "run", "--config", str(settings))
        self._child = Child("edge", command, ours.place.folder / "edge.log", ROOT)

    def __enter__(self) -> Self:
        start_unit(self._child, self._desk)
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._child.ask_to_stop()
        self._child.wait(5.0)
        self._listener.close()
        self._folder.cleanup()

    def measure(self, presses: int) -> Round:
        """From just before the desk is told to the bytes being there: a little more than edge to socket."""
        unit = self._child.pid
        assert unit is not None  # noqa: S101 it runs
        cpu = cpu_seconds(unit)
        delays = []
        with socket.socket(socket.AF_UNIX) as desk:
            desk.connect(str(self._desk))
            for number in range(presses + 2):
                delay = self._press(desk, ("panic", "assist")[number % 2])
                if delay is not None:
                    delays.append(1000.0 * delay)
        return Round(
            delays_ms=delays[2:],
            missing=presses + 2 - len(delays),
            sent=presses + 2,
            stored=len(delays),
            duplicated=0,
            resent=0,
            unconfirmed=0,
            cpu_s={"unit": cpu_seconds(unit) - cpu},
            peak_mb={"unit": peak_mb(unit)},
        )

    def _press(self, desk: socket.socket, button: str) -> float | None:
        before = len(self._listener.arrived)
        at = time.monotonic()
        desk.sendall(json.dumps({"do": "press", "button": button}).encode() + b"\n")
        while len(self._listener.arrived) == before:
            if time.monotonic() - at > ARRIVES_WITHIN_S:
                return None
            time.sleep(0.001)
        took = self._listener.arrived[before] - at
        time.sleep(0.1)
        desk.sendall(json.dumps({"do": "release", "button": button}).encode() + b"\n")
        time.sleep(max(0.0, APART_S - 0.1 - took))
        return took
