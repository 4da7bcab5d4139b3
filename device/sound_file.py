"""Sound files as the hearing wants them: 16 kHz, one channel, 16 bits, in pieces.

What is so already is read with the standard library, fast and without a further package. Everything else
that libsndfile knows is read through soundfile: another rate is converted, of several channels the first is
taken (a mean of two microphones would be a level of neither).
"""

import itertools
import math
import wave
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from device.hearing.figures import FRAME, RATE_HZ
from device.hearing.hearing import Frames
from device.hearing.weighting import Samples
from device.microphone.source import READ_SAMPLES

RATES_HZ = (8_000, 192_000)
"""Rates that are converted. Below 16 kHz the upper part of a shout is missing: it reads too low."""

PIECE = 3 * READ_SAMPLES
"""Samples that are heard at once: nobody waits for them, and more at once cost a fifth less than a read."""

_ZERO_CROSSINGS = 32
_EDGE = 0.95
_KAISER_BETA = 8.0
"""With these the sinc passes 7 kHz unchanged and lets nothing above 8.6 kHz fold back."""


class FileRefused(ValueError):
    """The file cannot be heard; the message says why, and what is read."""


def read(file: Path) -> Iterator[Frames]:
    """Pieces of whole frames, the last filled up with zeros; ``FileRefused`` with the first of them."""
    try:
        with wave.open(str(file)) as plain:
            form = (plain.getframerate(), plain.getnchannels(), plain.getsampwidth())
            if form == (RATE_HZ, 1, 2):
                yield from _plain(plain)
                return
    except (wave.Error, EOFError):
        pass  # not the simplest kind of WAV: soundfile knows more of them, or says what is wrong
    except OSError as error:
        raise FileRefused(f"{file}: cannot be read: {error.strerror}") from error
    yield from _converted(file)


def _plain(plain: wave.Wave_read) -> Iterator[Frames]:
    while piece := plain.readframes(PIECE):
        samples = np.frombuffer(piece[: len(piece) // 2 * 2], dtype="<i2")
        yield _whole(samples.astype(np.int16, copy=False))


def _converted(file: Path) -> Iterator[Frames]:
    # Imported here: a unit hears its microphone without the package.
    try:
        import soundfile  # noqa: PLC0415
    except (ImportError, OSError) as error:
        raise FileRefused(
            f"{file}: without the package soundfile only WAV of {RATE_HZ} Hz, one channel, 16 bits is read"
        ) from error
    try:
        with soundfile.SoundFile(file) as sound:
            rate_hz: int = sound.samplerate
            low, high = RATES_HZ
            if not low <= rate_hz <= high:
                raise FileRefused(f"{file}: the rate must be {low} to {high} Hz; given: {rate_hz} Hz")
            blocks = (block[:, 0] for block in sound.blocks(rate_hz // 10, dtype="float64", always_2d=True))
            yield from _reads(resampled(blocks, rate_hz))
    except soundfile.LibsndfileError as error:
        raise FileRefused(f"{file}: is no sound file that can be read: {error}") from error


def _reads(pieces: Iterable[Samples]) -> Iterator[Frames]:
    waiting = np.zeros(0)
    for piece in pieces:
        waiting = np.concatenate((waiting, piece))
        while len(waiting) >= PIECE:
            yield _pcm16(waiting[:PIECE])
            waiting = waiting[PIECE:]
    if len(waiting):
        yield _whole(_pcm16(waiting))


def _pcm16(samples: Samples) -> Frames:
    if not np.isfinite(samples).all():  # a float file may hold anything
        raise FileRefused("the file holds samples that are no numbers")
    return np.clip(np.round(samples * 32768.0), -32768, 32767).astype(np.int16)


def _whole(samples: Frames) -> Frames:
    return np.pad(samples, (0, -len(samples) % FRAME))


def resampled(blocks: Iterable[Samples], rate_hz: int) -> Iterator[Samples]:
    """The sound of ``rate_hz`` at 16 kHz, block by block: a windowed sinc, right to 7 kHz."""
    if rate_hz == RATE_HZ:
        yield from blocks
        return
    common = math.gcd(rate_hz, RATE_HZ)
    up, down = RATE_HZ // common, rate_hz // common
    pass_band = min(1.0, RATE_HZ / rate_hz)
    half = math.ceil(_ZERO_CROSSINGS / pass_band)
    # One row of taps for each place that a new sample can have between two old ones.
    distance = np.arange(1 - half, half + 1) - np.arange(up)[:, None] / up
    window = np.i0(_KAISER_BETA * np.sqrt(np.clip(1.0 - np.square(distance / half), 0.0, 1.0)))
    taps = np.sinc(_EDGE * pass_band * distance) * window
    taps /= taps.sum(axis=1, keepdims=True)
    signal, begins_at, number = np.zeros(half - 1), 1 - half, 0
    for block in itertools.chain(blocks, [np.zeros(half)]):
        signal = np.concatenate((signal, block))
        ready = -(-(begins_at + len(signal) - half) * up // down)
        if ready <= number:
            continue
        place = np.arange(number, ready) * down
        first = place // up - half + 1 - begins_at
        yield np.einsum("ij,ij->i", signal[first[:, None] + np.arange(2 * half)], taps[place % up])
        number = ready
        needed = number * down // up - half + 1 - begins_at
        signal, begins_at = signal[needed:], begins_at + needed
