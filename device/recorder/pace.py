"""Whether a microphone gives as much sound as time passes. What its driver throws away while the computer is
busy, it does not tell.
"""

from wire.evidence.line import RATE_HZ

WINDOW_READS = 50
"""Reads that are looked at together. One of them at least comes in time, however busy the computer is: reads
that come late come in a burst, and the last of the burst is in time again."""

LOST_S = 0.25
"""Less is the difference between two clocks, in seconds: 50 millionths in an hour are 0.18 s."""


class Pace:
    """Of one microphone from its opening on."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._samples = 0
        self._base = 0.0
        self._least = float("inf")
        self._reads = 0

    def read(self, at: float, samples: int) -> int:
        """A read that came ``at`` (monotonic); gives how many samples were found lost, mostly 0."""
        if self._began is None:
            self._began = at - samples / RATE_HZ
        self._samples += samples
        self._least = min(self._least, at - self._began - self._samples / RATE_HZ)
        self._reads += 1
        if self._reads < WINDOW_READS:
            return 0
        lost_s = self._least - self._base
        self._base, self._least, self._reads = self._least, float("inf"), 0
        return round(lost_s * RATE_HZ) if lost_s > LOST_S else 0
