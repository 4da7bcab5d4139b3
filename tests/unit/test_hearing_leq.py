"""Mean levels (LAeq) over a second, a minute and a session."""

import numpy as np
import pytest

from device.hearing.hearing import Hearing
from device.hearing.leq import Exposure, MeanLevels
from tests.support.sound import FULL_SCALE_DBA, Sound, at_level, frames, noise, silence, tone


def heard(sound: Sound, full_scale_dba: float = FULL_SCALE_DBA) -> Hearing:
    hearing = Hearing(full_scale_dba, True)
    for frame in frames(sound):
        hearing.feed(frame)
    return hearing


def test_before_the_first_second_there_is_none() -> None:
    hearing = heard(noise(0.98))

    assert (hearing.second_dba, hearing.minute_dba) == (None, None)
    assert hearing.exposure.since(Exposure()) is None


def test_of_a_steady_sound_all_are_its_level() -> None:
    hearing = heard(at_level(tone(1000, 65.0), 74.0))

    assert hearing.second_dba == pytest.approx(74.0, abs=0.05)
    assert hearing.minute_dba == pytest.approx(74.0, abs=0.05)
    assert hearing.exposure.since(Exposure()) == pytest.approx(74.0, abs=0.05)
    assert hearing.exposure.seconds == pytest.approx(65.0)


def test_half_of_the_energy_is_three_decibels_less() -> None:
    loud, quiet = at_level(tone(1000, 30.0), 80.0), tone(1000, 30.0, 1e-4)

    hearing = heard(np.concatenate((loud, quiet)))

    assert hearing.minute_dba == pytest.approx(80.0 - 3.0, abs=0.1)
    assert hearing.second_dba == pytest.approx(40.0, abs=0.5)


def test_a_minute_later_the_minute_knows_nothing_of_it() -> None:
    means = MeanLevels()
    for energy in [1.0] * 50 * 60 + [1e-6] * 50 * 60:
        means.feed(energy, silent=False)

    assert means.minute == pytest.approx(-60.0)
    assert means.exposure.since(Exposure()) == pytest.approx(-3.0, abs=0.02)


# IEC 61672-1:2013, table 4: the exposure of a 4 kHz tone burst re the steady tone of a second; class 2.
@pytest.mark.parametrize(
    ("burst_s", "expected_db", "limit_db"), [(0.5, -3.0, 1.0), (0.1, -10.0, 1.0), (0.01, -20.0, 2.0)]
)
def test_a_burst_counts_with_its_energy(burst_s: float, expected_db: float, limit_db: float) -> None:
    burst = np.concatenate((silence(0.25), tone(4000, burst_s), silence(0.75 - burst_s)))
    steady = heard(tone(4000, 2.0)).second_dba
    assert steady is not None

    assert heard(burst).second_dba == pytest.approx(steady + expected_db, abs=min(limit_db, 0.1))


def test_a_session_is_what_was_heard_between_two_moments() -> None:
    hearing = heard(at_level(noise(20.0), 50.0))
    began = hearing.exposure

    for frame in frames(at_level(noise(40.0, seed=1), 66.0)):
        hearing.feed(frame)
    ended = hearing.exposure

    assert ended.since(began) == pytest.approx(66.0, abs=0.2)
    assert ended.seconds - began.seconds == pytest.approx(40.0)
    assert began.since(ended) is None
    assert ended.since(ended) is None


def test_a_dead_microphone_makes_no_session_calm() -> None:
    hearing = heard(np.concatenate((at_level(noise(10.0), 60.0), silence(30.0))))

    assert hearing.exposure.seconds == pytest.approx(10.0, abs=0.1)
    assert hearing.exposure.since(Exposure()) == pytest.approx(60.0, abs=0.2)
    assert hearing.second_dba == pytest.approx(FULL_SCALE_DBA - 110.0)


def test_the_gain_of_the_microphone_does_not_matter() -> None:
    sound = at_level(noise(3.0), 60.0)

    quiet, loud = (heard(sound * 10 ** (gain / 20), FULL_SCALE_DBA - gain) for gain in (-20, 20))

    assert quiet.minute_dba == pytest.approx(loud.minute_dba, abs=0.05)
    assert quiet.exposure.since(Exposure()) == pytest.approx(loud.exposure.since(Exposure()), abs=0.05)
