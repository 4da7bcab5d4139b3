"""The simulated microphone: a room in real time, and sounds at the level that was asked for."""

import time

import numpy as np
import pytest

from device.hearing.level import active_level
from device.microphone.ear import Ear
from device.microphone.simulated import SimulatedMicrophone, SoundRefused
from device.microphone.source import READ_SAMPLES
from device.settings import MicrophoneSettings
from tests.support.brokers import wait_until
from tests.support.sound import FULL_SCALE_DBA, Sound, noise, pcm, shout, silence, talk


def listen(microphone: SimulatedMicrophone, seconds: float) -> Sound:
    """What the microphone gives."""
    microphone.open()
    given = [np.frombuffer(microphone.read(), dtype="<i2") for _ in range(round(seconds * 10))]
    microphone.close()
    assert {len(read) for read in given} == {READ_SAMPLES}
    return np.concatenate(given) / 32768.0


@pytest.fixture
def microphone(monkeypatch: pytest.MonkeyPatch) -> SimulatedMicrophone:
    """One that does not wait: its pace has a test of its own."""
    made = SimulatedMicrophone(FULL_SCALE_DBA)
    monkeypatch.setattr(made._closed, "wait", lambda _: True)
    return made


def test_it_gives_a_quiet_room(microphone: SimulatedMicrophone) -> None:
    assert active_level(listen(microphone, 2.0)) + FULL_SCALE_DBA == pytest.approx(42.0, abs=1.0)


@pytest.mark.parametrize("level_dba", [60.0, 84.0, 100.0])
def test_a_sound_has_the_level_that_was_asked_for(microphone: SimulatedMicrophone, level_dba: float) -> None:
    microphone.play(pcm(talk()).tobytes(), level_dba)
    assert microphone.playing

    given = listen(microphone, 5.0)

    assert active_level(given) + FULL_SCALE_DBA == pytest.approx(level_dba, abs=0.3)
    assert not microphone.playing


def test_without_a_level_it_is_played_as_it_is(microphone: SimulatedMicrophone) -> None:
    sound = noise(0.5)
    microphone.play(pcm(sound).tobytes(), None)

    assert np.abs(listen(microphone, 0.5) - sound).max() < 0.001


def test_sounds_wait_for_each_other_and_quiet_forgets_them_all(microphone: SimulatedMicrophone) -> None:
    for _ in range(2):
        microphone.play(pcm(noise(0.5)).tobytes(), None)
    assert active_level(listen(microphone, 0.7)) > -40
    assert microphone.playing

    microphone.quiet()

    assert not microphone.playing
    assert active_level(listen(microphone, 0.5)) < -70


def test_a_sound_too_loud_for_the_microphone_clips(microphone: SimulatedMicrophone) -> None:
    microphone.play(pcm(talk()).tobytes(), 135.0)

    given = listen(microphone, 3.0)

    assert given.max() == pytest.approx(1.0, abs=0.001)
    assert given.min() == -1.0


def test_at_most_a_minute_waits(microphone: SimulatedMicrophone) -> None:
    half = pcm(noise(31.0)).tobytes()
    microphone.play(half, None)

    with pytest.raises(SoundRefused, match=r"at most 60 s may wait; 31\.0 s wait already"):
        microphone.play(half, None)

    assert active_level(listen(microphone, 1.0)) > -40, "what waited is still played"


@pytest.mark.parametrize(
    ("sound", "level_dba", "why"),
    [
        (b"", None, "given: 0 bytes"),
        (b"abc", None, "whole 16-bit samples"),
        (bytes(61 * 32_000), None, "at most 60 s"),
        (bytes(3200), 84.0, "digital silence cannot be played at a level"),
        (pcm(noise(0.1)).tobytes(), 141.0, "level_dba must be 0 to 140; given: 141"),
        (pcm(noise(0.1)).tobytes(), float("nan"), "level_dba must be 0 to 140; given: nan"),
    ],
)
def test_what_cannot_be_played_is_refused(
    microphone: SimulatedMicrophone, sound: bytes, level_dba: float | None, why: str
) -> None:
    with pytest.raises(SoundRefused, match=why):
        microphone.play(sound, level_dba)
    assert not microphone.playing


def test_digital_silence_may_be_played_as_it_is(microphone: SimulatedMicrophone) -> None:
    microphone.play(pcm(silence(0.1)).tobytes(), None)

    assert microphone.playing


def test_it_keeps_the_pace_of_the_clock() -> None:
    microphone = SimulatedMicrophone(FULL_SCALE_DBA)
    began = time.monotonic()

    listen(microphone, 1.0)

    assert 0.95 <= time.monotonic() - began <= 5.0


def test_the_ear_hears_what_is_played_into_it() -> None:
    said: list[str] = []
    settings = MicrophoneSettings(source="simulated", full_scale_dba=120.0, calibrated=True)
    ear = Ear(settings, lambda heard: said.append(f"{heard.kind} {heard.phase}"))
    ear.start()
    assert ear.simulated is not None
    wait_until(lambda: ear.status().level_dba is not None, "it hears the room")

    ear.simulated.play(pcm(shout()).tobytes(), 84.0)

    wait_until(lambda: "shout start" in said, "the shout is heard")
    ear.simulated.quiet()
    ear.stop(10)
    assert ear.status().state == "off"
