"""Sound levels: fast, slow and mean levels of a running signal, and the active level of a finished one."""

import math
from collections.abc import Iterable
from itertools import repeat
from typing import NamedTuple

import numpy as np

from device.hearing.figures import ENERGY_FLOOR, FRAME, RATE_HZ
from device.hearing.weighting import TAPS, AWeighting, Samples

FAST_S, SLOW_S = 0.125, 1.0
"""Time constants of the F and the S weighting; IEC 61672-1, 5.8."""


def decibels(mean_square: float) -> float:
    """10 log10, with a floor: digital zero is -110 dB, never minus infinity."""
    return 10.0 * math.log10(max(mean_square, ENERGY_FLOOR))


class Loudness(NamedTuple):
    """How loud it is at the end of one frame: mean squares, A-weighted, re full scale."""

    energy: float
    """Of this frame alone."""
    fast: float
    slow: float


class Levels:
    """Exponential means of the square of an A-weighted signal, exact at the end of every frame."""

    def __init__(self) -> None:
        columns = [np.full(FRAME, 1.0 / FRAME)]
        decays = []
        for seconds in (FAST_S, SLOW_S):
            per_sample = math.exp(-1.0 / (RATE_HZ * seconds))
            columns.append((1.0 - per_sample) * per_sample ** np.arange(FRAME - 1, -1, -1))
            decays.append(per_sample**FRAME)
        self._weights = np.stack(columns, axis=1)
        self._fast_decay, self._slow_decay = decays
        self._fast = self._slow = 0.0

    def feed(self, weighted: Samples, stuck: Iterable[bool] = repeat(False)) -> list[Loudness]:
        """One answer for each whole frame of ``weighted``. With one that is ``stuck`` everything before it is
        forgotten: it was no sound either.
        """
        said = []
        sums = (np.square(weighted).reshape(-1, FRAME) @ self._weights).tolist()
        for (energy, fast, slow), forget in zip(sums, stuck, strict=False):
            if forget:
                self._fast = self._slow = 0.0
                said.append(Loudness(0.0, 0.0, 0.0))
                continue
            self._fast = self._fast_decay * self._fast + fast
            self._slow = self._slow_decay * self._slow + slow
            said.append(Loudness(energy, self._fast, self._slow))
        return said


def active_level(samples: Samples) -> float:
    """dB(A) re full scale RMS of the active part of a recording.

    Energy mean of those 50 ms pieces that lie within 15 dB of the loud ones (the 95th percentile), so that
    pauses do not make a voice look quieter than it is. -110 for digital silence.
    """
    # The filter is late by half its length: push the end of the recording through.
    weighted = AWeighting().feed(np.concatenate((samples, np.zeros(TAPS // 2))))[TAPS // 2 :]
    piece = RATE_HZ // 20
    if len(weighted) < piece:
        weighted = np.pad(weighted, (0, piece - len(weighted)))
    pieces = weighted[: len(weighted) // piece * piece].reshape(-1, piece)
    energy = np.maximum(np.square(pieces).mean(axis=1), ENERGY_FLOOR)
    levels = 10.0 * np.log10(energy)
    return decibels(float(energy[levels >= np.percentile(levels, 95) - 15.0].mean()))
