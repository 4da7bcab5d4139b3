"""Sound for tests, all made here: tones, noise, a synthetic voice, and a room to hear it in.

Signals are float64 in -1..1 at 16 kHz; levels are dB(A) SPL at a microphone whose full scale is 120.
"""

import shutil
import subprocess
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from device.hearing.figures import FRAME, FRAME_S, RATE_HZ
from device.hearing.findings import Heard
from device.hearing.hearing import Frames, Hearing
from device.hearing.level import active_level
from tools.sounds.things import desk_bang
from tools.sounds.voice import SHOUT, TALK, say

FULL_SCALE_DBA = 120.0
Sound = npt.NDArray[np.float64]


def tone(frequency_hz: float, seconds: float, rms: float = 0.1) -> Sound:
    """A sine of that RMS."""
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return np.asarray(rms * np.sqrt(2) * np.sin(2 * np.pi * frequency_hz * time))


def noise(seconds: float, seed: int = 0) -> Sound:
    """White noise of RMS 0.1."""
    return 0.1 * np.random.default_rng(seed).standard_normal(round(seconds * RATE_HZ))


def silence(seconds: float) -> Sound:
    """Digital zero."""
    return np.zeros(round(seconds * RATE_HZ))


def talk(seed: int = 1) -> Sound:
    """About 4 s of a calm voice."""
    return say("oauioaea iauoe aeuioa", TALK, seed)


def shout(seed: int = 1, syllables: str = "aeoa ooaea iaeoa") -> Sound:
    """About 4 s of a shouting voice."""
    return say(syllables, SHOUT, seed)


def bang(seed: int = 1) -> Sound:
    """A struck desk, 0.5 s."""
    return desk_bang(seed)


def at_level(sound: Sound, level_dba: float, full_scale_dba: float = FULL_SCALE_DBA) -> Sound:
    """The same sound with that active level."""
    return np.asarray(sound * 10 ** ((level_dba - full_scale_dba - active_level(sound)) / 20))


def in_room(*sounds: Sound, room_dba: float = 45.0, before_s: float = 3.0, after_s: float = 3.0) -> Sound:
    """The sounds one after the other, in the noise of a room that begins earlier and ends later."""
    whole = np.concatenate((silence(before_s), *sounds, silence(after_s)))
    room = np.random.default_rng(99).standard_normal(len(whole))
    return np.asarray(whole + at_level(room, room_dba))


def passages(count: int, *, room_dba: float = 45.0, seed: int = 1) -> Sound:
    """A steady room in which now and then somebody speaks or shouts, or a desk is struck; about 9 s each."""
    random = np.random.default_rng(seed)
    made = [
        at_level(talk(seed)[: 16_000 * 2], 64.0),
        at_level(shout(seed, "aeo"), 84.0),
        at_level(bang(seed), 88.0),
        at_level(talk(seed + 1), 60.0),
    ]
    pieces = [silence(6.0)]
    for number in range(count):
        pieces += [made[number % len(made)], silence(random.uniform(6.5, 8.0))]
    whole = np.concatenate(pieces)
    return np.asarray(whole + at_level(random.standard_normal(len(whole)), room_dba))


def turned_gain(
    sound: Sound, *, attack_s: float, release_s: float, target_dba: float = 80.0, most_db: float = 20.0
) -> Sound:
    """As a microphone with automatic gain gives it: what is quiet is raised by up to ``most_db``, what is
    loud is lowered towards ``target_dba``; time constants in seconds."""
    step = 80
    blocks = sound[: len(sound) // step * step].reshape(-1, step)
    levels = FULL_SCALE_DBA + 10 * np.log10(np.square(blocks).mean(axis=1) + 1e-12)
    wanted = np.clip(target_dba - levels, -30.0, most_db)
    attack, release = (1 - np.exp(-step / RATE_HZ / seconds) for seconds in (attack_s, release_s))
    gain, gains = most_db, []
    for want in wanted.tolist():
        gain += (want - gain) * (attack if want < gain else release)
        gains.append(gain)
    return np.asarray((blocks * 10 ** (np.array(gains) / 20)[:, None]).ravel())


def pcm(sound: Sound) -> npt.NDArray[np.int16]:
    """As a 16-bit converter gives it: rounded and clipped."""
    return np.clip(np.round(sound * 32768), -32768, 32767).astype(np.int16)


def frames(sound: Sound | npt.NDArray[np.int16]) -> Iterator[Frames]:
    """Whole frames; the rest is left away."""
    samples = sound.astype(np.int16) if sound.dtype == np.int16 else pcm(sound.astype(np.float64))
    for start in range(0, len(samples) - FRAME + 1, FRAME):
        yield samples[start : start + FRAME]


def heard_in(sound: Sound, hearing: Hearing | None = None) -> list[tuple[float, Heard]]:
    """Everything that a hearing says of ``sound``, with the second at which it says it."""
    ear = hearing or Hearing(FULL_SCALE_DBA, True)
    return [
        (round((index + 1) * FRAME_S, 3), heard)
        for index, frame in enumerate(frames(sound))
        for heard in ear.feed(frame)
    ]


def espeak(text: str, folder: Path, voice: str = "ja") -> Sound:
    """Speech of espeak-ng; skips the test where it is not installed."""
    program = shutil.which("espeak-ng")
    if program is None:
        pytest.skip("espeak-ng is not installed")
    file = folder / "speech.wav"
    subprocess.run([program, "-v", voice, "-w", str(file), text], check=True, capture_output=True)
    with wave.open(str(file)) as spoken:
        rate = spoken.getframerate()
        samples = np.frombuffer(spoken.readframes(spoken.getnframes()), dtype="<i2") / 32768
    # Its 22,050 Hz to our rate; straight lines between samples are good enough for a voice.
    at = np.arange(0, len(samples) - 1, rate / RATE_HZ)
    return np.asarray(np.interp(at, np.arange(len(samples)), samples))
