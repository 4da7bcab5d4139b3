"""From presses and what a page showed to figures."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

GOAL = 1.3
"""Ours may take this many times the floor's p99."""

SOCKET_GOAL_MS = 5.0
"""The p99 from a button to the bytes on the unit's socket may be this, in milliseconds."""

SHOUT_GOAL_MS = 1000.0
"""The middle one of the delays from the beginning of a shout to the page may be this, in milliseconds."""


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank: a value that was measured, never one between two. ``share`` in 0..1."""
    if not values or not 0 <= share <= 1:
        raise ValueError(f"values and a share of 0 to 1 are wanted; given: {len(values)} values, {share}")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def delays_ms(
    presses: Sequence[tuple[str, str, int, float]], shown: Mapping[str, float]
) -> tuple[list[float], int]:
    """Press to page for each press, and how many never showed.

    A page that has several events of one unit at once may show the newest only: the press counts as
    shown when its own event or a later one of the same epoch is.
    """
    delays: list[float] = []
    missing = 0
    latest: dict[str, float] = {}
    for _unit, epoch, sequence, pressed in sorted(presses, key=lambda p: p[2], reverse=True):
        at = min(shown.get(f"{epoch}-{sequence}", math.inf), latest.get(epoch, math.inf))
        latest[epoch] = at
        if at == math.inf:
            missing += 1
        else:
            delays.append(at - pressed)
    return delays, missing


@dataclass(frozen=True)
class Round:
    """One side in one round."""

    delays_ms: list[float]
    missing: int
    sent: int
    stored: int
    duplicated: int
    resent: int
    unconfirmed: int
    cpu_s: dict[str, float]
    peak_mb: dict[str, float]

    @property
    def lost(self) -> int:
        """Sent and not stored."""
        return self.sent - self.stored


def ratio_of_rounds(floor: Sequence[Round], ours: Sequence[Round], share: float) -> float:
    """Median over the rounds of ours ÷ floor: the machine's mood in one round touches both alike."""
    return statistics.median(
        percentile(b.delays_ms, share) / percentile(a.delays_ms, share)
        for a, b in zip(floor, ours, strict=True)
    )


def pooled(sides: Sequence[Round]) -> list[float]:
    """The delays of all rounds."""
    return [delay for side in sides for delay in side.delays_ms]
