"""What a microphone is to the ear."""

from typing import Protocol


class SourceFailed(Exception):
    """The source cannot be opened or read. The message is for the person who looks after the unit."""


class Source(Protocol):
    """A microphone. One thread opens, reads and closes it, in this order; ``read`` may hang for ever."""

    def open(self) -> None:
        """Begin; ``SourceFailed`` when there is no such microphone."""

    def read(self) -> bytes:
        """The next frame: ``figures.FRAME`` samples, 16 kHz mono, int16 little-endian. ``SourceFailed`` when
        it broke."""

    def close(self) -> None:
        """End; allowed at any time after ``open`` was called, even when that failed."""
