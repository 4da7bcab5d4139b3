"""Sound in pieces to segments of ten seconds, holes filled with zeros and stated."""

from collections.abc import Iterator
from dataclasses import dataclass

from device.recorder.sound import Piece
from wire.evidence.line import RATE_HZ, SEGMENT_S

SEGMENT = SEGMENT_S * RATE_HZ
"""Samples of a segment."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Sound of one segment."""

    pcm: bytes
    first_sample: int
    """Counted from the start of the recording."""
    gaps: tuple[tuple[int, int], ...]
    """First sample and number of those that stand for a hole."""
    since: float
    """When its first sample was heard, monotonic."""

    @property
    def samples(self) -> int:
        return len(self.pcm) // 2


class Cutter:
    """Of one recording. Never holds more than a segment, however long a hole is."""

    def __init__(self) -> None:
        self._pcm = bytearray()
        self._gaps: list[tuple[int, int]] = []
        self._first = 0
        self._since = 0.0
        self.missing = 0
        """Samples in holes so far."""

    @property
    def at(self) -> int:
        """Samples so far."""
        return self._first + len(self._pcm) // 2

    def feed(self, piece: Piece) -> Iterator[Cut]:
        """Take a piece; gives the segments that are full."""
        taken = 0
        while taken < piece.samples:
            if not self._pcm:
                self._since = piece.since + taken / RATE_HZ
            more = min(SEGMENT - len(self._pcm) // 2, piece.samples - taken)
            if piece.pcm:
                self._pcm += piece.pcm[2 * taken : 2 * (taken + more)]
            else:
                self._gap(more)
                self._pcm += bytes(2 * more)
            taken += more
            if len(self._pcm) == 2 * SEGMENT:
                yield self._cut()

    def rest(self) -> Cut | None:
        """What is left at the end; None for nothing."""
        return self._cut() if self._pcm else None

    def _gap(self, samples: int) -> None:
        self.missing += samples
        if self._gaps and sum(self._gaps[-1]) == self.at:
            first, count = self._gaps.pop()
            self._gaps.append((first, count + samples))
        else:
            self._gaps.append((self.at, samples))

    def _cut(self) -> Cut:
        cut = Cut(bytes(self._pcm), self._first, tuple(self._gaps), self._since)
        self._first = self.at
        self._pcm.clear()
        self._gaps.clear()
        return cut
