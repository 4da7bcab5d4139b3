"""Bangs of synthetic desks are found. Nothing here says how well real ones are."""

import dataclasses

import numpy as np
import pytest

from device.hearing.findings import Heard
from tests.support.sound import Sound, at_level, bang, heard_in, in_room, noise, shout, silence, talk, tone
from wire.messages.events import Bang


def bangs(sound: Sound) -> list[tuple[float, Heard]]:
    return [(at, heard) for at, heard in heard_in(sound) if heard.kind == "bang"]


@pytest.mark.parametrize("level_dba", [88.0, 92.0, 100.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_blow_is_found_once_and_soon(level_dba: float, seed: int) -> None:
    said = bangs(in_room(at_level(bang(seed), level_dba), before_s=3.0))

    assert len(said) == 1
    at, heard = said[0]
    assert 3.0 < at <= 3.3
    assert heard.phase == "start"
    assert heard.duration_s <= 0.2


def test_where_a_blow_falls_between_two_frames_does_not_matter() -> None:
    for shift in range(0, 320, 40):
        blow = at_level(bang(), 92.0)
        assert len(bangs(in_room(silence(shift / 16_000), blow))) == 1, f"{shift} samples into a frame"


def test_two_blows_are_two() -> None:
    blow = at_level(bang(), 92.0)

    said = bangs(in_room(blow, silence(0.5), blow))

    assert len(said) == 2
    assert said[0][1].finding != said[1][1].finding


def dying(sound: Sound, after_s: float) -> Sound:
    """There at once, then falling to 1/e in every ``after_s``."""
    return np.asarray(sound * np.exp(-np.arange(len(sound)) / (after_s * 16_000)))


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(at_level(dying(noise(2), 0.25), 92.0), id="a blow that rings too long"),
        pytest.param(at_level(dying(tone(400, 2) + tone(800, 2), 0.05), 92.0), id="a plucked string"),
        pytest.param(at_level(talk(), 66.0), id="talk"),
        pytest.param(at_level(shout(), 88.0), id="a shout"),
        pytest.param(at_level(bang(), 60.0), id="a pen put down"),
        pytest.param(at_level(noise(3), 88.0), id="noise that starts at once and stays"),
    ],
)
def test_other_sounds_are_not(sound: Sound) -> None:
    assert not bangs(in_room(sound))


def coughed(after_s: float) -> Sound:
    """Noise that is there within 10 ms, stays for so long, and dies away."""
    time = np.arange(16_000) / 16_000
    shape = np.minimum(time / 0.01, 1.0) * np.exp(-np.maximum(time - after_s, 0.0) / 0.02)
    return np.asarray(noise(1.0, 5) * shape)


def test_what_stays_for_some_frames_before_it_dies_away_is_not() -> None:
    """As most coughs do; a struck desk does not."""
    assert bangs(in_room(at_level(coughed(0.0), 92.0)))
    assert not bangs(in_room(at_level(coughed(0.1), 92.0)))


def test_what_falls_but_goes_on_is_not() -> None:
    """The first syllable of a laugh."""
    burst, rest = at_level(coughed(0.0), 92.0), at_level(noise(1.0, 6), 86.0)

    assert not bangs(in_room(np.asarray(burst + rest)))


def test_a_blow_between_the_words_of_a_shout_is_found_and_one_syllable_after_another_is_not() -> None:
    voice, blow = at_level(shout(2), 86.0)[:16_000], at_level(bang(3), 96.0)
    syllable = np.asarray(blow * 10 ** (-6 / 20))

    assert len(bangs(in_room(voice, silence(0.4), blow))) == 1
    assert not bangs(in_room(voice[: 16_000 - 1600], silence(0.03), syllable))


def test_it_must_stand_out_of_the_room() -> None:
    blow = at_level(bang(), 88.0)

    assert bangs(in_room(blow, room_dba=45.0))
    assert not bangs(in_room(blow, room_dba=75.0, before_s=5.0))


def test_it_fits_the_contract() -> None:
    (_, heard), *_ = bangs(in_room(at_level(bang(), 95.0)))

    fields = dataclasses.asdict(heard)
    assert Bang.model_validate(fields).level_dba == heard.level_dba
    assert np.isfinite(heard.level_dba)
