"""What the hearing costs: CPU for a second of sound, beside a plain level and webrtcvad on the same sound."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from device.hearing.figures import RATE_HZ
from device.hearing.hearing import Frames, Hearing
from device.hearing.level import Levels, active_level
from device.hearing.voice import Voice
from device.hearing.weighting import AWeighting
from device.microphone.source import READ_SAMPLES
from tools.sounds.voice import SHOUT, TALK, Sound, say

FULL_SCALE_DBA = 120.0
GOAL_MS = 3.0
ROUNDS = 5
"""Of each the quickest counts: the others had company."""


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds for a second of sound."""

    sound: str
    plain_ms: float
    """A-weighted fast level, and webrtcvad of every frame."""
    hearing_ms: float
    """Everything that a unit makes of it."""


def _at(sound: Sound, level_dba: float) -> Sound:
    return np.asarray(sound * 10 ** ((level_dba - FULL_SCALE_DBA - active_level(sound)) / 20))


def _room(seconds: float, level_dba: float) -> Sound:
    return _at(np.random.default_rng(1).standard_normal(round(seconds * RATE_HZ)), level_dba)


def sounds() -> dict[str, Frames]:
    """What is heard: a quiet counter, an ordinary conversation, and loud voices for a third of the time."""
    talk = np.concatenate([_at(say("oauioaea iauoe aeuioa", TALK, seed), 62.0) for seed in range(6)])
    quarrel = np.concatenate(
        [
            part
            for seed in range(6)
            for part in (_at(say("aeoa ooaea", SHOUT, seed), 86.0), np.zeros(4 * RATE_HZ))
        ]
    )
    made = {
        "an empty counter, 45 dB(A)": _room(30.0, 45.0),
        "a conversation, 62 dB(A)": talk + _room(len(talk) / RATE_HZ, 45.0)[: len(talk)],
        "shouts, a third of the time": quarrel + _room(len(quarrel) / RATE_HZ, 45.0)[: len(quarrel)],
    }
    return {
        name: np.round(sound * 32768)[: len(sound) // READ_SAMPLES * READ_SAMPLES].astype(np.int16)
        for name, sound in made.items()
    }


def _plain() -> Callable[[Frames], object]:
    weighting, levels, voice = AWeighting(), Levels(), Voice(FULL_SCALE_DBA)

    def hear(read: Frames) -> None:
        samples = read / 32768.0
        levels.feed(weighting.feed(samples))
        voice.in_frames(samples)

    return hear


def _cost_ms(make: Callable[[], Callable[[Frames], object]], sound: Frames) -> float:
    quickest = float("inf")
    for _ in range(ROUNDS):
        hear = make()
        began = time.process_time()
        for start in range(0, len(sound), READ_SAMPLES):
            hear(sound[start : start + READ_SAMPLES])
        quickest = min(quickest, time.process_time() - began)
    return 1000.0 * quickest / (len(sound) / RATE_HZ)


def measure() -> list[Cost]:
    """Each sound, both ways."""
    return [
        Cost(name, _cost_ms(_plain, sound), _cost_ms(lambda: Hearing(FULL_SCALE_DBA, True).feed, sound))
        for name, sound in sounds().items()
    ]


def print_costs(costs: list[Cost]) -> None:
    """A table, and whether the goal is met."""
    print("\nCPU for a second of sound (ms): plain level and VAD, the whole hearing")
    for cost in costs:
        print(f"  {cost.sound:30} {cost.plain_ms:6.2f} {cost.hearing_ms:6.2f}")
    met = "met" if max(cost.hearing_ms for cost in costs) <= GOAL_MS else "NOT met"
    print(f"  goal ≤ {GOAL_MS:g} ms: {met}", flush=True)
