"""What the hearing remembers of a sound: physical, the same at any gain, and none of it sound."""

import sys
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest

from device.hearing.cues import COLUMNS, WINDOW, Look
from device.hearing.features import MEMORY, NAMES, NO_PITCH, describe
from device.hearing.figures import FRAME, JUDGE_DBA, RATE_HZ
from device.hearing.hearing import Hearing
from device.hearing.model import standard
from tests.support.sound import (
    FULL_SCALE_DBA,
    Sound,
    at_level,
    frames,
    in_room,
    noise,
    pcm,
    shout,
    silence,
    talk,
    tone,
)
from tools.train_hearing.rows import NOTHING

Rows = npt.NDArray[np.float64]


def buzz(pitch_hz: float, seconds: float = 0.8) -> Sound:
    """A sound with harmonics."""
    return np.asarray(sum(tone(pitch_hz * number, seconds, 0.1 / number) for number in range(1, 10)))


def looks(sound: Sound, full_scale_dba: float = FULL_SCALE_DBA) -> Rows:
    """Features of every look that the hearing takes while it finds nothing."""

    def taken() -> Iterator[Rows]:
        hearing = Hearing(full_scale_dba, True, model=NOTHING)
        for frame in frames(sound):
            before = hearing.shout.features
            hearing.feed(frame)
            if hearing.shout.features is not None and hearing.shout.features is not before:
                yield hearing.shout.features

    return np.array(list(taken()))


def feature(rows: Rows, name: str) -> Rows:
    return rows[:, NAMES.index(name)]


def test_there_is_a_number_for_every_name_and_all_are_finite() -> None:
    sounds = in_room(at_level(shout(), 84.0), at_level(noise(2), 80.0), at_level(tone(500, 2), 80.0))

    rows = looks(sounds)

    assert rows.shape[1] == len(NAMES) == len(set(NAMES))
    assert len(rows) > 50
    assert np.isfinite(rows).all()


def test_what_is_quiet_is_not_looked_at() -> None:
    assert len(looks(in_room(at_level(talk(), JUDGE_DBA - 8.0)))) == 0
    assert len(looks(in_room(at_level(talk(), JUDGE_DBA + 4.0)))) > 10


@pytest.mark.parametrize("gain_db", [-20.0, 20.0])
def test_digital_gain_with_the_right_calibration_changes_nothing_that_counts(gain_db: float) -> None:
    sound = in_room(at_level(shout(), 78.0), at_level(talk(), 74.0))

    plain = looks(sound)
    other = looks(sound * 10 ** (gain_db / 20), FULL_SCALE_DBA - gain_db)

    assert len(plain) == len(other)
    spread = plain.std(axis=0) + 0.1
    # 20 dB lower, rounding to 16 bits is a noise of 40 dB(A): pauses have another spectrum, shouts do not.
    assert (np.median(np.abs(plain - other) / spread, axis=0) < 0.5).all()
    judged, again = standard().judge(plain), standard().judge(other)
    assert np.median(np.abs(judged - again)) < 0.1


def test_levels_follow_the_level_and_nothing_else_does() -> None:
    quiet, loud = looks(at_level(shout(), 80.0)), looks(at_level(shout(), 86.0))
    count = min(len(quiet), len(loud))
    difference = np.median(loud[-count:] - quiet[-count:], axis=0)

    for name, moved in zip(NAMES, difference, strict=True):
        is_level = name.startswith(("level_", "mean_", "fast_"))
        assert moved == pytest.approx(6.0 if is_level else 0.0, abs=0.3), name


@pytest.mark.parametrize("pitch_hz", [100.0, 220.0, 440.0, 900.0])
def test_the_pitch_of_a_sound_with_harmonics_is_found(pitch_hz: float) -> None:
    time = np.arange(2 * RATE_HZ) / RATE_HZ
    buzz = np.sum([np.sin(2 * np.pi * pitch_hz * k * time) / k for k in range(1, 8)], axis=0)

    rows = looks(in_room(at_level(np.asarray(0.1 * buzz), 80.0)))

    assert 2 ** np.median(feature(rows, "pitch")) == pytest.approx(pitch_hz, rel=0.06)
    assert np.median(feature(rows, "periodicity")) > 0.9
    assert np.median(feature(rows, "voiced")) > 0.9


def test_noise_has_no_pitch_and_is_flat() -> None:
    rows = looks(in_room(at_level(noise(3), 80.0)))[5:]

    assert (feature(rows, "pitch") == NO_PITCH).mean() > 0.9
    assert np.median(feature(rows, "flatness")) > -4.0
    assert np.median(feature(rows, "voiced")) < 0.1


def test_a_shouting_voice_is_brighter_and_higher_than_a_calm_one() -> None:
    calm, shouting = looks(in_room(at_level(talk(), 76.0))), looks(in_room(at_level(shout(), 76.0)))

    for name in ("tilt", "pitch"):
        assert np.median(feature(shouting, name)) > np.median(feature(calm, name)) + 0.5, name


def test_the_pause_between_two_bursts_and_how_fast_they_rise_are_told() -> None:
    time = np.arange(6_400) / 16_000
    at_once = at_level(np.asarray(tone(400, 0.4) * np.exp(-time / 0.5)), 80.0)
    swelling = at_level(np.asarray(tone(400, 0.4) * (time / 0.4) ** 2), 80.0)

    bursts = looks(in_room(at_once, silence(0.5), at_once, room_dba=40.0))
    slow = looks(in_room(swelling, room_dba=40.0))

    assert feature(bursts, "gap").max() == pytest.approx(0.46, abs=0.06), "less the filter's ringing"
    assert feature(bursts, "gap").min() == 0.0
    assert feature(bursts, "attack").max() <= 0.06
    assert feature(slow, "attack").max() >= 0.15


def test_the_level_of_a_band_follows_what_is_in_it() -> None:
    low, high = (looks(in_room(at_level(tone(hz, 1.0), 80.0))) for hz in (1500.0, 3000.0))

    assert feature(low, "level_mid").max() == pytest.approx(80.0, abs=2.0)
    assert feature(high, "level_high").max() == pytest.approx(80.0, abs=2.0)
    assert feature(low, "level_high").max() < 60.0 > feature(high, "level_mid").max()


def test_the_newest_pitch_is_told_beside_that_of_the_second() -> None:
    rising = looks(in_room(*(at_level(buzz(hz), 80.0) for hz in (200.0, 400.0))))

    ahead = feature(rising, "pitch_03") - feature(rising, "pitch")
    assert ahead.max() == pytest.approx(1.0, abs=0.1), "an octave, until half of the second is the new one"


def test_an_even_rhythm_is_told_from_a_steady_sound() -> None:
    bursts = np.concatenate([np.concatenate((tone(300, 0.1), silence(0.1))) for _ in range(15)])

    rhythmic = looks(in_room(at_level(bursts, 84.0)))
    steady = looks(in_room(at_level(tone(300, 6), 84.0)))

    # After 2.5 s, when the beginning is forgotten, and before the end.
    assert feature(rhythmic, "rhythm")[-4:].min() > 0.7
    assert np.abs(feature(steady, "rhythm")[26:55]).max() < 0.7


def test_frames_looked_at_together_are_looked_at_as_one_by_one() -> None:
    signal = 0.1 * np.random.default_rng(1).standard_normal(WINDOW + 9 * FRAME)
    windows = np.stack([signal[at * FRAME : at * FRAME + WINDOW] for at in range(10)])
    one = Look()

    together = Look().at(windows)
    single = np.concatenate([one.at(window[None]) for window in windows])

    assert together.shape == (10, COLUMNS)
    np.testing.assert_allclose(together, single, rtol=1e-9)


def test_silence_before_the_first_frame_and_after_it_gives_finite_features() -> None:
    nothing = np.full(MEMORY, -50.0)

    features = describe(nothing, nothing, np.full((MEMORY, COLUMNS), np.nan))

    assert features.shape == (len(NAMES),)
    assert np.isfinite(features).all()


def test_how_the_sound_is_cut_does_not_matter() -> None:
    sound = pcm(in_room(at_level(shout(), 84.0)))[: 300 * FRAME]
    whole, cut = Hearing(FULL_SCALE_DBA, True), Hearing(FULL_SCALE_DBA, True)

    once = [(h.phase, round(h.level_dba, 6), round(h.score, 6)) for h in whole.feed(sound)]
    pieces = np.split(sound, np.cumsum([7, 1, 50, 3, 100]) * FRAME)
    often = [(h.phase, round(h.level_dba, 6), round(h.score, 6)) for piece in pieces for h in cut.feed(piece)]

    assert once
    assert once == often


def test_what_is_remembered_is_far_too_little_for_speech() -> None:
    """2.5 s of levels and cues: some numbers for each fiftieth of a second, no phase, no fine spectrum."""
    hearing = Hearing(FULL_SCALE_DBA, True)
    hearing.feed(pcm(in_room(at_level(shout(), 84.0)))[: 300 * FRAME])

    kept = hearing.shout.memory
    numbers = sum(part.size for part in (kept.fast_dba, kept.frame_dba, kept.cues))

    assert numbers == MEMORY * (COLUMNS + 2)
    assert numbers < MEMORY * FRAME / 25
    assert sys.getsizeof(kept.cues) < 20_000
