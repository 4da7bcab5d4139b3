"""Levels: the F time weighting of the standard, and the active level that sounds are played at."""

import numpy as np
import pytest

from device.hearing.hearing import Hearing
from device.hearing.level import active_level
from tests.support.sound import FULL_SCALE_DBA, at_level, frames, noise, silence, talk, tone


def levels(sound: np.ndarray[tuple[int], np.dtype[np.float64]], full_scale_dba: float = 120.0) -> list[float]:
    hearing = Hearing(full_scale_dba, True)
    said = []
    for frame in frames(sound):
        hearing.feed(frame)
        said.append(hearing.level_dba)
    return said


@pytest.mark.parametrize("level_dba", [50.0, 74.0, 94.0, 112.0])
def test_a_1_khz_tone_reads_its_level(level_dba: float) -> None:
    rms = 10 ** ((level_dba - FULL_SCALE_DBA) / 20)

    assert levels(tone(1000, 2.0, rms))[-1] == pytest.approx(level_dba, abs=0.3)


# IEC 61672-1:2013, table 4: LAFmax of a 4 kHz tone burst re the steady tone; the limits are class 2's.
@pytest.mark.parametrize(
    ("burst_s", "expected_db", "limit_db"),
    [(0.5, -0.1, 1.0), (0.2, -1.0, 1.0), (0.05, -4.8, 1.5), (0.02, -8.3, 2.0)],
)
def test_tone_bursts_read_as_in_the_table(burst_s: float, expected_db: float, limit_db: float) -> None:
    steady = levels(tone(4000, 2.0))[-1]

    burst = max(levels(np.concatenate((silence(0.5), tone(4000, burst_s), silence(0.5)))))

    assert burst - steady == pytest.approx(expected_db, abs=limit_db)


def test_it_falls_as_fast_as_f_says() -> None:
    said = levels(np.concatenate((tone(1000, 1.0), silence(1.0))))
    fall_db_per_s = (said[60] - said[85]) / 0.5

    assert fall_db_per_s == pytest.approx(34.7, abs=1.0)  # IEC 61672-1, 5.8.3: 34.7 dB/s


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
