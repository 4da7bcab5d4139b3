"""Long sounds of an ordinary day, made here, in which there is nothing to find.

Each comes as an endless stream of pieces of 100 ms (int16, 16 kHz) at a microphone whose full scale is 120.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from device.hearing.figures import RATE_HZ
from device.microphone.source import READ_SAMPLES
from tests.support.sound import Sound, at_level, silence
from tools.sounds.voice import TALK, say

Piece = npt.NDArray[np.int16]
Random = np.random.Generator

BANK_S = 40
"""So much of each is made, and then heard again and again: softer, from another place on."""


def _noise(random: Random, seconds: float, slope_db_per_octave: float = -3.0) -> Sound:
    length = round(seconds * RATE_HZ)
    spectrum = np.fft.rfft(random.standard_normal(length))
    octaves = np.log2(np.maximum(np.fft.rfftfreq(length, 1 / RATE_HZ), 30.0) / 1000.0)
    return np.asarray(np.fft.irfft(spectrum * 10 ** (slope_db_per_octave * octaves / 20), length))


def _scattered(random: Random, things: list[Sound], apart_s: tuple[float, float]) -> Sound:
    """``BANK_S`` of them, one after the other with pauses."""
    pieces: list[Sound] = []
    while sum(map(len, pieces)) < BANK_S * RATE_HZ:
        pieces += [things[int(random.integers(len(things)))], silence(float(random.uniform(*apart_s)))]
    return np.concatenate(pieces)[: BANK_S * RATE_HZ]


def _fading(sound: Sound, after_s: float) -> Sound:
    return np.asarray(sound * np.exp(-np.arange(len(sound)) / (after_s * RATE_HZ)))


def _tones(frequencies_hz: list[float], seconds: float, harmonics: int = 5) -> Sound:
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    made = np.zeros(len(time))
    for frequency in frequencies_hz:
        for harmonic in range(1, harmonics + 1):
            if harmonic * frequency < 7000:
                made += np.sin(2 * np.pi * harmonic * frequency * time) / harmonic**1.5
    return np.asarray(made * np.minimum(time / 0.01, 1.0))


def office(random: Random) -> Sound:
    """Ventilation at 46 dB(A), keys and paper at 52 to 64, somebody who talks far away at 50."""
    keys = [at_level(_fading(_noise(random, 0.05, 0.0), 0.004), level) for level in (52.0, 58.0, 64.0)]
    paper = [at_level(_noise(random, 0.4, 3.0), 55.0)]
    far = at_level(_voices(random, 50.0), 50.0)
    room = at_level(_noise(random, BANK_S), 46.0)
    return np.asarray(room + _scattered(random, keys + paper, (0.05, 1.5)) + far)


def _voices(random: Random, level_dba: float) -> Sound:
    speakers = [
        replace(TALK, f0_hz=float(f0), syllable_s=float(random.uniform(0.1, 0.18)))
        for f0 in (95, 130, 190, 230)
    ]
    sentences = [
        at_level(
            say("".join(random.choice(list("aiueo "), 18)) + "a", speaker, int(random.integers(1_000_000))),
            level_dba,
        )
        for speaker in speakers
        for _ in range(2)
    ]
    return _scattered(random, sentences, (0.2, 1.5))


def speech(random: Random) -> Sound:
    """Four voices in turn at 60 dB(A) in a room of 44."""
    return np.asarray(_voices(random, 60.0) + at_level(_noise(random, BANK_S), 44.0))


def music(random: Random) -> Sound:
    """Chords and a melody over them at 66 dB(A): a waiting room's loudspeaker."""
    bars: list[Sound] = []
    for _ in range(BANK_S // 2):
        root = 110.0 * 2 ** (float(random.choice([0, 3, 5, 7, 9])) / 12)
        chord = _fading(_tones([root, root * 1.26, root * 1.5], 2.0), 1.5)
        steps = random.choice([0, 2, 4, 5, 7, 9, 12], 4)
        melody = [_fading(_tones([4 * root * 2 ** (step / 12)], 0.5), 0.3) for step in steps]
        bars.append(chord + 0.8 * np.concatenate(melody))
    return np.asarray(at_level(np.concatenate(bars), 66.0) + at_level(_noise(random, BANK_S), 44.0))


def telephones(random: Random) -> Sound:
    """Bells, buzzers and melodies at 64 to 72 dB(A), rung for a second or two."""
    time = np.arange(RATE_HZ) / RATE_HZ
    japanese = np.sin(2 * np.pi * 400 * time) * (1 + np.sin(2 * np.pi * 16 * time))
    electronic = np.concatenate([_tones([f], 0.05) for f in (1320.0, 1050.0)] * 10)
    bell = _tones([1100.0, 1790.0], 1.0, 3) * (1 + 0.8 * np.sign(np.sin(2 * np.pi * 20 * time)))
    tune = np.concatenate([_tones([f], 0.2) for f in (659.0, 784.0, 1047.0, 784.0, 988.0)])
    rings = [at_level(ring, 64.0 + 4 * n) for n in (0, 1, 2) for ring in (japanese, electronic, bell, tune)]
    return np.asarray(_scattered(random, rings, (0.5, 2.0)) + at_level(_noise(random, BANK_S), 45.0))


def quiet(random: Random) -> Sound:
    """A room at night."""
    return at_level(_noise(random, BANK_S), 24.0)


def zero(_random: Random) -> Sound:
    """A dead microphone."""
    return silence(BANK_S)


def square(random: Random) -> Sound:
    """A broken wire."""
    half = int(random.choice([2, 8, 40, 160]))
    return np.where(np.arange(BANK_S * RATE_HZ) // half % 2, 2.0, -2.0)


KINDS: dict[str, Callable[[Random], Sound]] = {
    "office noise": office,
    "speech at 60 dB(A)": speech,
    "music": music,
    "telephones": telephones,
    "silence": quiet,
    "digital zero": zero,
    "a full-scale square wave": square,
}


class Day:
    """Made once, so that nothing but the hearing takes memory while it is heard."""

    def __init__(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        self._banks = {
            kind: np.clip(np.rint(make(random) * 32768.0), -32768, 32767).astype(np.int16)
            for kind, make in KINDS.items()
        }
        self._random = random

    def pieces(self, kind: str, seconds: float) -> Iterator[Piece]:
        """So many seconds of it; up to 1.5 dB softer and from another place each time that it comes round."""
        bank = self._banks[kind]
        reads = len(bank) // READ_SAMPLES
        gain, at = 1.0, 0
        for number in range(round(seconds * RATE_HZ / READ_SAMPLES)):
            if number % reads == 0:
                # What is at full scale stays there: a broken wire knows no softer.
                gain = (
                    1.0 if kind == "a full-scale square wave" else 10 ** (-self._random.uniform(0, 1.5) / 20)
                )
                at = int(self._random.integers(reads))
            start = (at + number) % reads * READ_SAMPLES
            yield np.rint(bank[start : start + READ_SAMPLES] * gain).astype(np.int16)
