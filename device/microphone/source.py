"""What a microphone is to the ear."""

from typing import Protocol

from device.hearing.figures import FRAME

READ_FRAMES = 5
"""Frames in one read: 100 ms. Waking costs more than hearing: read frame by frame, the same sound took three
times the processor (measured), for a decision 40 ms earlier on average."""

READ_SAMPLES = READ_FRAMES * FRAME


class SourceFailed(Exception):
    """The source cannot be opened or read. The message is for the person who looks after the unit."""


class Source(Protocol):
    """A microphone. One thread opens, reads and closes it, in this order; ``read`` may hang for ever."""

    def open(self) -> None:
        """Begin; ``SourceFailed`` when there is no such microphone."""

    def read(self) -> bytes:
        """The next ``READ_SAMPLES`` samples, 16 kHz mono, int16 little-endian. ``SourceFailed`` when it
        broke."""

    def close(self) -> None:
        """End; allowed at any time after ``open`` was called, even when that failed."""
