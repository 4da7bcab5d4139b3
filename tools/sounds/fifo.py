"""A real PortAudio input without a sound card: ALSA's file PCM reading a FIFO that is fed here.

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
import numpy.typing as npt

from device.hearing.figures import RATE_HZ
from device.hearing.level import active_level
from device.microphone.source import READ_SAMPLES
from tools.sounds.voice import Sound

FULL_SCALE_DBA = 120.0
ROOM_DBA = 42.0
BEGINS_WITHIN_S = 5.0

Pcm = npt.NDArray[np.int16]


def pcm_at(sound: Sound, level_dba: float | None = None) -> Pcm:
    """As a microphone gives it whose full scale is ``FULL_SCALE_DBA``: at that active level, or as it is."""
    if level_dba is not None:
        sound = sound * 10 ** ((level_dba - FULL_SCALE_DBA - active_level(sound)) / 20)
    return np.clip(np.round(sound * 32768), -32768, 32767).astype(np.int16)


class FifoMicrophone:
    """Feeds room noise in real time, and what it is told to play; with ``feeding`` off, it hangs."""

    def __init__(self, folder: Path) -> None:
        self._pipe = folder / "microphone.fifo"
        os.mkfifo(self._pipe)
        self.config = folder / "asound.conf"
        self.config.write_text(
            'pcm.!default { type file slave.pcm "empty" file "/dev/null"'
            f' infile "{self._pipe}" format "raw" }}\n'
            "pcm.empty { type null }\n"
        )
        self.feeding = threading.Event()
        self.feeding.set()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._room = pcm_at(np.random.default_rng(5).standard_normal(10 * READ_SAMPLES), ROOM_DBA)
        self._playing: Pcm = np.zeros(0, dtype=np.int16)
        self._began_s: float | None = None
        self._begun = threading.Condition(self._lock)
        self._thread = threading.Thread(target=self._feed, name="fifo")

    @property
    def environment(self) -> dict[str, str]:
        """For the process that opens the microphone."""
        return {**os.environ, "ALSA_CONFIG_PATH": str(self.config)}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(10)
        if self._thread.is_alive():
            raise RuntimeError("the feeder of the microphone does not end")

    def play(self, sound: Sound, level_dba: float | None = None) -> float:
        """Play it now, over the room; the monotonic second at which it begins in the air.

        A sound card gives a piece when its last sample has been: a sound begins a piece's length before the
        first piece of it is given.
        """
        with self._begun:
            self._playing = pcm_at(sound, level_dba)
            self._began_s = None
            if not self._begun.wait_for(lambda: self._began_s is not None, BEGINS_WITHIN_S):
                raise RuntimeError("nobody feeds the microphone")
            assert self._began_s is not None  # noqa: S101 - waited for
            return self._began_s

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
            with self._begun:
                sound, self._playing = self._playing[:READ_SAMPLES], self._playing[READ_SAMPLES:]
                if len(sound) and self._began_s is None:
                    self._began_s = due_s - READ_SAMPLES / RATE_HZ
                    self._begun.notify_all()
            piece[: len(sound)] += sound
            try:
                os.write(pipe, piece.tobytes())
            except BlockingIOError:
                continue  # the pipe is full: a sound card, too, loses what nobody reads
        os.close(pipe)
