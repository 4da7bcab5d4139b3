"""Levels: the time weightings of the standard, and the active level that sounds are played at."""

from dataclasses import dataclass

import numpy as np
import pytest

from device.hearing.hearing import Hearing
from device.hearing.level import active_level
from tests.support.sound import FULL_SCALE_DBA, Sound, at_level, frames, noise, silence, talk, tone


@dataclass
class Readings:
    """At the end of every frame, dB(A)."""

    fast: list[float]
    slow: list[float]


def readings(sound: Sound, full_scale_dba: float = FULL_SCALE_DBA) -> Readings:
    hearing = Hearing(full_scale_dba, True)
    said = Readings([], [])
    for frame in frames(sound):
        hearing.feed(frame)
        said.fast.append(hearing.level_dba)
        said.slow.append(hearing.slow_dba)
    return said


def levels(sound: Sound, full_scale_dba: float = FULL_SCALE_DBA) -> list[float]:
    return readings(sound, full_scale_dba).fast


# IEC 61672-1:2013, 5.6: the level at 1 kHz over the range, within 1.1 dB for class 2.
@pytest.mark.parametrize("level_dba", [35.0, 50.0, 74.0, 94.0, 112.0])
def test_a_1_khz_tone_reads_its_level(level_dba: float) -> None:
    rms = 10 ** ((level_dba - FULL_SCALE_DBA) / 20)

    said = readings(tone(1000, 8.0, rms))

    assert said.fast[-1] == pytest.approx(level_dba, abs=0.2)
    assert said.slow[-1] == pytest.approx(level_dba, abs=0.2)


# IEC 61672-1:2013, table 4: the highest reading of a 4 kHz tone burst re the steady tone; limits of class 2.
FAST_BURSTS = [
    (1.0, 0.0, 1.0, -1.0),
    (0.5, -0.1, 1.0, -1.0),
    (0.2, -1.0, 1.0, -1.0),
    (0.1, -2.6, 1.0, -1.0),
    (0.05, -4.8, 1.0, -1.5),
    (0.02, -8.3, 1.0, -2.0),
    (0.01, -11.1, 1.0, -2.0),
    (0.005, -14.1, 1.0, -2.5),
    (0.002, -18.0, 1.0, -2.5),
    (0.001, -21.0, 1.0, -3.0),
]
SLOW_BURSTS = [
    (1.0, -2.0, 1.0, -1.0),
    (0.5, -4.1, 1.0, -1.0),
    (0.2, -7.4, 1.0, -1.0),
    (0.1, -10.2, 1.0, -1.0),
    (0.05, -13.1, 1.0, -1.5),
    (0.02, -17.0, 1.0, -2.0),
    (0.01, -20.0, 1.0, -2.0),
    (0.005, -23.0, 1.0, -2.5),
    (0.002, -27.0, 1.0, -2.5),
]


@pytest.mark.parametrize("begins", [0, 1, 80, 160, 319])
@pytest.mark.parametrize("weighting", ["fast", "slow"])
def test_tone_bursts_read_as_in_the_table(weighting: str, begins: int) -> None:
    """Wherever in a frame they begin: the level is looked at once in a frame only."""
    steady = getattr(readings(tone(4000, 8.0)), weighting)[-1]
    for burst_s, expected_db, above_db, below_db in FAST_BURSTS if weighting == "fast" else SLOW_BURSTS:
        burst = np.concatenate((silence(0.2), np.zeros(begins), tone(4000, burst_s), silence(0.5)))

        error_db = max(getattr(readings(burst), weighting)) - steady - expected_db

        assert below_db <= error_db <= above_db, f"{burst_s} s: {error_db:.2f} dB"


# IEC 61672-1:2013, 5.8.3: how fast the reading falls when the tone stops; limits of class 2.
def test_it_falls_as_fast_as_the_weightings_say() -> None:
    said = readings(np.concatenate((tone(4000, 8.0), silence(2.0))))
    ended = round(8.0 / 0.02)

    fast = (said.fast[ended + 10] - said.fast[ended + 35]) / 0.5
    slow = (said.slow[ended + 10] - said.slow[ended + 85]) / 1.5

    assert fast == pytest.approx(34.7, abs=1.0)
    assert slow == pytest.approx(4.3, abs=0.1)


def test_digital_zero_has_a_finite_level_inside_the_contract() -> None:
    assert levels(silence(1.0), full_scale_dba=60.0)[-1] == pytest.approx(-50.0)


def test_pauses_do_not_make_a_voice_quieter() -> None:
    voice = talk()
    with_pauses = np.concatenate((silence(1.0), voice, silence(3.0)))

    assert active_level(with_pauses) == pytest.approx(active_level(voice), abs=0.2)


def test_the_active_level_is_the_rms_of_a_steady_sound() -> None:
    assert active_level(tone(1000, 1.0)) == pytest.approx(-20.0, abs=0.1)


def test_the_active_level_of_very_little_sound_is_still_one() -> None:
    assert active_level(noise(0.01)) > -60
    assert active_level(silence(1.0)) == pytest.approx(-110.0)


def test_a_sound_can_be_brought_to_a_level() -> None:
    assert active_level(at_level(talk(), 60.0)) == pytest.approx(60.0 - FULL_SCALE_DBA, abs=0.01)
