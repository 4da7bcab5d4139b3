"""Opus in Ogg (RFC 3533, RFC 7845) with packets of one size, so that every page has a known place.

A page holds one second. All of it is a function of the number of samples: the packets themselves come later.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from wire.evidence.line import RATE_HZ

PACKET_BYTES = 80
"""20 ms at 32 kbit/s, constant."""
PACKET_SAMPLES = RATE_HZ // 50
PAGE_PACKETS = 50
DELAY_SAMPLES = 40
"""What the encoder adds at the beginning (2.5 ms): packet n tells of samples from ``n * 320 - 40``."""
OPUS_HZ = 48_000
_TIMES = OPUS_HZ // RATE_HZ
PAGE_BYTES = 27 + PAGE_PACKETS + PAGE_PACKETS * PACKET_BYTES
_VENDOR = b"madomori"


@dataclass(frozen=True, slots=True)
class OpusFile:
    """The whole file, as a plan."""

    samples: int
    serial: int

    @property
    def packets(self) -> int:
        """Enough for every sample and the encoder's delay."""
        return max(1, -(-(self.samples + DELAY_SAMPLES) // PACKET_SAMPLES))

    @property
    def pages(self) -> int:
        """With packets of sound."""
        return -(-self.packets // PAGE_PACKETS)

    @property
    def header(self) -> bytes:
        """The two pages before the sound."""
        head = b"OpusHead\x01\x01" + (DELAY_SAMPLES * _TIMES).to_bytes(2, "little")
        head += RATE_HZ.to_bytes(4, "little") + b"\0\0\0"
        tags = b"OpusTags" + len(_VENDOR).to_bytes(4, "little") + _VENDOR + bytes(4)
        return page([head], self.serial, 0, 0, begins=True) + page([tags], self.serial, 1, 0)

    @property
    def length(self) -> int:
        """In bytes."""
        last = self.packets - (self.pages - 1) * PAGE_PACKETS
        return len(self.header) + (self.pages - 1) * PAGE_BYTES + 27 + last + last * PACKET_BYTES

    def packets_of(self, number: int) -> range:
        """Which packets stand in a page of sound."""
        return range(number * PAGE_PACKETS, min((number + 1) * PAGE_PACKETS, self.packets))

    def page(self, number: int, packets: Sequence[bytes]) -> bytes:
        """One page of sound."""
        through = self.packets_of(number).stop
        ends = through == self.packets
        # The end trims the silence that fills the last packet.
        granule = (self.samples + DELAY_SAMPLES if ends else through * PACKET_SAMPLES) * _TIMES
        return page(packets, self.serial, number + 2, granule, ends=ends)


def page(
    packets: Sequence[bytes],
    serial: int,
    sequence: int,
    granule: int,
    *,
    begins: bool = False,
    ends: bool = False,
) -> bytes:
    """A page of whole packets, each shorter than 255 bytes."""
    kind = (2 if begins else 0) | (4 if ends else 0)
    parts = [
        b"OggS\0",
        kind.to_bytes(),
        granule.to_bytes(8, "little"),
        serial.to_bytes(4, "little"),
        sequence.to_bytes(4, "little"),
    ]
    body = len(packets).to_bytes() + bytes(map(len, packets)) + b"".join(packets)
    before = b"".join(parts)
    return before + checksum(before + bytes(4) + body).to_bytes(4, "little") + body


def _table() -> tuple[int, ...]:
    rows = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
        rows.append(value & 0xFFFFFFFF)
    return tuple(rows)


_TABLE = _table()


def checksum(data: bytes) -> int:
    """CRC-32 as Ogg has it: polynomial 0x04C11DB7, nothing reflected, beginning with 0."""
    value = 0
    for byte in data:
        value = ((value << 8) & 0xFFFFFFFF) ^ _TABLE[(value >> 24) ^ byte]
    return value
