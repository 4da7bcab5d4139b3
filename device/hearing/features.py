"""From the last two and a half seconds to a few numbers that say how much they are like a shout.

Each is physical: levels in dB(A) SPL, shares, ratios in dB, seconds, octaves. Levels are absolute after
calibration; everything else is a ratio, so that digital gain changes none of it.
"""

import math

import numpy as np
import numpy.typing as npt

from device.hearing import cues as c
from device.hearing.figures import FRAME_S, LISTEN_DBA

Array = npt.NDArray[np.float64]

MEMORY = 125
"""Frames looked back on: 2.5 s hold several syllables, a laugh's rhythm, or one cry and its pause."""

SECOND = 50
SHORT = 15
"""Frames in a second, and in the 0.3 s that say what is the case just now."""

LOUD_WITHIN_DB = 15.0
"""What is this much quieter than the loudest frame is a pause or an echo."""

BURST_DB = 12.0
"""Of a burst, what is no more than this below the level of the newest second."""

RISES_DB = 10.0
"""How far an attack rises."""

VOICED = 0.6
"""Periodicity from which on a frame has a pitch."""

NO_PITCH = 6.0
"""log2 Hz given for a sound without a pitch: lower than any voice."""

_RHYTHM = slice(7, 30)
"""Periods of a rhythm in frames, 0.14 to 0.6 s: a laugh has 4 to 6 bursts a second."""

_RHYTHM_SIZE = 2 * MEMORY + 6  # the correlation does not wrap around

NAMES = (
    "level_03",
    "level_1",
    "level_25",
    "mean_25",
    "fast_max",
    "fast_min",
    "loud_share_1",
    "loud_share_25",
    "tilt",
    "sharpness",
    "hiss",
    "low",
    "hardness",
    "flatness",
    "flatness_03",
    "periodicity",
    "voiced",
    "pitch",
    "pitch_high",
    "pitch_spread",
    "movement",
    "movement_voiced",
    "crest",
    "rise",
    "rhythm",
    "age",
    "level_mid",
    "level_high",
    "level_voiced",
    "gap",
    "attack",
    "movement_spread",
    "pitch_03",
)


def describe(fast_dba: Array, frame_dba: Array, cues: Array) -> Array:
    """The features of a stretch of ``MEMORY`` frames, the newest last, in the order of ``NAMES``.

    ``fast_dba``, ``frame_dba``: fast level and level of each frame, shape (MEMORY,).
    ``cues``: shape (MEMORY, COLUMNS), NaN where a frame was too quiet to be looked at.
    """
    energy = 10.0 ** (frame_dba / 10.0)
    second = frame_dba[-SECOND:]
    loud = np.flatnonzero((second >= second.max() - LOUD_WITHIN_DB) & ~np.isnan(cues[-SECOND:, 0]))
    of_loud, weight = cues[-SECOND + loud], energy[-SECOND + loud]
    count = max(len(loud), 1)
    short = int(np.searchsorted(loud, SECOND - SHORT))
    sums = of_loud.sum(axis=0)
    bass, first, second_band, third, hiss = (sums[c.BAND] + 1e-20).tolist()
    body = first + second_band
    by_energy = (weight @ of_loud) / max(float(weight.sum()), 1e-12)
    short_weight = weight[short:]
    flatness_03 = (short_weight @ of_loud[short:, c.FLATNESS]) / max(float(short_weight.sum()), 1e-12)

    level_1 = _db(float(weight.sum()) / count)
    whole = bass + first + second_band + third + hiss
    is_voiced = of_loud[:, c.PERIODICITY] >= VOICED
    voiced_energy = float(weight[is_voiced].sum()) / max(float(weight.sum()), 1e-12)
    voiced = of_loud[is_voiced]
    pitch_low, pitch, pitch_high = _pitches(voiced[:, c.PITCH])
    pitch_03 = np.sort(of_loud[short:, c.PITCH][is_voiced[short:]])
    active = frame_dba >= np.partition(frame_dba, -6)[-6] - LOUD_WITHIN_DB
    level_25 = _db(float(energy[active].mean()))
    return np.array(
        (
            _db(float(energy[-SHORT:].mean())),
            level_1,
            level_25,
            _db(float(energy.mean())),
            fast_dba[-SECOND:].max(),
            fast_dba[-10:].min(),
            np.count_nonzero(second >= level_1 - 8.0) / SECOND,
            np.count_nonzero(frame_dba >= level_25 - 8.0) / MEMORY,
            _db((second_band + third + hiss) / (bass + first)),
            _db((third + hiss) / body),
            _db(hiss / (body + third)),
            _db(bass / first),
            _db(third / second_band),
            by_energy[c.FLATNESS],
            flatness_03,
            by_energy[c.PERIODICITY],
            len(voiced) / count,
            pitch,
            pitch_high,
            pitch_high - pitch_low,
            sums[c.MOVEMENT] / count,
            voiced[:, c.MOVEMENT].sum() / max(len(voiced), 1),
            of_loud[:, c.CREST].max(initial=0.0),
            (second[2:] - second[:-2]).max(),
            _rhythm(frame_dba, level_25),
            _age(fast_dba),
            level_1 + _db(second_band / whole),
            level_1 + _db(third / whole),
            level_1 + _db(voiced_energy),
            _gap(frame_dba, level_1),
            _attack(second),
            _spread(of_loud[:, c.MOVEMENT], float(sums[c.MOVEMENT]) / count),
            float(pitch_03[len(pitch_03) // 2]) if len(pitch_03) >= 2 else NO_PITCH,
        )
    )


def _gap(frame_dba: Array, level_dba: float) -> float:
    """Seconds of the longest pause between two bursts: a laugh, a cough and a baby's cry take a breath."""
    at = np.flatnonzero(frame_dba >= level_dba - BURST_DB)
    return float((at[1:] - at[:-1] - 1).max(initial=0)) * FRAME_S


def _attack(second: Array) -> float:
    """Seconds that the loudest frame took to rise by ``RISES_DB``: a cough is there at once."""
    loudest = int(second.argmax())
    softer = np.flatnonzero(second[:loudest] <= second[loudest] - RISES_DB)
    return float(loudest - (softer[-1] + 1 if len(softer) else 0)) * FRAME_S


def _spread(values: Array, mean: float) -> float:
    """Standard deviation."""
    return math.sqrt(max(float(values @ values) / max(len(values), 1) - mean * mean, 0.0))


def _age(fast_dba: Array) -> float:
    """Seconds since it first was loud: a sneeze is over when a sentence has begun."""
    loud = fast_dba >= LISTEN_DBA
    first = int(loud.argmax())
    return (MEMORY - first) * FRAME_S if loud[first] else 0.0


def _db(ratio: float) -> float:
    return 10.0 * math.log10(max(ratio, 1e-9))


def _pitches(pitch: Array) -> tuple[float, float, float]:
    """A tenth, half and nine tenths of the voiced frames lie below; ``NO_PITCH`` with fewer than three."""
    last = len(pitch) - 1
    if last < 2:
        return NO_PITCH, NO_PITCH, NO_PITCH
    ordered = np.sort(pitch)
    low, middle, high = (float(ordered[round(share * last)]) for share in (0.1, 0.5, 0.9))
    return low, middle, high


def _rhythm(frame_dba: Array, level_dba: float) -> float:
    """Highest autocorrelation of the smoothed level at a period of ``_RHYTHM``: 1 for an even rhythm."""
    smooth = (frame_dba[2:] + frame_dba[1:-1] + frame_dba[:-2]) / 3.0
    above = np.maximum(smooth, level_dba - 20.0)
    above -= above.mean()
    spectrum = np.fft.rfft(above, _RHYTHM_SIZE)
    correlation = np.fft.irfft(spectrum.real**2 + spectrum.imag**2)
    return float(correlation[_RHYTHM].max() / (correlation[0] + 1e-6))


assert MEMORY * FRAME_S == 2.5  # noqa: S101 - the names of the features say so
