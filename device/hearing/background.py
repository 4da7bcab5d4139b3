"""How loud the room is when nobody speaks up: a slow percentile of the level, for each counter its own."""

import numpy as np

from device.hearing.figures import (
    BACKGROUND_HALF_S,
    BACKGROUND_SHARE,
    BACKGROUND_START_S,
    BACKGROUND_UNKNOWN_DBA,
    FRAME_S,
)

_LOWEST_DBA = -60
_STEPS = 280
"""Whole decibels from -60 to 219: beyond anything the hearing can read."""


class Background:
    """A histogram of levels in steps of 1 dB that slowly forgets; looked at once a second."""

    def __init__(self) -> None:
        self.dba = BACKGROUND_UNKNOWN_DBA
        self._seconds = np.zeros(_STEPS)
        self._newest = [0] * _STEPS
        self._frames = 0
        self._frames_per_s = round(1.0 / FRAME_S)
        self._skip = round(BACKGROUND_START_S / FRAME_S)
        self._keep = 0.5 ** (1.0 / BACKGROUND_HALF_S)

    def feed(self, level_dba: float) -> None:
        """One frame's level."""
        if self._skip:
            self._skip -= 1
            return
        self._newest[int(level_dba - _LOWEST_DBA)] += 1
        self._frames += 1
        if self._frames == self._frames_per_s:
            self._look()

    def _look(self) -> None:
        self._seconds = self._seconds * self._keep + self._newest
        self._newest = [0] * _STEPS
        self._frames = 0
        below = np.cumsum(self._seconds)
        wanted = BACKGROUND_SHARE * below[-1]
        step = int(np.searchsorted(below, wanted))
        under = below[step] - self._seconds[step]
        self.dba = float(_LOWEST_DBA + step + (wanted - under) / self._seconds[step])
