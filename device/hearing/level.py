"""Sound levels: the fast level of a running signal, and the active level of a finished one."""

import math

import numpy as np

from device.hearing.figures import ENERGY_FLOOR, FRAME, RATE_HZ
from device.hearing.weighting import TAPS, AWeighting, Samples

FAST_S = 0.125
"""Time constant of the F weighting; IEC 61672-1."""


def decibels(mean_square: float) -> float:
    """10 log10, with a floor: digital zero is -110 dB, never minus infinity."""
    return 10.0 * math.log10(max(mean_square, ENERGY_FLOOR))


class FastLevel:
    """Exponential mean of the square of an A-weighted signal, exact at the end of every frame."""

    def __init__(self) -> None:
        per_sample = math.exp(-1.0 / (RATE_HZ * FAST_S))
        self._decay = per_sample**FRAME
        self._weights = (1.0 - per_sample) * per_sample ** np.arange(FRAME - 1, -1, -1)
        self._mean_square = 0.0

    def feed(self, squares: Samples) -> float:
        """dB re full scale RMS after one more frame of ``FRAME`` squared samples."""
        self._mean_square = self._decay * self._mean_square + float(squares @ self._weights)
        return decibels(self._mean_square)


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
