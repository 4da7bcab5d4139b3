"""Work that comes round: done by the owner's loop between the things that happen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

STANDSTILL_S = 0.3
"""A turn of the owner's loop that took so long was no turn but a standstill, in seconds."""

EDGES_WITHIN_S = 0.2
"""How long after a standstill the edges of meanwhile may take to come in, in seconds."""


@dataclass(slots=True)
class Round:
    """``work`` every ``period_s`` seconds; a late one is done once, not made up for."""

    period_s: float
    work: Callable[[], None]
    at: float = float("-inf")
    """When it is due, monotonic."""


class Rounds:
    """Several of them."""

    def __init__(self, rounds: Sequence[Round]) -> None:
        self._rounds = rounds

    def wait_s(self, at: float) -> float:
        """Until the next is due."""
        return max(0.0, min(each.at for each in self._rounds) - at)

    def do(self, at: float) -> None:
        """What is due, in order."""
        for each in self._rounds:
            if at >= each.at:
                each.at = at + each.period_s
                each.work()
