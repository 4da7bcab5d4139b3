"""What is stored of a unit's events: one stream for each epoch of its outbox."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from wire.limits import RECEIPT_RANGES_MAX
from wire.messages import Receipt

RANGES_KEPT = 1024
"""Ranges of a stream that are remembered. To push out one that was told, a unit would have to send more
events apart from each other than its backlog holds."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Sequences of one epoch that are stored: everything up to ``through``, and ranges above it.

    A receipt tells the lowest ranges that fit into it. More than those are remembered: what a receipt has
    told the unit forgets, so it must not be pushed out by lower ranges that come later, or it would look
    missing for ever. What lies above all that is remembered stays without a receipt, so the unit sends it
    again, and as a duplicate it is remembered then: bounded, nothing lost.
    """

    through: int = 0
    beyond: tuple[tuple[int, int], ...] = ()
    """First and last of each range, ascending, with a hole before each."""

    def add(self, sequence: int) -> Self:
        """The stream with ``sequence`` stored as well."""
        if sequence <= self.through:
            return self
        if sequence == self.through + 1:
            through, beyond = sequence, self.beyond
            if beyond and beyond[0][0] == through + 1:
                through, beyond = beyond[0][1], beyond[1:]
            return type(self)(through, beyond)
        return type(self)(self.through, _with(self.beyond, sequence)[:RANGES_KEPT])

    def covers(self, sequence: int) -> bool:
        """Whether ``sequence`` is known to be stored."""
        return sequence <= self.through or any(first <= sequence <= last for first, last in self.beyond)

    @property
    def missing(self) -> int:
        """How many sequences below the highest are not stored."""
        stored = sum(last - first + 1 for first, last in self.beyond)
        return self.beyond[-1][1] - self.through - stored if self.beyond else 0

    def receipt(self, epoch: str) -> Receipt:
        """What the unit is told."""
        return Receipt(epoch=epoch, through=self.through, beyond=list(self.beyond[:RECEIPT_RANGES_MAX]))


GAP_STAYS_S = 60.0
"""A unit fills a gap within seconds of the receipt that shows it; one that stays this long is told."""
GAPS_MAX = 1000
"""Streams with a gap that are watched at once; more than that is no gap but a broken unit."""


class Gaps:
    """Streams in which events are missing, and since when."""

    def __init__(self) -> None:
        self._since: dict[tuple[str, str], tuple[float, int]] = {}
        self._told: set[tuple[str, str]] = set()

    def note(self, streams: Mapping[tuple[str, str], Stream], now: float) -> None:
        """What streams, by unit and epoch, have become; ``now`` in monotonic seconds."""
        for key, stream in streams.items():
            if not stream.missing:
                self._since.pop(key, None)
                self._told.discard(key)
            elif key in self._since or len(self._since) < GAPS_MAX:
                since, _ = self._since.get(key, (now, 0))
                self._since[key] = (since, stream.missing)

    def lasting(self, now: float) -> dict[str, int]:
        """Unit to the number of its events that stay missing."""
        missing: dict[str, int] = {}
        for (unit, _), (since, number) in self._since.items():
            if now - since >= GAP_STAYS_S:
                missing[unit] = missing.get(unit, 0) + number
        return missing

    def staying(self, now: float) -> list[tuple[str, str, int]]:
        """Unit, epoch and number of missing events of each gap that stays; each is told once."""
        staying = [
            (*key, missing)
            for key, (since, missing) in self._since.items()
            if now - since >= GAP_STAYS_S and key not in self._told
        ]
        self._told.update((unit, epoch) for unit, epoch, _ in staying)
        return staying


def _with(ranges: tuple[tuple[int, int], ...], sequence: int) -> tuple[tuple[int, int], ...]:
    """``ranges`` with ``sequence``, touching ones joined."""
    at = bisect_left(ranges, (sequence + 1, 0))
    first, last, left, right = sequence, sequence, at, at
    if at > 0 and ranges[at - 1][1] >= sequence - 1:
        left = at - 1
        first, last = ranges[left][0], max(sequence, ranges[left][1])
    if at < len(ranges) and ranges[at][0] <= last + 1:
        right = at + 1
        last = max(last, ranges[at][1])
    return (*ranges[:left], (first, last), *ranges[right:])
