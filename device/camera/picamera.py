"""A Raspberry Pi camera through picamera2, which comes with the system and is imported when needed."""

import io
from typing import Any

from device.camera.camera import CameraFailed

SIZE = (1280, 720)
BITRATE = 1_000_000
"""Of clips, bits a second: 20 s and their run-up stay far below the largest segment."""


class PiCamera:
    """The first camera. ``pre_roll_s``: how much of a clip lies before its beginning."""

    def __init__(self, pre_roll_s: float) -> None:
        self._pre_roll_ms = round(1000 * pre_roll_s)
        self._camera: Any = None
        self._circular: Any = None
        self._clip = io.BytesIO()

    def open(self) -> None:
        """``CameraFailed`` without picamera2 or without a camera."""
        try:
            from picamera2 import Picamera2  # noqa: PLC0415
        except ImportError as error:
            raise CameraFailed("the camera needs picamera2, which is not installed") from error
        try:
            self._camera = Picamera2()
            self._camera.configure(self._camera.create_video_configuration(main={"size": SIZE}))
            self._record()
        except Exception as error:
            raise CameraFailed(f"cannot be opened: {error}"[:200]) from error

    def still(self) -> bytes:
        picture = io.BytesIO()
        try:
            self._camera.capture_file(picture, format="jpeg")
        except Exception as error:
            raise CameraFailed(f"gives no picture: {error}"[:200]) from error
        return picture.getvalue()

    def begin_clip(self) -> None:
        from picamera2.outputs import PyavOutput  # noqa: PLC0415

        self._clip = io.BytesIO()
        try:
            self._circular.open_output(PyavOutput(self._clip, format="mp4"))
        except Exception as error:
            raise CameraFailed(f"begins no clip: {error}"[:200]) from error

    def end_clip(self) -> bytes:
        """What is written runs behind by the pre-roll. ``close_output`` would leave the newest seconds out;
        the end of the recording writes them all, so it is ended and begun anew.
        """
        try:
            self._camera.stop_recording()
            self._record()
        except Exception as error:
            raise CameraFailed(f"ends no clip: {error}"[:200]) from error
        return self._clip.getvalue()

    def close(self) -> None:
        if self._camera is not None:
            self._camera.close()
            self._camera = None

    def _record(self) -> None:
        from picamera2.encoders import H264Encoder  # noqa: PLC0415
        from picamera2.outputs import CircularOutput2  # noqa: PLC0415

        self._circular = CircularOutput2(buffer_duration_ms=self._pre_roll_ms)
        # repeat: every key frame carries what a player must know, so that a clip can begin at any of them.
        self._camera.start_recording(H264Encoder(bitrate=BITRATE, repeat=True), self._circular)
