"""What a loud sound is like: dark, bright or sharp, noise or tone, with or without a pitch."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from device.hearing.figures import ENERGY_FLOOR, FRAME, RATE_HZ
from device.hearing.weighting import Samples

WINDOW = 2 * FRAME
"""40 ms: three periods of the deepest voice."""

_SIZE = 2 * WINDOW  # zero-padded, so that the autocorrelation does not wrap around
_FREQUENCY = np.fft.rfftfreq(_SIZE, 1 / RATE_HZ)
_HANN = np.hanning(WINDOW)


def _bins(low_hz: float, high_hz: float) -> slice:
    return slice(*(int(i) for i in np.searchsorted(_FREQUENCY, (low_hz, high_hz))))


_LOW, _HIGH = _bins(60, 1000), _bins(1000, 7500)
_BODY, _EDGE = _bins(300, 2500), _bins(2500, 7500)
_HARMONICS = _bins(300, 5000)
_PITCH = _bins(80, 4000)
_LAGS = slice(RATE_HZ // 1000, RATE_HZ // 80)
"""Pitch periods of 80 to 1000 Hz: from a man's voice to a scream."""


def _window_autocorrelation() -> Samples:
    whole = np.fft.irfft(np.abs(np.fft.rfft(_HANN, _SIZE)) ** 2)
    return np.asarray(whole[_LAGS] / whole[0])


_OF_WINDOW = _window_autocorrelation()


@dataclass(frozen=True, slots=True)
class Cues:
    """The character of one frame."""

    weight: float
    """A-weighted mean square: loud frames say more."""
    low: float
    high: float
    """Energy below and above 1 kHz."""
    body: float
    edge: float
    """Energy from 300 to 2500 Hz and above."""
    flatness_db: float
    """Geometric over arithmetic mean of the power spectrum, 300 to 5000 Hz: 0 for white noise in the long
    run, about -6 in one frame, -15 and less for harmonics."""
    periodicity: float
    """Highest normalised autocorrelation at the period of a pitch; 1 is a pure period."""


@dataclass(frozen=True, slots=True)
class Character:
    """The character of a stretch of sound."""

    tilt_db: float
    """Energy above 1 kHz over energy below."""
    sharpness_db: float
    """Energy above 2.5 kHz over energy from 300 to 2500 Hz."""
    flatness_db: float
    periodicity: float


def look(window: Samples, weight: float) -> Cues:
    """The cues of the newest ``WINDOW`` samples."""
    power = np.square(np.abs(np.fft.rfft(window * _HANN, _SIZE)))
    harmonics = power[_HARMONICS] + ENERGY_FLOOR
    flatness = float(np.log10(harmonics).mean() - math.log10(float(harmonics.mean())))
    banded = np.zeros_like(power)
    banded[_PITCH] = power[_PITCH]
    correlation = np.fft.irfft(banded)
    energy = float(correlation[0]) + ENERGY_FLOOR
    periodicity = float((correlation[_LAGS] / _OF_WINDOW).max()) / energy
    return Cues(
        weight=weight + ENERGY_FLOOR,
        low=float(power[_LOW].sum()) + ENERGY_FLOOR,
        high=float(power[_HIGH].sum()) + ENERGY_FLOOR,
        body=float(power[_BODY].sum()) + ENERGY_FLOOR,
        edge=float(power[_EDGE].sum()) + ENERGY_FLOOR,
        flatness_db=10.0 * flatness,
        periodicity=periodicity,
    )


def together(frames: Iterable[Cues]) -> Character:
    """One character from the cues of several frames, of which there is at least one."""
    seen = list(frames)
    weight = sum(cues.weight for cues in seen)
    return Character(
        tilt_db=10.0 * math.log10(sum(cues.high for cues in seen) / sum(cues.low for cues in seen)),
        sharpness_db=10.0 * math.log10(sum(cues.edge for cues in seen) / sum(cues.body for cues in seen)),
        flatness_db=sum(cues.weight * cues.flatness_db for cues in seen) / weight,
        periodicity=sum(cues.weight * cues.periodicity for cues in seen) / weight,
    )
