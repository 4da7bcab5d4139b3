"""A microphone that falsifies the level is noticed; an ordinary one in an ordinary room is not."""

import numpy as np
import pytest

from device.hearing.clipping import CLIPPED_SHARE, FORGOTTEN_S, FULL_SCALE, NOTICED_SECONDS, Clipping
from device.hearing.gain import GainWatch
from device.hearing.hearing import Hearing
from device.hearing.level import Levels
from device.hearing.weighting import AWeighting
from tests.support.sound import (
    FULL_SCALE_DBA,
    Sound,
    at_level,
    bang,
    frames,
    in_room,
    noise,
    passages,
    pcm,
    shout,
    silence,
    talk,
    tone,
    turned_gain,
)

SECOND = 16_000


def heard(sound: Sound, full_scale_dba: float = FULL_SCALE_DBA) -> Hearing:
    hearing = Hearing(full_scale_dba, True)
    samples = pcm(sound)
    for start in range(0, len(samples) - 1599, 1600):
        hearing.feed(samples[start : start + 1600])
    return hearing


def gain_turns(sound: Sound) -> bool:
    """By the watch alone, without the rest of the hearing: these sounds are long."""
    watch, weighting, levels = GainWatch(), AWeighting(), Levels()
    samples = pcm(sound) / 32768.0
    for piece in np.array_split(samples[: len(samples) // 1600 * 1600], max(1, len(samples) // 1600)):
        for loudness in levels.feed(weighting.feed(piece)):
            watch.feed(loudness.energy)
    return watch.noticed


@pytest.mark.parametrize("room_dba", [40.0, 48.0])
@pytest.mark.parametrize(("attack_s", "release_s"), [(0.01, 0.5), (0.01, 1.0), (0.05, 1.0), (0.05, 3.0)])
def test_a_gain_that_turns_is_noticed_within_some_minutes(
    attack_s: float, release_s: float, room_dba: float
) -> None:
    sound = turned_gain(passages(16, room_dba=room_dba), attack_s=attack_s, release_s=release_s, most_db=15.0)

    assert gain_turns(sound)


@pytest.mark.parametrize("room_dba", [40.0, 48.0, 55.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_sounds_without_it_are_not(room_dba: float, seed: int) -> None:
    assert not gain_turns(passages(12, room_dba=room_dba, seed=seed))


def in_an_echoing_room(sound: Sound) -> Sound:
    """0.8 s until it has died away by 60 dB."""
    length = round(0.8 * SECOND)
    echo = np.random.default_rng(4).standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    echo *= 0.7 / np.sqrt(np.square(echo).sum())
    echo[0] = 1.0
    size = len(sound) + length
    return np.asarray(np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(echo, size), size))


def steps(seed: int) -> Sound:
    """A room whose noise changes by up to 8 dB every few seconds: machines, doors, people."""
    random = np.random.default_rng(seed)
    gains = np.repeat(random.uniform(0.0, 8.0, 60), 3 * SECOND)
    return np.asarray(at_level(noise(180.0, seed), 44.0) * 10 ** (gains / 20))


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(in_an_echoing_room(passages(12)), id="an echoing room"),
        pytest.param(steps(1) + passages(25)[: 180 * SECOND], id="a restless room"),
        pytest.param(in_room(*[at_level(talk(seed), 66.0) for seed in range(20)]), id="talk without a rest"),
        pytest.param(
            in_room(*[at_level(tone(660, 1.0), 70.0), silence(8.0)] * 14), id="a chime, always alike"
        ),
        pytest.param(in_room(*[at_level(bang(3), 92.0), silence(8.0)] * 14), id="blows"),
        pytest.param(
            np.tile(np.concatenate((at_level(noise(5), 50.0), silence(3.0))), 15), id="a loose contact"
        ),
        pytest.param(silence(120.0), id="digital zero"),
    ],
)
def test_ordinary_sound_is_not_taken_for_it(sound: Sound) -> None:
    assert not gain_turns(sound)


def test_once_it_is_switched_off_the_notice_ends() -> None:
    steady = passages(12)
    turning = turned_gain(steady, attack_s=0.02, release_s=1.0, most_db=15.0)
    hearing = heard(turning)
    assert hearing.gain_turns

    for frame in frames(steady):
        hearing.feed(frame)

    assert not hearing.gain_turns


def test_a_machine_that_stops_after_a_noise_is_no_gain() -> None:
    watch = GainWatch()
    room, quieter, loud = 1e-6, 1e-8, 1e-3
    for _ in range(20):
        for energy, seconds in ((room, 6.0), (loud, 1.0), (quieter, 8.0)):
            for _ in range(round(50 * seconds)):
                watch.feed(energy)

    assert not watch.noticed


@pytest.mark.parametrize("full_scale_dba", [70.0, 80.0])
def test_a_voice_beyond_full_scale_is_noticed(full_scale_dba: float) -> None:
    loud = in_room(at_level(shout(), 90.0)) * 10 ** ((FULL_SCALE_DBA - full_scale_dba) / 20)

    hearing = heard(loud, full_scale_dba)

    assert hearing.clips


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(in_room(at_level(shout(), 95.0)), id="a shout with room to spare"),
        pytest.param(in_room(at_level(bang(), 130.0)), id="one knock at the microphone"),
        pytest.param(0.999 * tone(1000, 5.0, 1 / np.sqrt(2)), id="a tone just below full scale"),
        pytest.param(silence(5.0), id="digital zero"),
    ],
)
def test_what_stays_below_or_touches_it_once_is_not(sound: Sound) -> None:
    assert not heard(sound).clips


def clipped_second(share: float) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    second = np.zeros(SECOND, dtype=np.int16)
    second[: round(share * SECOND)] = [FULL_SCALE, -32768] * (round(share * SECOND) // 2)
    return second


def test_it_takes_some_clipped_seconds_within_a_minute_and_goes_after_ten_minutes_without() -> None:
    clipping = Clipping()
    few, enough = clipped_second(0.8 * CLIPPED_SHARE), clipped_second(CLIPPED_SHARE)

    for _ in range(100):
        clipping.feed(few)
    for _ in range(5):  # one in a minute
        clipping.feed(enough)
        for _ in range(59):
            clipping.feed(few)
    assert not clipping.noticed
    for _ in range(NOTICED_SECONDS):
        clipping.feed(enough)
    assert clipping.noticed
    assert clipping.share == pytest.approx(CLIPPED_SHARE)

    for _ in range(FORGOTTEN_S - 1):
        clipping.feed(few)
    assert clipping.noticed
    clipping.feed(few)
    assert not clipping.noticed
