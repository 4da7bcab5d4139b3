"""A microphone with levers, for what a real one does only on its worst day."""

import threading

import numpy as np

from device.microphone.source import READ_SAMPLES, SourceFailed
from tests.support.sound import Sound, at_level, noise, pcm

LONGEST_HANG_S = 60.0
"""A test that fails must not leave a thread behind for ever."""


class LeverSource:
    """Gives room noise as fast as ``give`` allows; can hang, fail, refuse to open, or give zeros."""

    def __init__(self) -> None:
        self.gives = threading.Event()
        """Off: ``read`` hangs."""
        self.gives.set()
        self.next_read_fails = ""
        self.refuses_to_open = ""
        self.zeros = False
        self.opened = 0
        self.closed = 0
        self._pace = threading.Event()  # never set: its wait is the pace
        self._sound: list[bytes] = []
        self._room = _reads(at_level(noise(1.0), 50.0))
        self._at = 0

    def play(self, sound: Sound) -> None:
        """What the next reads give instead of the room."""
        self._sound = _reads(sound)

    def open(self) -> None:
        self.opened += 1
        if self.refuses_to_open:
            raise SourceFailed(self.refuses_to_open)

    def read(self) -> bytes:
        if self.next_read_fails:
            why, self.next_read_fails = self.next_read_fails, ""
            raise SourceFailed(why)
        self._pace.wait(0.01)  # ten times faster than sound, and no faster than the ear
        self.gives.wait(LONGEST_HANG_S)
        if self.zeros:
            return np.zeros(READ_SAMPLES, dtype="<i2").tobytes()
        if self._sound:
            return self._sound.pop(0)
        self._at += 1
        return self._room[self._at % len(self._room)]

    def close(self) -> None:
        self.closed += 1


def _reads(sound: Sound) -> list[bytes]:
    """Whole reads; the rest is left away."""
    samples = pcm(sound)
    return [
        samples[start : start + READ_SAMPLES].tobytes()
        for start in range(0, len(samples) - READ_SAMPLES + 1, READ_SAMPLES)
    ]
