"""The sentence that tells visitors of a recording: a WAV file of the site, by an output that may fail."""

import threading
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import structlog

from device.sound_device import NoSuchDevice, index_of

_log = structlog.get_logger()

SENTENCE_S_MAX = 15.0
"""Longest sentence, in seconds: the recording begins after it."""

RATES_HZ = range(8_000, 48_001)
PIECE_S = 0.1
"""So much is given to the output at once; what is hushed sounds no longer than that, in seconds."""

LATE_S = 5.0
"""An output that has not finished so long after the sentence should have ended is a fault, in seconds."""


class SentenceRefused(ValueError):
    """The file cannot be spoken; the message says what is allowed."""


class OutputFailed(Exception):
    """The output cannot be opened or does not take sound. The message is for who looks after the unit."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """16-bit samples, little-endian, channels interleaved."""

    pcm: bytes
    rate_hz: int
    channels: int

    @property
    def lasts_s(self) -> float:
        """Its length, in seconds."""
        return len(self.pcm) / (2 * self.channels * self.rate_hz)


class Output(Protocol):
    """A loudspeaker. One thread opens, writes and closes it."""

    def open(self, rate_hz: int, channels: int) -> None:
        """``OutputFailed`` where there is none."""

    def write(self, pcm: bytes) -> None:
        """Returns about when it has sounded; ``OutputFailed`` when it broke."""

    def close(self) -> None:
        """Allowed at any time."""


def read(file: Path) -> Sentence:
    """Raises ``SentenceRefused``."""
    try:
        with wave.open(str(file)) as plain:
            rate_hz, channels, width = plain.getframerate(), plain.getnchannels(), plain.getsampwidth()
            if width != 2 or channels not in (1, 2) or rate_hz not in RATES_HZ:
                raise SentenceRefused(
                    f"{file}: must be WAV, 16 bits, one or two channels, {RATES_HZ[0]} to {RATES_HZ[-1]} Hz; "
                    f"given: {8 * width} bits, {channels} channels, {rate_hz} Hz"
                )
            lasts_s = plain.getnframes() / rate_hz
            if not 0 < lasts_s <= SENTENCE_S_MAX:
                raise SentenceRefused(
                    f"{file}: must last at most {SENTENCE_S_MAX:g} s; given: {lasts_s:.1f} s"
                )
            return Sentence(plain.readframes(plain.getnframes()), rate_hz, channels)
    except (wave.Error, EOFError) as error:
        raise SentenceRefused(f"{file}: is no WAV file of plain samples: {error}") from error
    except OSError as error:
        raise SentenceRefused(f"{file}: cannot be read: {error.strerror}") from error


class Loudspeaker:
    """Speaks on a thread of its own: an output that hangs holds nothing else up. ``say`` and ``hush`` return
    at once."""

    def __init__(self, sentence: Sentence, output: Output, now: Callable[[], float]) -> None:
        """``now`` gives monotonic seconds."""
        self._sentence = sentence
        self._output = output
        self._now = now
        self._changed = threading.Condition()
        self._wanted = False
        self._stopping = False
        self._until: float | None = None
        self._failure: str | None = None
        self._thread = threading.Thread(target=self._run, name="loudspeaker", daemon=True)

    def say(self) -> None:
        """Speak the sentence from its beginning."""
        if not self._thread.ident:
            self._thread.start()
        with self._changed:
            self._wanted = True
            self._until = self._now() + self._sentence.lasts_s + LATE_S
            self._changed.notify()

    def hush(self) -> None:
        """Speak no further."""
        with self._changed:
            self._wanted = False

    @property
    def fault(self) -> str | None:
        """Why visitors may not have heard it, last time; None when they could."""
        if self._until is not None and self._now() > self._until:
            return "the output does not finish"
        return self._failure

    def stop(self, timeout_s: float) -> None:
        """End; raises ``TimeoutError``."""
        with self._changed:
            self._wanted, self._stopping = False, True
            self._changed.notify()
        if self._thread.ident:
            self._thread.join(timeout_s)
        if self._thread.is_alive():
            raise TimeoutError(f"the loudspeaker did not end within {timeout_s} s")

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted or self._stopping)
                if self._stopping:
                    return
            try:
                self._speak()
            except Exception as error:  # noqa: BLE001 - PyAudio's errors share no root; told, and tried again
                _log.error("notice_not_spoken", why=str(error))
                self._failure = (str(error) or type(error).__name__)[:200]
            else:
                self._failure = None
            with self._changed:
                self._wanted, self._until = False, None

    def _speak(self) -> None:
        sentence = self._sentence
        step = 2 * sentence.channels * int(sentence.rate_hz * PIECE_S)
        try:
            self._output.open(sentence.rate_hz, sentence.channels)
            for begin in range(0, len(sentence.pcm), step):
                if not self._wanted:
                    return
                self._output.write(sentence.pcm[begin : begin + step])
        finally:
            self._output.close()


class SimulatedOutput:
    """Takes sound and makes none. ``taken`` is what would have sounded."""

    def __init__(self, wait: Callable[[float], object] | None = None) -> None:
        """``wait`` lets the time of a piece pass, in seconds."""
        self._wait = wait or threading.Event().wait
        self._bytes_a_second = 1
        self.taken = b""

    def open(self, rate_hz: int, channels: int) -> None:
        self._bytes_a_second, self.taken = 2 * rate_hz * channels, b""

    def write(self, pcm: bytes) -> None:
        self._wait(len(pcm) / self._bytes_a_second)
        self.taken += pcm

    def close(self) -> None:
        """Nothing is held."""


class PortAudioOutput:
    """Through PyAudio, by part of the device's name; ``default`` is PortAudio's own choice."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._audio: Any = None
        self._stream: Any = None

    def open(self, rate_hz: int, channels: int) -> None:
        try:
            import pyaudio  # noqa: PLC0415 - a unit without a loudspeaker does not need the package
        except ImportError as error:
            raise OutputFailed("needs the package PyAudio, which is not installed") from error
        self._audio = pyaudio.PyAudio()
        try:
            self._stream = self._audio.open(
                rate=rate_hz,
                channels=channels,
                format=pyaudio.paInt16,
                output=True,
                output_device_index=index_of(self._audio, self._device, "output"),
            )
        except NoSuchDevice as error:
            raise OutputFailed(str(error)) from error
        except (OSError, ValueError) as error:
            raise OutputFailed(f"{self._device} cannot be opened: {error}") from error

    def write(self, pcm: bytes) -> None:
        try:
            self._stream.write(pcm)
        except OSError as error:
            raise OutputFailed(f"{self._device} takes no sound: {error}") from error

    def close(self) -> None:
        if self._stream is not None:
            self._stream.stop_stream()  # what was given still sounds
            self._stream.close()
        if self._audio is not None:
            self._audio.terminate()
        self._stream = self._audio = None
