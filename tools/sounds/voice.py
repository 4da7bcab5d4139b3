"""A synthetic voice with vocal effort: a glottal pulse train through formants, no recording of anybody.

What changes from talking to shouting follows Traunmüller and Eriksson (2000) and ANSI S3.5: the pitch about
doubles, the first formant rises, vowels last longer against pauses, and the spectrum above 1 kHz gains about
10 dB on what lies below.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000
Sound = npt.NDArray[np.float64]

Formants = tuple[tuple[float, float], ...]
"""Resonances and their bandwidths in Hz."""

VOWELS: dict[str, Formants] = {
    # Japanese vowels of a man: formants and their bandwidths in Hz, after the usual textbook values.
    "a": ((750, 90), (1180, 100), (2550, 150), (3500, 200)),
    "i": ((290, 60), (2250, 100), (3050, 160), (3700, 200)),
    "u": ((330, 70), (1250, 110), (2300, 150), (3400, 200)),
    "e": ((480, 70), (1900, 100), (2550, 150), (3500, 200)),
    "o": ((470, 70), (830, 90), (2450, 150), (3400, 200)),
}


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard a voice is driven."""

    f0_hz: float
    """Pitch in the middle of a phrase."""
    tilt_db_per_octave: float
    """Slope of the glottal spectrum, with the lips' +6 dB included."""
    first_formant: float
    """Factor on the first formant: an open mouth raises it."""
    syllable_s: float
    pause_s: float
    """Consonant or gap between two syllables."""
    breath: float
    """Noise against the voiced part."""
    melody: float
    """How far the pitch of a syllable lies from that of the phrase, at most, as a part of it."""
    roughness: float
    """How unevenly the folds open: random change of the loudness within some milliseconds."""


TALK = Effort(118.0, -8.0, 1.0, 0.13, 0.05, 0.03, 0.06, 0.05)
SHOUT = Effort(265.0, -3.5, 1.25, 0.26, 0.05, 0.12, 0.2, 0.25)

HIGHER = ((4500.0, 300.0), (5500.0, 350.0), (6500.0, 400.0), (7500.0, 450.0))
"""Resonances that all vowels have: without them a voice sounds as through a wall."""

_AT = (0.0, 0.25, 0.5, 0.8, 1.0)
_WAY = (0.2, 0.7, 1.0, 1.0, 0.8)
"""At which part of a syllable how much of the way from vowel to vowel is gone."""


def say(syllables: str, effort: Effort, seed: int) -> Sound:
    """Speak-like sound: one vowel letter for each syllable, a space for a pause. Peak 0.9.

    The same arguments give the same samples. ``KeyError`` for a letter that is no vowel.
    """
    random = np.random.default_rng(seed)
    pieces: list[Sound] = []
    before = VOWELS["u"]
    for index, letter in enumerate(syllables):
        if letter == " ":
            pieces.append(np.zeros(int(0.25 * RATE_HZ)))
            continue
        place = index / max(1, len(syllables) - 1)
        pitch = (
            effort.f0_hz * (1.12 - 0.25 * place) * float(random.uniform(1 - effort.melody, 1 + effort.melody))
        )
        pieces.append(_consonant(effort, random))
        pieces.append(_syllable(before, VOWELS[letter], pitch, effort, random))
        before = VOWELS[letter]
    return _peak(np.concatenate(pieces))


def _syllable(
    before: Formants, formants: Formants, pitch: float, effort: Effort, random: np.random.Generator
) -> Sound:
    """A vowel that the mouth comes to from the one before, and is about to leave again."""
    length = int(effort.syllable_s * float(random.uniform(0.85, 1.2)) * RATE_HZ)
    time = np.arange(length) / RATE_HZ
    glide = float(random.uniform(-2.0, 2.0)) * effort.melody * (time / time[-1] - 0.5)
    wander = (
        1.0 + glide + 0.03 * np.sin(2 * np.pi * 5.5 * time) + 0.06 * (time / time[-1]) * (1 - time / time[-1])
    )
    jitter = 1.0 + 0.004 * np.cumsum(random.standard_normal(length)) / np.sqrt(RATE_HZ)
    phase = 2 * np.pi * np.cumsum(pitch * wander * jitter) / RATE_HZ
    voiced = np.zeros(length)
    for harmonic in range(1, int(7000 / pitch)):
        frequency = harmonic * pitch
        gain = 10 ** (effort.tilt_db_per_octave * np.log2(harmonic) / 20)
        tract = [
            _vocal_tract(frequency, _between(before, formants, part), effort.first_formant) for part in _WAY
        ]
        voiced += gain * np.interp(time / time[-1], _AT, tract) * np.sin(harmonic * phase)
    uneven = np.convolve(random.standard_normal(length), np.hanning(64), "same")
    voiced *= 1.0 + effort.roughness * uneven / float(np.std(uneven))
    breath = random.standard_normal(length) * effort.breath * float(np.sqrt(np.mean(voiced**2)))
    return np.asarray((voiced + breath) * _envelope(length, 0.02, 0.04))


def _between(before: Formants, after: Formants, part: float) -> Formants:
    return tuple(
        (old + part * (new - old), wide + part * (wider - wide))
        for (old, wide), (new, wider) in zip(before, after, strict=True)
    )


def _vocal_tract(frequency: float, formants: Formants, opening: float) -> float:
    """Gain of resonators in series at ``frequency``; each passes low frequencies unchanged."""
    gain = 1.0
    for number, (centre, bandwidth) in enumerate((*formants, *HIGHER)):
        centre_hz = centre * opening if number == 0 else centre
        ratio = frequency / centre_hz
        gain /= np.hypot(1 - ratio**2, ratio * bandwidth / centre_hz)
    return float(gain)


def _consonant(effort: Effort, random: np.random.Generator) -> Sound:
    length = int(effort.pause_s * RATE_HZ)
    hiss = np.diff(random.standard_normal(length + 1))
    return np.asarray(0.03 * hiss * _envelope(length, 0.01, 0.01))


def _envelope(length: int, rise_s: float, fall_s: float) -> Sound:
    time = np.arange(length) / RATE_HZ
    return np.asarray(np.clip(np.minimum(time / rise_s, (length / RATE_HZ - time) / fall_s), 0.0, 1.0))


def _peak(sound: Sound) -> Sound:
    return np.asarray(0.9 * sound / np.abs(sound).max())
