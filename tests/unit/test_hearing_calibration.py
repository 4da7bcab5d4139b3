"""Full scale is measured while a known level sounds; what is no fit reference is refused."""

import numpy as np
import pytest

from device.hearing.calibration import Measured, Reference, Unfit
from device.hearing.hearing import Hearing
from tests.support.sound import Sound, at_level, frames, in_room, noise, pcm, silence, talk, tone, turned_gain

SECONDS = 5


def measured(sound: Sound, level_dba: float = 84.0) -> Measured:
    reference = Reference(level_dba, SECONDS)
    samples = pcm(sound)
    for start in range(0, len(samples) - 1599, 1600):
        if reference.enough:
            break
        reference.feed(samples[start : start + 1600])
    return reference.measured()


@pytest.mark.parametrize("full_scale_dba", [88.0, 104.0, 120.0, 135.0])
@pytest.mark.parametrize("kind", ["a tone of 1 kHz", "a tone of 250 Hz", "steady noise"])
def test_a_known_level_tells_full_scale(kind: str, full_scale_dba: float) -> None:
    made = {
        "a tone of 1 kHz": tone(1000, 7.0),
        "a tone of 250 Hz": tone(250, 7.0),
        "steady noise": noise(7.0),
    }[kind]
    level_dba = min(84.0, full_scale_dba - 20.0)

    found = measured(at_level(made, level_dba, full_scale_dba), level_dba)

    assert found.full_scale_dba == pytest.approx(full_scale_dba, abs=0.3)
    assert found.spread_db < 0.5


def test_afterwards_the_same_sound_reads_the_level_that_the_meter_showed() -> None:
    sound = at_level(tone(1000, 7.0), 77.0, 109.0)
    hearing = Hearing(measured(sound, 77.0).full_scale_dba, True)

    for frame in frames(sound):
        hearing.feed(frame)

    assert hearing.slow_dba == pytest.approx(77.0, abs=0.1)


def test_the_first_second_does_not_count() -> None:
    sound = np.concatenate((at_level(noise(0.9), 95.0), at_level(tone(1000, 6.0), 84.0)))

    assert measured(sound).full_scale_dba == pytest.approx(120.0, abs=0.1)


def step(db: float) -> Sound:
    """A tone that becomes louder in the middle."""
    return np.concatenate((tone(1000, 3.0), tone(1000, 4.0, 0.1 * 10 ** (db / 20))))


def test_one_decibel_of_unsteadiness_is_allowed_and_no_more() -> None:
    assert measured(step(0.9)).spread_db == pytest.approx(0.9, abs=0.05)
    with pytest.raises(Unfit, match=r"its seconds lie 1\.1 dB apart, allowed is 1"):
        measured(step(1.1))


@pytest.mark.parametrize(
    ("sound", "why"),
    [
        pytest.param(in_room(*[at_level(talk(), 75.0)] * 3), "not steady", id="a voice"),
        pytest.param(
            turned_gain(at_level(tone(1000, 8.0), 84.0), attack_s=2.0, release_s=2.0),
            "not steady",
            id="a gain that turns",
        ),
        pytest.param(tone(1000, 7.0, 0.72), "beyond the microphone's full scale", id="clipped"),
        pytest.param(
            tone(1000, 7.0, 4e-5), "too quiet for this microphone: it reads -8[78] dB", id="too quiet"
        ),
        pytest.param(silence(7.0), "too quiet for this microphone", id="digital zero"),
        pytest.param(tone(1000, 5.5), "6 s of sound are wanted; given: 5 s", id="too short"),
    ],
)
def test_what_is_no_reference_is_refused(sound: Sound, why: str) -> None:
    with pytest.raises(Unfit, match=why):
        measured(sound)


def test_a_level_that_cannot_be_is_refused() -> None:
    with pytest.raises(Unfit, match="full scale would be 167 dB"):
        measured(tone(1000, 7.0, 10 ** (-67 / 20)), 100.0)


@pytest.mark.parametrize("level_dba", [59.9, 110.1, -84.0, float("nan"), float("inf")])
def test_a_reference_has_a_sensible_level(level_dba: float) -> None:
    with pytest.raises(Unfit, match=r"the reference must be 60 to 110 dB\(A\); given"):
        Reference(level_dba, SECONDS)


@pytest.mark.parametrize("seconds", [-1, 0, 2, 61])
def test_a_measurement_has_a_sensible_length(seconds: int) -> None:
    with pytest.raises(Unfit, match="3 to 60 s can be measured; given"):
        Reference(84.0, seconds)
