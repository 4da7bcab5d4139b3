"""The background follows the room, not the voices in it."""

import pytest

from device.hearing.background import Background
from device.hearing.figures import BACKGROUND_UNKNOWN_DBA, SENSITIVITIES, SHOUT_MARGIN_DB
from device.hearing.hearing import Hearing
from tests.support.sound import FULL_SCALE_DBA, at_level, frames, in_room, noise, silence, talk


def feed_seconds(background: Background, level_dba: float, seconds: float) -> None:
    for _ in range(round(seconds * 50)):
        background.feed(level_dba)


def test_before_anything_is_known_it_is_a_quiet_office() -> None:
    background = Background()

    feed_seconds(background, 70.0, 0.9)

    assert background.dba == BACKGROUND_UNKNOWN_DBA


def test_it_knows_the_room_after_two_seconds() -> None:
    background = Background()

    feed_seconds(background, 52.5, 2.1)

    assert background.dba == pytest.approx(52.5, abs=1.0)


def test_talking_half_of_the_time_does_not_raise_it() -> None:
    background = Background()

    for _ in range(60):
        feed_seconds(background, 48.5, 1.0)
        feed_seconds(background, 72.5, 1.0)

    assert background.dba == pytest.approx(48.5, abs=1.0)


def test_a_minute_of_shouting_does_not_become_the_room() -> None:
    background = Background()
    feed_seconds(background, 50.5, 600)

    feed_seconds(background, 88.5, 60)

    assert background.dba == pytest.approx(50.5, abs=1.5)


@pytest.mark.parametrize(("before", "after"), [(45.5, 62.5), (62.5, 45.5)])
def test_it_follows_a_room_that_fills_or_empties_within_minutes(before: float, after: float) -> None:
    background = Background()
    feed_seconds(background, before, 600)

    feed_seconds(background, after, 300)

    assert background.dba == pytest.approx(after, abs=1.5)


def test_a_voice_in_a_room_leaves_the_room() -> None:
    hearing = Hearing(FULL_SCALE_DBA, True)

    sentences = [part for seed in range(4) for part in (at_level(talk(seed), 64.0), silence(1.5))]

    for frame in frames(in_room(*sentences, room_dba=50.0)):
        hearing.feed(frame)

    assert hearing.background_dba == pytest.approx(50.0, abs=2.0)


def test_a_dead_microphone_is_no_quiet_room() -> None:
    hearing = Hearing(FULL_SCALE_DBA, True)
    for frame in frames(at_level(noise(5), 55.0)):
        hearing.feed(frame)
    known = hearing.background_dba

    for frame in frames(silence(20)):
        hearing.feed(frame)

    assert hearing.background_dba == pytest.approx(known, abs=0.5)


def test_a_loud_room_raises_the_threshold() -> None:
    hearing = Hearing(FULL_SCALE_DBA, True)
    assert hearing.threshold_dba == SENSITIVITIES["normal"].floor_dba

    for frame in frames(at_level(noise(10), 70.0)):
        hearing.feed(frame)

    assert hearing.threshold_dba == pytest.approx(70.0 + SHOUT_MARGIN_DB, abs=1.0)
