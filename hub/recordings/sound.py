"""Sound as units send it: FLAC in and out of memory, and the shape of it that a page draws."""

import io
from array import array
from typing import Any

from wire.evidence.line import RATE_HZ

SHAPE_STEP = RATE_HZ // 20
"""Samples of one step of a waveform: 50 ms."""
SHAPE_STEPS_A_SECOND = 20
SEGMENT_S_MAX = 900
"""Longest segment that is opened, pre-roll included, in seconds: a small file can hold hours of silence."""


def library() -> Any:
    """libsndfile, loaded when the first sound comes: it brings 13 MB that other hubs do not need."""
    import soundfile  # noqa: PLC0415

    return soundfile


class BadSound(Exception):
    """Not the sound that the line tells of; the message says in what it differs."""


def decode(flac: bytes, samples: int) -> bytes:
    """16-bit little-endian PCM. Raises ``BadSound`` for anything but ``samples`` of mono at 16 kHz."""
    if samples > SEGMENT_S_MAX * RATE_HZ:
        raise BadSound(f"a segment has at most {SEGMENT_S_MAX} s; the line states {samples} samples")
    soundfile = library()
    try:
        with soundfile.SoundFile(io.BytesIO(flac)) as file:
            if (file.format, file.subtype) != ("FLAC", "PCM_16"):
                raise BadSound("it is not FLAC with 16 bits")
            if (file.channels, file.samplerate, file.frames) != (1, RATE_HZ, samples):
                raise BadSound("channels, rate or number of samples are not those of the line")
            pcm = bytes(file.buffer_read(samples, dtype="int16"))
    except soundfile.LibsndfileError as error:
        raise BadSound("it cannot be decoded") from error
    if len(pcm) != 2 * samples:
        raise BadSound("it ends early")
    return pcm


def shape(pcm: bytes) -> bytes:
    """Lowest and highest sample of each 50 ms, each as one signed byte (its upper eight bits)."""
    levels = array("h", pcm)
    steps = bytearray()
    for start in range(0, len(levels), SHAPE_STEP):
        part = levels[start : start + SHAPE_STEP]
        steps += ((min(part) >> 8) & 0xFF).to_bytes() + ((max(part) >> 8) & 0xFF).to_bytes()
    return bytes(steps)


def coarser(steps: bytes, most: int) -> tuple[list[int], list[int], int]:
    """Lowest and highest of ever so many steps together, so that there are at most ``most``; and of how
    many."""
    levels = array("b", steps)
    low, high = levels[0::2], levels[1::2]
    each = max(1, -(-len(low) // most))
    return (
        [min(low[start : start + each]) for start in range(0, len(low), each)],
        [max(high[start : start + each]) for start in range(0, len(high), each)],
        each,
    )


def flac_of(pcm: bytes) -> bytes:
    """A whole FLAC file."""
    out = io.BytesIO()
    with library().SoundFile(out, "w", RATE_HZ, 1, "PCM_16", format="FLAC") as file:
        file.buffer_write(pcm, dtype="int16")
    return out.getvalue()
