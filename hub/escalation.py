"""The ladder: who is called next while nobody has answered an alarm."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Tier:
    """One rung: who is called, and for how long before the next is."""

    name: str
    name_en: str
    seconds: float


DEFAULT_LADDER = (
    Tier("係長", "Team leader", 30.0),
    Tier("課長", "Section head", 60.0),
    Tier("部長", "Department head", 120.0),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far up the ladder an alarm has gone."""

    index: int
    """Tier that is being called, from 0."""
    round: int
    """How many times the ladder has been begun, from 1."""
    due: datetime
    """When the next tier is called, if nobody has answered by then; UTC."""

    @property
    def first_passed(self) -> bool:
        """Whether the first tier had its time and nobody answered."""
        return self.index > 0 or self.round > 1


def begin(ladder: Sequence[Tier], now: datetime) -> Standing:
    """An alarm starts at the foot of the ladder."""
    return Standing(0, 1, now + timedelta(seconds=ladder[0].seconds))


def climb(standing: Standing, ladder: Sequence[Tier], now: datetime) -> Standing:
    """One tier up, after the last one back to the first, for ever.

    The next tier gets its whole time from ``now``, also when the hub was down while it was due: each tier
    is really called, none is skipped. A ladder that became shorter since starts its next round.
    """
    index, round_ = standing.index + 1, standing.round
    if index >= len(ladder):
        index, round_ = 0, round_ + 1
    return Standing(index, round_, now + timedelta(seconds=ladder[index].seconds))


def due(standing: Standing | None, now: datetime) -> bool:
    """Whether the next tier must be called."""
    return standing is not None and standing.due <= now
