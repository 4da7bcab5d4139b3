"""Scenes: recordings one after the other in a room, each at a level that it has in life.

What is known of a recording's speaker and microphone is not what will be met; so each is changed a little:
faster or slower (with it the pitch and the size of the mouth), brighter or darker, in another room.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from device.hearing.figures import RATE_HZ
from device.hearing.level import active_level
from tools.train_hearing.clips import Clip, Sound

FULL_SCALE_DBA = 120.0
SCENE_S = 600.0
PAUSE_S = (2.5, 6.0)
HISS_DBA = 32.0
"""A microphone's own noise."""


@dataclass(frozen=True, slots=True)
class Change:
    """How far recordings are changed."""

    speed: float = 0.1
    """Up to so much faster or slower."""
    tilt_db: float = 1.0
    """Standard deviation of a slope in dB per octave."""
    louder_share: float = 0.0
    """Part of the other sounds that is as loud as shouts."""


UNCHANGED = Change(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where in a scene a recording is."""

    clip: int
    """Its number in the list of clips."""
    start_s: float
    end_s: float
    level_dba: float


def scenes(clips: Sequence[Clip], change: Change, seed: int) -> Iterator[tuple[Sound, list[Placed]]]:
    """All clips in a new order, in scenes of at most ``SCENE_S``; full scale is ``FULL_SCALE_DBA``."""
    random = np.random.default_rng(seed)
    rooms = [clip for clip in clips if clip.kind == "bg"]
    order = [number for number, clip in enumerate(clips) if clip.kind != "bg"]
    random.shuffle(order)
    turn = int(random.integers(len(rooms)))
    while order:
        yield _scene(clips, order, rooms[turn % len(rooms)], change, random)
        turn += 1


def _scene(
    clips: Sequence[Clip], order: list[int], room: Clip, change: Change, random: np.random.Generator
) -> tuple[Sound, list[Placed]]:
    """Takes what fits from the front of ``order``."""
    whole = _room(room, random)
    placed: list[Placed] = []
    at = 3 * RATE_HZ
    while order:
        clip = clips[order[0]]
        sound = varied(clip.sound, change, random)
        if at + len(sound) + 3 * RATE_HZ > len(whole):
            break
        low, high = clip.low_dba, clip.high_dba
        if clip.kind == "neg" and random.random() < change.louder_share:
            low, high = 76.0, 90.0
        level = float(random.uniform(low, high))
        heard = in_some_room(sound, random) if random.random() < 0.75 else sound
        heard = heard * 10 ** ((level - FULL_SCALE_DBA - active_level(heard[: len(sound)])) / 20)
        end = min(len(whole), at + len(heard))
        whole[at:end] += heard[: end - at]
        placed.append(Placed(order.pop(0), at / RATE_HZ, (at + len(sound)) / RATE_HZ, level))
        at += len(sound) + int(random.uniform(*PAUSE_S) * RATE_HZ)
    return whole[: min(len(whole), at)], placed


def _room(room: Clip, random: np.random.Generator) -> Sound:
    length = int(SCENE_S * RATE_HZ)
    there_and_back = np.concatenate((room.sound, room.sound[::-1]))
    whole = np.resize(there_and_back, length)
    level = random.uniform(room.low_dba, room.high_dba)
    whole = whole * 10 ** ((level - FULL_SCALE_DBA - active_level(room.sound)) / 20)
    hiss = random.standard_normal(length)
    return np.asarray(
        whole + hiss * 10 ** ((HISS_DBA - FULL_SCALE_DBA - active_level(hiss[: 4 * RATE_HZ])) / 20)
    )


def varied(sound: Sound, change: Change, random: np.random.Generator) -> Sound:
    """The recording as another voice and another microphone might have given it."""
    length = round(len(sound) / (1.0 + random.uniform(-change.speed, change.speed)))
    spectrum = np.fft.rfft(sound)
    if length != len(sound):
        bins = length // 2 + 1
        spectrum = spectrum[:bins] if bins < len(spectrum) else np.pad(spectrum, (0, bins - len(spectrum)))
        sound = np.fft.irfft(spectrum, length) * (length / len(sound))
    slope_db = random.standard_normal() * change.tilt_db
    if not slope_db:
        return sound
    spectrum = np.fft.rfft(sound)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(len(sound), 1 / RATE_HZ), 60.0) / 1000.0)
    return np.asarray(np.fft.irfft(spectrum * 10 ** (slope_db * octaves / 20), len(sound)))


def in_some_room(sound: Sound, random: np.random.Generator) -> Sound:
    """Heard in a small room: a decaying noise as its response, 0.3 to 0.8 s to -60 dB, direct sound as strong
    as the echoes or up to 8 dB stronger; echoes lose their edge."""
    decay_s, direct_db = random.uniform(0.3, 0.8), random.uniform(0.0, 8.0)
    time = np.arange(int(decay_s * RATE_HZ)) / RATE_HZ
    echoes = random.standard_normal(len(time)) * 10 ** (-3 * time / decay_s)
    echoes[: int(0.003 * RATE_HZ)] = 0.0
    size = 1 << (len(sound) + len(time)).bit_length()
    soft = 1.0 / np.sqrt(1.0 + np.square(np.fft.rfftfreq(size, 1 / RATE_HZ) / 5000.0))
    response = np.fft.rfft(echoes, size) * soft
    strength = np.sqrt(np.square(np.fft.irfft(response, size)).sum())
    response *= 10 ** (-direct_db / 20) / strength
    heard = np.fft.irfft(np.fft.rfft(sound, size) * (1.0 + response), size)
    return np.asarray(heard[: len(sound) + len(time)])
