"""Shouts are found soon; what merely is loud, or merely is a voice, is not."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from device.hearing.figures import SENSITIVITIES
from device.hearing.findings import Heard
from device.hearing.hearing import Hearing
from device.hearing.model import standard
from tests.support.sound import (
    FULL_SCALE_DBA,
    Sound,
    at_level,
    bang,
    espeak,
    heard_in,
    in_room,
    noise,
    pcm,
    shout,
    silence,
    talk,
    tone,
)
from wire.messages.events import Shout


def shouts(sound: Sound, hearing: Hearing | None = None) -> list[tuple[float, Heard]]:
    return [(at, heard) for at, heard in heard_in(sound, hearing) if heard.kind == "shout"]


@pytest.mark.parametrize("level_dba", [84.0, 90.0, 98.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_shout_is_found_within_half_a_second(level_dba: float, seed: int) -> None:
    said = shouts(in_room(at_level(shout(seed), level_dba), before_s=3.0))

    at, first = said[0]
    assert first.phase == "start"
    assert 3.1 <= at <= 3.5
    assert first.score > 0.5
    assert first.voice_share > 0.5


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_less_loud_one_takes_longer(seed: int) -> None:
    said = shouts(in_room(at_level(shout(seed), 80.0)))

    assert 3.2 <= said[0][0] <= 4.5


def test_it_is_told_why() -> None:
    (_, first), *_ = shouts(in_room(at_level(shout(), 84.0)))

    assert first.pitch_hz is not None
    assert 180.0 < first.pitch_hz < 400.0
    assert first.tilt_db is not None
    assert -8.0 < first.tilt_db < 8.0, "a shout has about as much energy above 1 kHz as below"
    assert first.model == standard().version


def test_the_three_sensitivities_are_three() -> None:
    """The more sensitive, the less loud a shout must be."""
    quietest: list[float] = []
    for sensitivity in SENSITIVITIES:
        levels = [
            level_dba
            for level_dba in np.arange(70.0, 92.0, 2.0)
            if shouts(
                in_room(at_level(shout(), level_dba), after_s=0.1),
                Hearing(FULL_SCALE_DBA, True, sensitivity=sensitivity),
            )
        ]
        quietest.append(min(levels))

    low, normal, high = quietest
    assert low > normal > high


def test_the_sensitivity_can_be_changed_while_it_hears() -> None:
    hearing = Hearing(FULL_SCALE_DBA, True, sensitivity="low")
    assert hearing.threshold_dba == SENSITIVITIES["low"].floor_dba

    hearing.hear_with("high")

    assert hearing.threshold_dba == SENSITIVITIES["high"].floor_dba
    assert shouts(in_room(at_level(shout(), 82.0)), hearing)


@pytest.mark.parametrize("level_dba", [54.0, 60.0, 66.0, 72.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_calm_and_raised_talk_is_not(level_dba: float, seed: int) -> None:
    assert not shouts(in_room(at_level(talk(seed), level_dba)))


def test_calm_talk_close_to_the_microphone_is_not_a_shout_at_nearly_the_level_of_one() -> None:
    assert not shouts(in_room(at_level(talk(), 76.0)))
    assert shouts(in_room(at_level(shout(), 80.0)))


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(at_level(noise(5), 85.0), id="steady noise"),
        pytest.param(at_level(bang(), 95.0), id="a struck desk"),
        pytest.param(at_level(tone(120, 5), 82.0), id="a humming machine"),
    ],
)
def test_loud_is_not_enough(sound: Sound) -> None:
    assert not shouts(in_room(sound))


def test_spoken_japanese_is_not_a_shout(tmp_path: Path) -> None:
    speech = espeak("住民票の写しを一通お願いします。手数料は三百円です。", tmp_path)

    assert len(speech) > 16_000
    assert not shouts(in_room(at_level(speech, 64.0)))


def test_the_same_shout_must_be_louder_in_a_loud_room() -> None:
    assert shouts(in_room(at_level(shout(), 80.0), room_dba=50.0))
    assert not shouts(in_room(at_level(shout(), 80.0), room_dba=72.0))
    assert shouts(in_room(at_level(shout(), 93.0), room_dba=72.0))


def test_a_shout_has_one_start_and_one_end_and_lasts_from_first_to_last_loud_sound() -> None:
    voice = at_level(shout(), 86.0)
    said = shouts(in_room(voice, after_s=4.0))

    assert [heard.phase for _, heard in said] == ["start", "update", "end"]
    start, end = said[0][1], said[-1][1]
    assert start.finding == end.finding
    assert end.duration_s == pytest.approx(len(voice) / 16_000, abs=0.5)
    assert end.level_dba >= start.level_dba
    assert said[-1][0] <= 3.0 + len(voice) / 16_000 + 2.6


def test_sentences_with_pauses_are_one_finding_and_quarrels_apart_are_two() -> None:
    once = at_level(shout(syllables="aeoa"), 86.0)

    together = shouts(in_room(once, silence(1.2), once, silence(1.2), once, after_s=4.0))
    apart = shouts(in_room(once, silence(4.0), once, after_s=4.0))

    assert [heard.phase for _, heard in together if heard.phase != "update"] == ["start", "end"]
    assert [heard.phase for _, heard in apart if heard.phase != "update"] == ["start", "end"] * 2
    assert len({heard.finding for _, heard in apart}) == 2


def test_a_long_one_is_told_again_every_five_seconds() -> None:
    long = np.tile(at_level(shout(), 86.0), 6)
    said = shouts(in_room(long, after_s=4.0))

    phases = [heard.phase for _, heard in said]
    assert phases == ["start", *["update"] * (len(phases) - 2), "end"]
    times = [at for at, heard in said if heard.phase != "end"]
    assert np.diff(times) == pytest.approx(5.0, abs=0.1)
    durations = [heard.duration_s for _, heard in said]
    assert durations == sorted(durations)


def test_what_is_found_does_not_depend_on_the_microphones_gain() -> None:
    sound = in_room(at_level(shout(), 82.0), at_level(talk(), 66.0), after_s=4.0)
    found = []
    for gain_db in (-20.0, 0.0, 15.0):
        hearing = Hearing(FULL_SCALE_DBA - gain_db, True)
        found.append([(at, h.phase) for at, h in shouts(sound * 10 ** (gain_db / 20), hearing)])

    assert found[0] == found[1] == found[2]
    assert found[1]


def test_a_finding_says_whether_its_levels_mean_anything() -> None:
    hearing = Hearing(FULL_SCALE_DBA, calibrated=False)

    said = shouts(in_room(at_level(shout(), 86.0)), hearing)

    assert said
    assert not any(heard.calibrated for _, heard in said)


def test_every_step_fits_the_contract() -> None:
    said = shouts(in_room(at_level(shout(), 86.0), after_s=4.0))

    for _, heard in said:
        fields = dataclasses.asdict(heard)
        assert fields.pop("kind") == "shout"
        assert Shout.model_validate(fields).score == heard.score


def test_while_it_goes_on_it_is_looked_at_less_often_and_still_told_why() -> None:
    """What is found costs less; the next one is looked at as closely as the first."""
    hearing = Hearing(FULL_SCALE_DBA, True)
    looked: list[tuple[float, int]] = []
    said: list[tuple[float, Heard]] = []
    long = np.concatenate([shout(seed) for seed in (1, 2, 3)])
    quarrel = in_room(at_level(long, 88.0), silence(4.0), at_level(shout(4), 88.0), before_s=2.0)
    for number, piece in enumerate(
        np.split(pcm(quarrel)[: len(quarrel) // 1600 * 1600], len(quarrel) // 1600)
    ):
        said += [(number / 10, heard) for heard in hearing.feed(piece)]
        looked.append((number / 10, int(np.count_nonzero(~np.isnan(hearing.shout.memory.cues[-5:, 0])))))

    starts = [at for at, heard in said if heard.phase == "start"]
    assert len(starts) == 2
    before = [count for at, count in looked if starts[0] - 0.2 <= at < starts[0]]
    during = [count for at, count in looked if starts[0] + 0.5 <= at < starts[0] + 8.0]
    assert min(before) > 0
    assert during.count(0) >= 0.75 * len(during)
    for _, heard in said:
        assert heard.pitch_hz is not None
        assert heard.pitch_hz > 150.0
