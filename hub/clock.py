"""The hub's clock: read in one place at the doors, handed to the heart as a value."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Now:
    """One moment, by both clocks."""

    wall: datetime
    """UTC."""
    monotonic: float
    """Seconds; only differences mean something. It does not jump when the wall clock is set."""


class Clock(Protocol):
    """Whatever tells the time; tests bring their own."""

    def now(self) -> Now:
        """The present moment."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> Now:
        """The present moment."""
        return Now(datetime.now(UTC), time.monotonic())
