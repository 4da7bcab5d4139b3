"""A real PortAudio input without a sound card: ALSA's file PCM reading a FIFO that the test feeds.

What is written at once must be what is read at once (3,200 bytes, which a pipe takes whole): ALSA fills a
read that finds less in the pipe with zeros, and sound then runs faster than time.

PortAudio and ALSA keep their state for the life of a process: start what uses it as a process of its own,
with ``environment``.
"""

import os
import threading
import time
from pathlib import Path
from typing import Self

import numpy as np

from device.hearing.figures import RATE_HZ
from device.microphone.source import READ_SAMPLES
from tests.support.sound import Sound, at_level, pcm

ROOM_DBA = 42.0


class FifoMicrophone:
    """Feeds room noise in real time, and what it is told to play; with ``feeding`` off, it hangs."""

    def __init__(self, folder: Path) -> None:
        self._pipe = folder / "microphone.fifo"
        os.mkfifo(self._pipe)
        self._config = folder / "asound.conf"
        self._config.write_text(
            'pcm.!default { type file slave.pcm "empty" file "/dev/null"'
            f' infile "{self._pipe}" format "raw" }}\n'
            "pcm.empty { type null }\n"
        )
        self.feeding = threading.Event()
        self.feeding.set()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._room = pcm(at_level(np.random.default_rng(5).standard_normal(10 * READ_SAMPLES), ROOM_DBA))
        self._playing = np.zeros(0, dtype=np.int16)
        self._thread = threading.Thread(target=self._feed, name="fifo")

    @property
    def environment(self) -> dict[str, str]:
        """For the process that opens the microphone."""
        return {**os.environ, "ALSA_CONFIG_PATH": str(self._config)}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def play(self, sound: Sound) -> float:
        """Play it now, over the room; the monotonic second at which it begins."""
        with self._lock:
            self._playing = pcm(sound)
        return time.monotonic()

    @property
    def playing(self) -> bool:
        """Whether something is still being played."""
        with self._lock:
            return len(self._playing) > 0

    def _feed(self) -> None:
        # Read and write: opening needs no reader. Without blocking: it does not hang where nobody reads.
        pipe = os.open(self._pipe, os.O_RDWR | os.O_NONBLOCK)
        due_s = time.monotonic()
        at = 0
        while not self._stop.is_set():
            due_s += READ_SAMPLES / RATE_HZ
            time.sleep(max(0.0, due_s - time.monotonic()))
            if not self.feeding.is_set():
                continue
            piece = self._room[at : at + READ_SAMPLES].copy()
            at = (at + READ_SAMPLES) % len(self._room)
            with self._lock:
                sound, self._playing = self._playing[:READ_SAMPLES], self._playing[READ_SAMPLES:]
            piece[: len(sound)] += sound
            try:
                os.write(pipe, piece.tobytes())
            except BlockingIOError:
                continue  # the pipe is full: a sound card, too, loses what nobody reads
        os.close(pipe)
