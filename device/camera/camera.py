"""What a camera is to the unit."""

from typing import Protocol


class CameraFailed(Exception):
    """The camera cannot be used. The message is for the person who looks after the unit."""


class Camera(Protocol):
    """One thread uses it: open, pictures, close. All in memory; ``CameraFailed`` from any call."""

    def open(self) -> None:
        """Begin to keep the last seconds in memory."""

    def still(self) -> bytes:
        """A picture of now: JPEG."""

    def begin_clip(self) -> None:
        """A clip begins, with the seconds before it."""

    def end_clip(self) -> bytes:
        """It ends: MP4 with H.264."""

    def close(self) -> None:
        """Let the camera go; allowed at any time."""
