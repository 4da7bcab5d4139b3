"""From the last two and a half seconds to a few numbers that say how much they are like a shout.

Each is physical: levels in dB(A) SPL, shares, ratios in dB, seconds, octaves. Levels are absolute after
calibration; everything else is a ratio, so that digital gain changes none of it.
"""

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

VOICED = 0.6
"""Periodicity from which on a frame has a pitch."""

NO_PITCH = 6.0
"""log2 Hz given for a sound without a pitch: lower than any voice."""

_RHYTHM = range(7, 30)
"""Periods of a rhythm in frames, 0.14 to 0.6 s: a laugh has 4 to 6 bursts a second."""

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
)


def describe(fast_dba: Array, frame_dba: Array, cues: Array) -> Array:
    """The features of some stretches of sound, each of ``MEMORY`` frames, the newest last.

    ``fast_dba``, ``frame_dba``: fast level and level of each frame, shape (stretches, MEMORY).
    ``cues``: shape (stretches, MEMORY, COLUMNS), NaN where a frame was too quiet to be looked at.
    Shape of the answer: (stretches, len(NAMES)), in the order of ``NAMES``.
    """
    looked = ~np.isnan(cues[..., 0])
    cues = np.where(looked[..., None], cues, 0.0)
    energy = 10.0 ** (frame_dba / 10.0)
    second, second_energy, second_cues = frame_dba[:, -SECOND:], energy[:, -SECOND:], cues[:, -SECOND:]
    top = second.max(axis=1, keepdims=True)
    loud = (second >= top - LOUD_WITHIN_DB) & looked[:, -SECOND:]
    count = np.maximum(loud.sum(axis=1), 1)
    weight = np.where(loud, second_energy, 0.0)
    bands = np.where(loud[..., None], second_cues[..., c.BAND], 0.0).sum(axis=1) + 1e-20
    body = bands[:, 1] + bands[:, 2]

    level_1 = _db(weight.sum(axis=1) / count)
    near_top = np.partition(frame_dba, -6, axis=1)[:, -6:-5]
    active = frame_dba >= near_top - LOUD_WITHIN_DB
    level_25 = _db((energy * active).sum(axis=1) / active.sum(axis=1))

    short_loud = loud[:, -SHORT:]
    short_weight = np.where(short_loud, second_energy[:, -SHORT:], 0.0)
    voiced = loud & (second_cues[..., c.PERIODICITY] >= VOICED)
    pitch_low, pitch, pitch_high = _pitches(second_cues[..., c.PITCH], voiced)
    # In the order of NAMES.
    columns = (
        _db(second_energy[:, -SHORT:].mean(axis=1)),
        level_1,
        level_25,
        _db(energy.mean(axis=1)),
        fast_dba[:, -SECOND:].max(axis=1),
        fast_dba[:, -10:].min(axis=1),
        (second >= level_1[:, None] - 8.0).mean(axis=1),
        (frame_dba >= level_25[:, None] - 8.0).mean(axis=1),
        _db(bands[:, 2:].sum(axis=1) / (bands[:, 0] + bands[:, 1])),
        _db((bands[:, 3] + bands[:, 4]) / body),
        _db(bands[:, 4] / (body + bands[:, 3])),
        _db(bands[:, 0] / bands[:, 1]),
        _db(bands[:, 3] / bands[:, 2]),
        _mean(second_cues[..., c.FLATNESS], weight),
        _mean(second_cues[:, -SHORT:, c.FLATNESS], short_weight),
        _mean(second_cues[..., c.PERIODICITY], weight),
        voiced.sum(axis=1) / count,
        pitch,
        pitch_high,
        pitch_high - pitch_low,
        _mean(second_cues[..., c.MOVEMENT], loud),
        _mean(second_cues[..., c.MOVEMENT], voiced),
        (second_cues[..., c.CREST] * loud).max(axis=1),
        (second[:, 2:] - second[:, :-2]).max(axis=1),
        _rhythm(frame_dba, level_25),
        _age(fast_dba),
    )
    return np.stack(columns, axis=1)


def _age(fast_dba: Array) -> Array:
    """Seconds since it first was loud: a sneeze is over when a sentence has begun."""
    loud = fast_dba >= LISTEN_DBA
    return np.asarray(np.where(loud.any(axis=1), MEMORY - loud.argmax(axis=1), 0) * FRAME_S)


def _db(ratio: Array) -> Array:
    return np.asarray(10.0 * np.log10(np.maximum(ratio, 1e-9)))


def _mean(values: Array, weight: npt.NDArray[np.float64] | npt.NDArray[np.bool_]) -> Array:
    return np.asarray((values * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-12))


def _pitches(pitch: Array, voiced: npt.NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """A tenth, half and nine tenths of the voiced frames lie below; ``NO_PITCH`` with fewer than three."""
    ordered = np.sort(np.where(voiced, pitch, np.inf), axis=1)
    count = voiced.sum(axis=1)
    rows = np.arange(len(pitch))

    def below(share: float) -> Array:
        place = np.clip(np.round(share * (count - 1)).astype(int), 0, None)
        return np.asarray(np.where(count < 3, NO_PITCH, ordered[rows, place]))

    return below(0.1), below(0.5), below(0.9)


def _rhythm(frame_dba: Array, level_dba: Array) -> Array:
    """Highest autocorrelation of the smoothed level at a period of ``_RHYTHM``: 1 for an even rhythm."""
    smooth = (frame_dba[:, 2:] + frame_dba[:, 1:-1] + frame_dba[:, :-2]) / 3.0
    above = np.maximum(smooth, level_dba[:, None] - 20.0)
    above = above - above.mean(axis=1, keepdims=True)
    size = 2 * MEMORY + 6  # no wrap around
    power = np.square(np.abs(np.fft.rfft(above, size)))
    correlation = np.fft.irfft(power, size)
    return np.asarray(correlation[:, list(_RHYTHM)].max(axis=1) / (correlation[:, 0] + 1e-6))


assert MEMORY * FRAME_S == 2.5  # noqa: S101 - the names of the features say so
