"""Sound as one file of known length, of which any part can be made by itself: what seeking needs."""

import re
from dataclasses import dataclass

from wire.evidence.line import RATE_HZ

WAV_HEADER_BYTES = 44
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class BadRange(ValueError):
    """Outside of the file."""


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes ``first`` to ``last``, both included."""

    first: int
    last: int
    whole: int

    @property
    def length(self) -> int:
        """In bytes."""
        return self.last - self.first + 1

    @property
    def content_range(self) -> str:
        """As HTTP writes it."""
        return f"bytes {self.first}-{self.last}/{self.whole}"


def part_of(header: str | None, length: int) -> Part | None:
    """What a ``Range`` header asks for; None: everything, also where the header is of a kind that this does
    not know (RFC 9110 lets it be ignored). Raises ``BadRange``.
    """
    asked = _RANGE.fullmatch(header.strip()) if header else None
    if asked is None or asked.groups() == ("", ""):
        return None
    first, last = asked.groups()
    if first == "":
        begin, end = max(0, length - int(last)), length - 1
        if int(last) == 0:
            raise BadRange("nothing is asked for")
    else:
        begin, end = int(first), min(int(last) if last else length - 1, length - 1)
    if not begin <= end < length:
        raise BadRange(f"the file has {length} bytes")
    return Part(begin, end, length)


def wav_length(samples: int) -> int:
    """Of a whole file, in bytes."""
    return WAV_HEADER_BYTES + 2 * samples


def wav_header(samples: int) -> bytes:
    """RIFF, 16 bits, mono."""
    size = 2 * samples
    return b"".join(
        (
            b"RIFF",
            (36 + size).to_bytes(4, "little"),
            b"WAVEfmt ",
            (16).to_bytes(4, "little"),
            (1).to_bytes(2, "little"),
            (1).to_bytes(2, "little"),
            RATE_HZ.to_bytes(4, "little"),
            (2 * RATE_HZ).to_bytes(4, "little"),
            (2).to_bytes(2, "little"),
            (16).to_bytes(2, "little"),
            b"data",
            size.to_bytes(4, "little"),
        )
    )
