"""The A-weighting is the standard's, over the whole range that counts."""

import numpy as np
import pytest

from device.hearing.weighting import TAPS, AWeighting, a_weighting
from tests.support.sound import Sound, noise, tone

# IEC 61672-1:2013, table 3: nominal frequency (Hz), A-weighting (dB), acceptance limit of class 2 (± dB).
TABLE = [
    (63, -26.2, 2.0),
    (80, -22.5, 2.0),
    (100, -19.1, 1.5),
    (125, -16.1, 1.5),
    (160, -13.4, 1.5),
    (200, -10.9, 1.5),
    (250, -8.6, 1.5),
    (315, -6.6, 1.5),
    (400, -4.8, 1.5),
    (500, -3.2, 1.5),
    (630, -1.9, 1.5),
    (800, -0.8, 1.5),
    (1000, 0.0, 1.0),
    (1250, 0.6, 1.5),
    (1600, 1.0, 2.0),
    (2000, 1.2, 2.0),
    (2500, 1.3, 2.5),
    (3150, 1.2, 2.5),
    (4000, 1.0, 3.0),
    (5000, 0.5, 3.5),
    (6300, -0.1, 4.5),
]


def gain_db(frequency_hz: float) -> float:
    weighted = AWeighting().feed(tone(frequency_hz, 1.0))[TAPS:]
    return float(20 * np.log10(np.sqrt(np.mean(weighted**2)) / 0.1))


@pytest.mark.parametrize(("nominal_hz", "weighting_db", "limit_db"), TABLE)
def test_tones_read_as_in_the_table(nominal_hz: float, weighting_db: float, limit_db: float) -> None:
    exact_hz = 1000 * 10 ** (round(10 * np.log10(nominal_hz / 1000)) / 10)

    error_db = gain_db(exact_hz) - weighting_db

    assert abs(error_db) <= limit_db, "outside class 2"
    assert abs(error_db) <= 0.5, "inside class 2, but worse than this filter can do"


def test_the_formula_gives_the_table() -> None:
    nominal = np.array([row[0] for row in TABLE], dtype=np.float64)
    exact = np.asarray(1000 * 10 ** (np.round(10 * np.log10(nominal / 1000)) / 10), dtype=np.float64)

    assert 20 * np.log10(a_weighting(exact)) == pytest.approx([row[1] for row in TABLE], abs=0.051)


def coloured(slope_db_per_octave: float, low_hz: float, high_hz: float, seed: int) -> Sound:
    """Noise that repeats every two seconds, twice: its spectrum is known exactly."""
    length = 32_000
    frequency = np.fft.rfftfreq(length, 1 / 16_000)
    phases = np.exp(2j * np.pi * np.random.default_rng(seed).uniform(size=len(frequency)))
    inside = (frequency >= low_hz) & (frequency <= high_hz)
    octaves = np.log2(np.maximum(frequency, 1.0) / 1000)
    once = np.fft.irfft(np.where(inside, phases * 10 ** (slope_db_per_octave * octaves / 20), 0.0))
    return np.tile(0.05 * once / once.std(), 2)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    ("slope", "low_hz", "high_hz"),
    [
        pytest.param(0.0, 20, 7000, id="white"),
        pytest.param(-3.0, 20, 7000, id="pink"),
        pytest.param(-6.0, 20, 7000, id="brown"),
        pytest.param(-9.0, 63, 7000, id="the hum of a machine"),
        pytest.param(0.0, 4000, 7000, id="a hiss"),
        pytest.param(0.0, 63, 250, id="a rumble"),
    ],
)
def test_noise_reads_what_its_spectrum_says(slope: float, low_hz: float, high_hz: float, seed: int) -> None:
    sound = coloured(slope, low_hz, high_hz, seed)
    spectrum = np.square(np.abs(np.fft.rfft(sound[:32_000]))) / 32_000**2 * 2
    exact = np.sum(spectrum * np.square(a_weighting(np.fft.rfftfreq(32_000, 1 / 16_000))))

    read = np.mean(np.square(AWeighting().feed(sound)[32_000:]))

    assert 10 * np.log10(read / exact) == pytest.approx(0.0, abs=0.2)


def test_it_reads_right_at_7_khz_too() -> None:
    assert gain_db(7000) == pytest.approx(-0.55, abs=0.3)  # the formula's value; no nominal frequency


def test_an_offset_of_the_converter_is_no_sound() -> None:
    weighted = AWeighting().feed(np.full(16_000, 0.5))[TAPS:]

    assert np.abs(weighted).max() < 1e-6


def test_pieces_give_what_the_whole_gives() -> None:
    sound = noise(0.5)
    pieces = AWeighting()

    joined = np.concatenate(
        [pieces.feed(piece) for piece in np.split(sound, [1, 7, 327, 900, 2500, 2501, 6000])]
    )

    np.testing.assert_allclose(joined, AWeighting().feed(sound), atol=1e-12)
