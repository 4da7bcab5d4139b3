"""What a frame of sound is like, whatever its level: where its energy lies, noise or tone, with or without a
pitch, and how far it has moved since the frame before.

Everything here is a ratio of energies within one window, so the gain of the microphone does not enter.
"""

import numpy as np
import numpy.typing as npt

from device.hearing.figures import ENERGY_FLOOR, FRAME, RATE_HZ
from device.hearing.weighting import Samples

WINDOW = 2 * FRAME
"""40 ms: three periods of the deepest voice."""

_SIZE = 2 * WINDOW  # zero-padded, so that the autocorrelation does not wrap around
_FREQUENCY = np.fft.rfftfreq(_SIZE, 1 / RATE_HZ)
_HANN = np.hanning(WINDOW)


def _bins(low_hz: float, high_hz: float) -> slice:
    return slice(*(int(i) for i in np.searchsorted(_FREQUENCY, (low_hz, high_hz))))


BANDS_HZ = (60.0, 350.0, 1000.0, 2000.0, 4000.0, 7500.0)
"""Edges of five bands: the pitch of a man and a woman; the first formant, then raised by an open mouth; the
edge of a raised voice; its hardness; hiss."""

_BAND_EDGES = [int(i) for i in np.searchsorted(_FREQUENCY, BANDS_HZ)]
_HARMONICS = _bins(300, 5000)
_PITCH = _bins(80, 4000)
_LAGS = slice(RATE_HZ // 1600, RATE_HZ // 75)
"""Pitch periods of 75 to 1600 Hz: from a man's voice to a scream."""

_SHORTER = 0.9
"""Of several periods, the shortest with a peak of at least this part of the highest: the period twice as long
is one, too."""

_SHAPE_EDGES = [int(i) for i in np.searchsorted(_FREQUENCY, np.geomspace(200.0, 7200.0, 17))]
SHAPES = len(_SHAPE_EDGES) - 1
"""Bands, equal steps of pitch from 200 to 7200 Hz, in which movement is measured."""

# Columns of the cues of a frame.
BAND = slice(0, 5)
"""Energy in each of the five bands."""
FLATNESS = 5
"""Geometric over arithmetic mean of the power spectrum from 300 to 5000 Hz, dB: 0 for white noise in the long
run, about -6 in one frame, -15 and less for harmonics."""
PERIODICITY = 6
"""Normalised autocorrelation at the period of the pitch; 1 is a pure period."""
PITCH = 7
"""log2 of the pitch in Hz; without meaning where the periodicity is low."""
MOVEMENT = 8
"""How far the shape of the spectrum moved since the frame before, dB RMS; 0 when there was none."""
CREST = 9
"""Peak over RMS of the frame's own samples, dB."""
COLUMNS = 10


def _window_autocorrelation() -> Samples:
    whole = np.fft.irfft(np.abs(np.fft.rfft(_HANN, _SIZE)) ** 2)
    return np.asarray(whole[_LAGS] / whole[0])


_OF_WINDOW = _window_autocorrelation()
_LOG_PITCH = np.log2(RATE_HZ / np.arange(_LAGS.start + 1, _LAGS.stop - 1))
"""Of all lags but the first and the last, which cannot be a peak."""


class Look:
    """Looks at frames; remembers the shape of the newest spectrum for the next."""

    def __init__(self) -> None:
        self._shape: Samples | None = None

    def forget(self) -> None:
        """The next frame does not follow the last one."""
        self._shape = None

    def at(self, windows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """``windows``: the newest ``WINDOW`` samples at the end of each of some successive frames. A row of
        ``COLUMNS`` cues for each."""
        spectrum = np.fft.rfft(windows * _HANN, _SIZE)
        power = spectrum.real**2 + spectrum.imag**2
        cues = np.empty((len(windows), COLUMNS))
        cues[:, BAND] = _sums(power, _BAND_EDGES)
        harmonics = power[:, _HARMONICS] + ENERGY_FLOOR
        cues[:, FLATNESS] = np.log10(harmonics).mean(axis=1) - np.log10(harmonics.mean(axis=1))
        cues[:, FLATNESS] *= 10.0
        cues[:, PERIODICITY], cues[:, PITCH] = _pitch(power)
        cues[:, MOVEMENT] = self._movement(power)
        own = windows[:, -FRAME:]
        rms = np.sqrt(np.einsum("ij,ij->i", own, own) / FRAME + ENERGY_FLOOR)
        cues[:, CREST] = 20.0 * np.log10(np.abs(own).max(axis=1) / rms + ENERGY_FLOOR)
        return cues

    def _movement(self, power: Samples) -> Samples:
        shape = 10.0 * np.log10(_sums(power, _SHAPE_EDGES))
        shape -= shape.mean(axis=1, keepdims=True)
        before = shape[0] if self._shape is None else self._shape
        self._shape = shape[-1]
        step = np.empty_like(shape)
        step[0] = shape[0] - before
        np.subtract(shape[1:], shape[:-1], out=step[1:])
        return np.asarray(np.sqrt(np.einsum("ij,ij->i", step, step) / SHAPES))


def _sums(power: Samples, edges: list[int]) -> Samples:
    """Energy between one edge and the next, for all of them."""
    return np.asarray(np.add.reduceat(power[:, : edges[-1]], edges[:-1], axis=1) + ENERGY_FLOOR)


def _pitch(power: Samples) -> tuple[Samples, Samples]:
    """Periodicity and log2 of the pitch of each frame; periodicity 0 where no period has a peak."""
    banded = np.zeros_like(power)
    banded[:, _PITCH] = power[:, _PITCH]
    correlation = np.fft.irfft(banded)
    by_lag = correlation[:, _LAGS] / (_OF_WINDOW * (correlation[:, :1] + ENERGY_FLOOR))
    inner = by_lag[:, 1:-1]
    high = inner >= _SHORTER * by_lag.max(axis=1, keepdims=True)
    high &= inner >= by_lag[:, :-2]
    high &= inner > by_lag[:, 2:]
    shortest = high.argmax(axis=1)
    rows = np.arange(len(power))
    periodicity = np.where(high[rows, shortest], inner[rows, shortest], 0.0)
    return np.clip(periodicity, 0.0, 1.0), _LOG_PITCH[shortest]
