"""Sounds of things: a struck desk and a chime."""

import numpy as np

from tools.sounds.voice import RATE_HZ, Sound

_DESK_HZ = (92.0, 168.0, 283.0, 451.0, 720.0, 1130.0)
"""Modes of a wooden top about 1.6 m wide."""


def desk_bang(seed: int) -> Sound:
    """A palm on a desk: a click of 5 ms, the top ringing for about 60 ms, and a little room. Peak 0.9, 0.5 s.

    Not measured on a desk. Use it to see that something happens, not to judge how well bangs are found.
    """
    random = np.random.default_rng(seed)
    time = np.arange(int(0.5 * RATE_HZ)) / RATE_HZ
    sound = random.standard_normal(len(time)) * np.exp(-time / 0.005) * 1.5
    for number, frequency in enumerate(_DESK_HZ):
        ring_s = 0.035 / (1 + 0.4 * number)
        sound += np.sin(2 * np.pi * frequency * time) * np.exp(-time / ring_s) / (1 + number)
    sound += 0.02 * random.standard_normal(len(time)) * np.exp(-time / 0.09)
    return np.asarray(0.9 * sound / np.abs(sound).max())


def chime() -> Sound:
    """Two falling tones, as a number is called. Peak 0.9, 1.6 s."""
    sound = np.zeros(int(1.6 * RATE_HZ))
    for start_s, frequency in ((0.0, 784.0), (0.55, 622.3)):
        start = int(start_s * RATE_HZ)
        time = np.arange(len(sound) - start) / RATE_HZ
        soft_start = np.minimum(time / 0.005, 1.0)
        for harmonic, gain in ((1, 1.0), (2, 0.25), (3, 0.1)):
            tone = np.sin(2 * np.pi * harmonic * frequency * time)
            sound[start:] += gain * soft_start * tone * np.exp(-time * harmonic / 0.4)
    return np.asarray(0.9 * sound / np.abs(sound).max())
