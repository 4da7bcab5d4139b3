"""Mean levels (LAeq): of the newest second, of the newest minute, and what is needed for any longer time."""

from collections import deque
from dataclasses import dataclass

from device.hearing.figures import FRAME_S
from device.hearing.level import decibels

SECOND = round(1.0 / FRAME_S)
"""Frames in a second."""

MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Exposure:
    """All the sound heard so far. The difference of two says the mean level of the time between them."""

    seconds: float = 0.0
    """How much was heard. Digital zero is no sound: a dead microphone must not make a meeting look calm."""
    energy: float = 0.0
    """Sum of mean square times seconds; A-weighted, re full scale."""

    def since(self, before: "Exposure") -> float | None:
        """LAeq in dB re full scale since ``before``; None when nothing was heard since."""
        seconds = self.seconds - before.seconds
        return decibels((self.energy - before.energy) / seconds) if seconds > 0 else None


class MeanLevels:
    """LAeq of the newest whole second and of up to a minute of whole seconds; in dB re full scale."""

    def __init__(self) -> None:
        self.second: float | None = None
        """None before the first whole second."""
        self.exposure = Exposure()
        """Brought up to date every second."""
        self._seconds: deque[float] = deque(maxlen=MINUTE_S)
        self._energy = self._heard_energy = 0.0
        self._frames = self._heard_frames = 0

    def feed(self, energy: float, silent: bool) -> bool:
        """The mean square of one frame; ``silent``: digital zero. True when a second has become whole."""
        self._energy += energy
        self._frames += 1
        if not silent:
            self._heard_energy += energy
            self._heard_frames += 1
        if self._frames < SECOND:
            return False
        self._seconds.append(self._energy / SECOND)
        self.second = decibels(self._seconds[-1])
        self.exposure = Exposure(
            self.exposure.seconds + self._heard_frames * FRAME_S,
            self.exposure.energy + self._heard_energy * FRAME_S,
        )
        self._energy = self._heard_energy = 0.0
        self._frames = self._heard_frames = 0
        return True

    @property
    def minute(self) -> float | None:
        """Of fewer seconds in the first minute; None before the first second."""
        return decibels(sum(self._seconds) / len(self._seconds)) if self._seconds else None
