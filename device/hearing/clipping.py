"""Sound beyond full scale: it reads lower than it is."""

from collections import deque

import numpy as np
import numpy.typing as npt

from device.hearing.figures import FRAME, RATE_HZ

FULL_SCALE = 32_760
"""Samples of at least this size are at full scale: some converters stop just before the largest number."""

CLIPPED_SHARE = 0.002
"""A second with this share of its samples at full scale is clipped: 2 ms of it. A knock at the microphone
touches full scale for less, and a shout that clips does so at every period of the voice."""

STUCK_SHARE = 0.9
"""A frame with this share of its samples at full scale is no sound but a broken wire or converter: a voice
20 dB beyond full scale still shows more of its slopes."""

NOTICED_SECONDS = 3
"""So many clipped seconds are no accident any more but a gain that is too high..."""

WITHIN_S = 60
"""...when they fall within this time."""

FORGOTTEN_S = 600
"""After this long without a clipped second it is over: until then no sound was loud enough to show it."""


def _beyond(samples: npt.NDArray[np.int16]) -> npt.NDArray[np.bool_]:
    # -32768 has no positive counterpart in 16 bits: compared on both sides instead of by its size.
    return (samples >= FULL_SCALE) | (samples <= -FULL_SCALE)


def _any_beyond(samples: npt.NDArray[np.int16]) -> bool:
    return bool(samples.max() >= FULL_SCALE or samples.min() <= -FULL_SCALE)


class Stuck:
    """Takes away what is nothing but full scale; feed it whole frames."""

    def __init__(self) -> None:
        self._last = False

    def without(self, samples: npt.NDArray[np.int16]) -> tuple[npt.NDArray[np.int16], list[bool]]:
        """The samples with digital zero, which is no sound either, in its place; and which frames were stuck.

        Of a frame beside a stuck one the samples at full scale are taken too: they are where it begins or
        ends. Of one that was fed before it was known, they are not.
        """
        if not self._last and not _any_beyond(samples):  # nearly always
            return samples, [False] * (len(samples) // FRAME)
        beyond = _beyond(samples)
        stuck = beyond.reshape(-1, FRAME).mean(axis=1) >= STUCK_SHARE
        beside = stuck | np.append(stuck[1:], False) | np.append(self._last, stuck[:-1])
        self._last = bool(stuck[-1])
        return np.where(beyond & np.repeat(beside, FRAME), np.int16(0), samples), stuck.tolist()


class Clipping:
    """Feed it the samples; it looks at every whole second."""

    def __init__(self) -> None:
        self.share = 0.0
        """Of the newest whole second's samples, those at full scale; 0 to 1."""
        self.noticed = False
        """Whether the gain is too high for what is heard."""
        self._samples = self._beyond = 0
        self._second = 0
        self._clipped: deque[int] = deque(maxlen=NOTICED_SECONDS)

    def feed(self, samples: npt.NDArray[np.int16]) -> None:
        """At most a second of samples."""
        if _any_beyond(samples):
            self._beyond += int(np.count_nonzero(_beyond(samples)))
        self._samples += len(samples)
        if self._samples >= RATE_HZ:
            self._look()

    def _look(self) -> None:
        self.share = self._beyond / self._samples
        self._samples = self._beyond = 0
        self._second += 1
        if self.share >= CLIPPED_SHARE:
            self._clipped.append(self._second)
            few = len(self._clipped) < NOTICED_SECONDS
            self.noticed = self.noticed or (not few and self._second - self._clipped[0] < WITHIN_S)
        elif self.noticed and self._second - self._clipped[-1] >= FORGOTTEN_S:
            self.noticed = False
