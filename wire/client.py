"""paho-mqtt's client with a lean way in.

paho asks the kernel three times for each message, makes objects that nobody here looks at, and wakes itself
for each acknowledgement: a hundred microseconds, which one interpreter cannot spare ten thousand times a
second. Here whatever has arrived is read at once, a PUBLISH goes straight to its taker, and acknowledgements
leave together. All else is paho's, whose inner names this uses: hence the narrow range of versions in
``pyproject.toml``.
"""

import contextlib
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.exception import MalformedPacket

READ_BYTES = 65536
READS_PER_S = 200.0
READS_BURST = 20.0
"""What arrives is taken at once, unless so much arrives that taking it is most of the work: then what comes
within a few milliseconds is taken together, and all that follows from it (a transaction, what pages and units
are told) happens once for all of it."""
WRITE_BYTES = 65536
"""Messages that wait leave together up to this."""
_PUBLISH = 0x30
_PUBACK = b"\x40\x02"

Take = Callable[[str, bytes, int, bool, int], None]
"""Topic, payload, quality of service, retained, and the packet's number (0 for QoS 0)."""


class Client(mqtt.Client):
    """``take`` gets every message of QoS 0 and 1, on the network thread. It must not raise."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.take: Take = lambda *_: None
        self.turns = 0
        """How often the loop has gone round, so that one which hangs can be noticed."""
        self._got = bytearray()
        self.reads_per_s = READS_PER_S
        self._reads_left, self._read_at = READS_BURST, 0.0
        self._acks = bytearray()
        self._acks_lock = threading.Lock()

    def loop_misc(self) -> MQTTErrorCode:
        """Count the turn."""
        self.turns += 1
        return super().loop_misc()

    def begin_anew(self) -> None:
        """A new connection: what the old one had under way is no more."""
        self._got.clear()
        with self._acks_lock:
            self._acks.clear()

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:  # noqa: ARG002 - paho's, and no matter here
        """Take all that has arrived."""
        if self._sock is None:
            return MQTTErrorCode.MQTT_ERR_NO_CONN
        self._pace()
        try:
            data = self._sock.recv(READ_BYTES)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        except OSError:
            data = b""
        if not data:
            return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_CONN_LOST)
        with self._msgtime_mutex:
            self._last_bytes_received = time.monotonic()
        self._got += data
        try:
            return self._packets()
        except (ValueError, IndexError, MalformedPacket):
            return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_PROTOCOL)

    def _pace(self) -> None:
        """Count a read, and wait first where there were too many."""
        now = time.monotonic()
        left = min(READS_BURST, self._reads_left + (now - self._read_at) * self.reads_per_s) - 1.0
        if left < 0.0:
            time.sleep(-left / self.reads_per_s)
        self._reads_left, self._read_at = left, now

    def ack(self, mid: int, qos: int) -> MQTTErrorCode:  # noqa: ARG002 - ``take`` gets nothing above 1
        """Acknowledge a message of QoS 1; those that come together leave together."""
        with self._acks_lock:
            first = not self._acks
            self._acks += _PUBACK + mid.to_bytes(2, "big")
        if first and self._sockpairW is not None:
            with contextlib.suppress(BlockingIOError):  # it is full of reasons to wake
                self._sockpairW.send(b"0")
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def loop_write(self) -> MQTTErrorCode:
        """Acknowledgements first, then what waits, as much as goes into one call."""
        with self._acks_lock:
            acks, self._acks = bytes(self._acks), bytearray()
        # A packet of which a part has left must be ended before.
        begun = [self._out_packet.popleft()] if self._out_packet and self._out_packet[0]["pos"] else []
        self._out_packet.extendleft(reversed([*begun, *self._joined(acks)]))
        return super().loop_write()

    def _joined(self, acks: bytes) -> list[Any]:
        """Acknowledgements and the messages of QoS 1 that wait in front, as one packet. Only the caller takes
        from the front; others add at the end."""
        joined, waiting = bytearray(acks), self._out_packet
        while waiting and len(joined) < WRITE_BYTES:
            first = waiting[0]
            if first["command"] != _PUBLISH or first["qos"] != 1:
                break
            joined += waiting.popleft()["packet"]
        # Not called PUBLISH: paho does nothing when it has left. What it waits for is the broker's word.
        packet = {"command": _PUBACK[0], "mid": 0, "qos": 0, "pos": 0, "to_process": len(joined)}
        return [packet | {"packet": joined, "info": None}] if joined else []

    def _packet_queue(
        self,
        command: int,
        packet: bytes | bytearray,
        mid: int,
        qos: int,
        info: mqtt.MQTTMessageInfo | None = None,
    ) -> MQTTErrorCode:
        """As paho does it, but the thread is woken once for all that waits."""
        queued: Any = {"command": command, "mid": mid, "qos": qos, "pos": 0, "to_process": len(packet)}
        self._out_packet.append(queued | {"packet": packet, "info": info})
        # Looked at after it was added: whoever takes what stands before it takes it as well.
        if len(self._out_packet) == 1 and self._sockpairW is not None:
            with contextlib.suppress(BlockingIOError):
                self._sockpairW.send(b"0")
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _packets(self) -> MQTTErrorCode:
        """Every whole packet in what was read."""
        got, start = self._got, 0
        result = MQTTErrorCode.MQTT_ERR_SUCCESS
        while (body := _body(got, start)) is not None:
            first, (begin, end) = got[start], body
            start = end
            if first & 0xF0 == _PUBLISH and first & 0x06 != 0x04:
                self._published(first, bytes(got[begin:end]))
                continue
            if first == _PUBACK[0] and end - begin == 2:  # without a reason: all is well
                result = self._confirmed(int.from_bytes(got[begin:end], "big"))
                continue
            result = self._handle(first, got[begin:end])
            if result > 0 or self._sock is None:
                break
        del got[:start]
        return result

    def _confirmed(self, mid: int) -> MQTTErrorCode:
        """The broker has a message. paho would look through all that wait for each of them."""
        with self._out_message_mutex:
            message = self._out_messages.pop(mid, None)
            if message is None:
                return MQTTErrorCode.MQTT_ERR_SUCCESS
            message.info._set_as_published()
            self._inflight_messages -= 1
            all_under_way = len(self._out_messages) <= self._inflight_messages
            return MQTTErrorCode.MQTT_ERR_SUCCESS if all_under_way else self._update_inflight()

    def _published(self, first: int, body: bytes) -> None:
        size = 2 + int.from_bytes(body[:2], "big")
        topic, at, mid = body[2:size].decode(errors="replace"), size, 0
        qos = (first >> 1) & 0x03
        if len(body) < size + (2 if qos else 0):
            raise ValueError("a message ends within its topic or its number")
        if qos:
            mid, at = int.from_bytes(body[at : at + 2], "big"), at + 2
        if self._protocol == MQTTProtocolVersion.MQTTv5:
            properties = _varint(body, at)
            if properties is None:
                raise ValueError("a message ends within the length of its properties")
            at = sum(properties)  # nobody here reads properties of a message
        self.take(topic, body[at:], qos, bool(first & 0x01), mid)

    def _handle(self, first: int, body: bytearray) -> MQTTErrorCode:
        """As paho does it."""
        packet = self._in_packet
        packet["command"], packet["packet"] = first, body
        packet["remaining_length"], packet["pos"] = len(body), 0
        result = self._packet_handle()
        packet["command"], packet["packet"] = 0, bytearray()
        return self._loop_rc_handle(result) if result > 0 else result


def _body(got: bytearray, start: int) -> tuple[int, int] | None:
    """Where the body of the packet at ``start`` begins and ends; None: it is not all there."""
    size = _varint(got, start + 1)
    if size is None:
        return None
    length, begin = size
    return (begin, begin + length) if begin + length <= len(got) else None


def _varint(data: bytes | bytearray, at: int) -> tuple[int, int] | None:
    """A number as MQTT writes lengths, and where what follows it begins; None: it is not all there."""
    value = 0
    for n in range(4):
        if at + n >= len(data):
            return None
        value |= (data[at + n] & 0x7F) << (7 * n)
        if data[at + n] < 0x80:
            return value, at + n + 1
    raise ValueError("a length has more than four bytes")
