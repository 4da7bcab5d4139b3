"""A microphone without hardware: a quiet room in real time, into which sounds can be played."""

import math
import threading
import time

import numpy as np
import numpy.typing as npt

from device.hearing.figures import RATE_HZ
from device.hearing.level import active_level
from device.microphone.source import READ_SAMPLES

ROOM_DBA = 42.0
"""An office without people."""

QUEUE_S_MAX = 60.0
"""Most sound waiting to be played, seconds."""

LEVEL_RANGE_DBA = (0.0, 140.0)
"""Levels that can be asked for: from nothing audible to a jet engine."""

_ROOM_S = 10
_READ_S = READ_SAMPLES / RATE_HZ
_LATE_S = 1.0
"""A reader that is later than this (a suspended machine) goes on from now instead of catching up."""


class SoundRefused(ValueError):
    """The sound cannot be played; the message names what is allowed and what was given."""


class SimulatedMicrophone:
    """A ``Source`` paced by the clock. ``play`` and ``quiet`` may be called from any thread."""

    def __init__(self, full_scale_dba: float) -> None:
        """``full_scale_dba``: dB SPL of a signal whose RMS is 1.0."""
        self._full_scale_dba = full_scale_dba
        noise = np.random.default_rng(1).standard_normal(_ROOM_S * RATE_HZ)
        self._room = _at_level(noise, ROOM_DBA - full_scale_dba)
        self._room_at = 0
        self._waiting: npt.NDArray[np.float64] = np.zeros(0)
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._due_s = 0.0

    @property
    def playing(self) -> bool:
        """Whether a sound is being played or waits."""
        with self._lock:
            return len(self._waiting) > 0

    def play(self, pcm16: bytes, level_dba: float | None) -> None:
        """Play after what is playing. ``pcm16``: 16 kHz mono int16 little-endian; ``level_dba``: its active
        A-weighted level at the microphone, None for as it is. ``SoundRefused`` when it cannot be."""
        sound = self._sound(pcm16, level_dba)
        with self._lock:
            if len(self._waiting) + len(sound) > QUEUE_S_MAX * RATE_HZ:
                raise SoundRefused(
                    f"at most {QUEUE_S_MAX:g} s may wait; {len(self._waiting) / RATE_HZ:.1f} s wait already"
                )
            self._waiting = np.concatenate((self._waiting, sound))

    def quiet(self) -> None:
        """Stop what is playing and forget what waits."""
        with self._lock:
            self._waiting = np.zeros(0)

    def open(self) -> None:
        """The first read is due when its sound has been there."""
        self._closed.clear()
        self._due_s = time.monotonic() + _READ_S

    def read(self) -> bytes:
        """One read, when its time has come."""
        now_s = time.monotonic()
        if now_s - self._due_s > _LATE_S:
            self._due_s = now_s
        self._closed.wait(max(0.0, self._due_s - now_s))
        self._due_s += _READ_S
        mixed = self._room[self._room_at : self._room_at + READ_SAMPLES].copy()
        self._room_at = (self._room_at + READ_SAMPLES) % len(self._room)
        with self._lock:
            sound, self._waiting = self._waiting[:READ_SAMPLES], self._waiting[READ_SAMPLES:]
        mixed[: len(sound)] += sound
        return _pcm16(mixed)

    def close(self) -> None:
        """A waiting ``read`` returns at once."""
        self._closed.set()

    def _sound(self, pcm16: bytes, level_dba: float | None) -> npt.NDArray[np.float64]:
        if len(pcm16) % 2 or not 2 <= len(pcm16) <= QUEUE_S_MAX * RATE_HZ * 2:
            raise SoundRefused(
                f"a sound must be whole 16-bit samples, at most {QUEUE_S_MAX:g} s; given: {len(pcm16)} bytes"
            )
        sound = np.frombuffer(pcm16, dtype="<i2") / 32768.0
        if level_dba is None:
            return np.asarray(sound)
        low, high = LEVEL_RANGE_DBA
        if not (math.isfinite(level_dba) and low <= level_dba <= high):
            raise SoundRefused(f"level_dba must be {low:g} to {high:g}; given: {level_dba}")
        if not sound.any():
            raise SoundRefused("digital silence cannot be played at a level")
        return _at_level(sound, level_dba - self._full_scale_dba)


def _at_level(sound: npt.NDArray[np.float64], level_db: float) -> npt.NDArray[np.float64]:
    return np.asarray(sound * 10.0 ** ((level_db - active_level(sound)) / 20.0))


def _pcm16(sound: npt.NDArray[np.float64]) -> bytes:
    """A microphone that is too loud clips."""
    return np.clip(np.round(sound * 32768.0), -32768, 32767).astype("<i2").tobytes()
