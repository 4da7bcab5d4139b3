"""MQTT 3.1.1 as bytes: as much of it as a sender needs that must cost next to nothing itself."""

from collections.abc import Iterator

CONNACK, PUBLISH, PUBACK, SUBACK = 0x20, 0x30, 0x40, 0x90
_CLEAN, _USER, _PASSWORD = 0x02, 0x80, 0x40


def connect(client: str, user: str, password: str, *, keepalive_s: int = 60) -> bytes:
    """A new session."""
    head = _text("MQTT") + bytes([4, _CLEAN | _USER | _PASSWORD]) + keepalive_s.to_bytes(2, "big")
    return _packet(0x10, head + _text(client) + _text(user) + _text(password))


def subscribe(mid: int, topics: list[tuple[str, int]]) -> bytes:
    """Topics with the quality of service that is wanted."""
    return _packet(0x82, mid.to_bytes(2, "big") + b"".join(_text(t) + bytes([qos]) for t, qos in topics))


def publish(topic: str, payload: bytes, mid: int, *, retain: bool = False) -> bytes:
    """With QoS 1; ``mid`` 0: with QoS 0."""
    number = mid.to_bytes(2, "big") if mid else b""
    return _packet(PUBLISH | (0x02 if mid else 0) | retain, _text(topic) + number + payload)


def puback(mid: int) -> bytes:
    """A message with QoS 1 has arrived."""
    return _packet(PUBACK, mid.to_bytes(2, "big"))


def disconnect() -> bytes:
    """Goodbye: no last will."""
    return _packet(0xE0, b"")


def taken(buffer: bytearray) -> Iterator[tuple[int, bytes]]:
    """First byte and rest of each whole packet; they are removed from ``buffer``."""
    start = 0
    while (end := _end(buffer, start)) is not None:
        body, start_of_next = end
        yield buffer[start], bytes(buffer[body:start_of_next])
        start = start_of_next
    del buffer[:start]


def published(first: int, body: bytes) -> tuple[str, bytes, int]:
    """Topic, payload and number (0: QoS 0) of a message that arrived."""
    size = int.from_bytes(body[:2], "big")
    topic, rest = body[2 : 2 + size].decode(), body[2 + size :]
    if first & 0x06:
        return topic, rest[2:], int.from_bytes(rest[:2], "big")
    return topic, rest, 0


def _end(buffer: bytearray, start: int) -> tuple[int, int] | None:
    """Where the body of the packet at ``start`` begins and ends; None: it is not all there."""
    size = 0
    for n in range(4):
        if start + 1 + n >= len(buffer):
            return None
        digit = buffer[start + 1 + n]
        size |= (digit & 0x7F) << (7 * n)
        if digit < 0x80:
            body = start + 2 + n
            return (body, body + size) if body + size <= len(buffer) else None
    raise ValueError("a packet's length has more than four bytes")


def _packet(first: int, body: bytes) -> bytes:
    size, length = bytearray(), len(body)
    while True:
        size.append(length & 0x7F | (0x80 if length > 0x7F else 0))
        length >>= 7
        if not length:
            return bytes([first]) + size + body


def _text(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(2, "big") + raw
