"""The camera's thread: a still and a clip when somebody pressed the panic button."""

import threading
from collections.abc import Callable

import structlog

from device.camera.camera import Camera, CameraFailed
from device.inputs import Now
from wire.evidence.line import Media

RETRY_S = 30.0
"""Wait before a camera that failed is tried again, in seconds."""

TURN_S = 1.0

HUNG_S = 30.0
"""A camera without progress for so long hangs, in seconds."""

_log = structlog.get_logger()


class Pictures:
    """``on_picture`` gets each picture on this thread, with the moment at which it begins."""

    def __init__(
        self,
        camera: Camera,
        *,
        pre_roll_s: float,
        clip_s: float,
        now: Callable[[], Now],
        on_picture: Callable[[Media, bytes, Now], None],
    ) -> None:
        """``clip_s``: how long a clip goes on after the press; 0 for none."""
        self._camera = camera
        self._pre_roll_s = pre_roll_s
        self._clip_s = clip_s
        self._now = now
        self._on_picture = on_picture
        self._fault: str | None = None
        self._progress_at = now().monotonic
        self._asked = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)

    def start(self) -> None:
        """Begin to keep the last seconds in memory."""
        self._thread.start()

    def fault(self, at: float) -> str | None:
        """What is wrong with the camera; None when nothing is. One that hangs is told, and does not take the
        program with it.
        """
        return "hangs" if at - self._progress_at >= HUNG_S else self._fault

    def take(self) -> None:
        """A still now, and a clip. While one goes on, nothing more."""
        self._asked.set()

    def stop(self, timeout_s: float) -> None:
        """End; raises ``TimeoutError`` when the camera hangs."""
        self._stopping.set()
        self._asked.set()
        if self._thread.ident:
            self._thread.join(timeout_s)
        if self._thread.is_alive():
            raise TimeoutError(f"the camera did not end within {timeout_s} s")

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._camera.open()
                self._fault = None
                self._serve()
            except CameraFailed as error:
                _log.error("camera_failed", why=str(error))
                self._fault = str(error)
            finally:
                self._camera.close()
            self._asked.clear()
            self._rest(RETRY_S)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            self._progress_at = self._now().monotonic
            if self._asked.wait(TURN_S) and not self._stopping.is_set():
                self._take()
                self._asked.clear()

    def _take(self) -> None:
        at = self._now()
        self._on_picture("image/jpeg", self._camera.still(), at)
        if not self._clip_s:
            return
        self._camera.begin_clip()
        self._rest(self._clip_s)
        clip = self._camera.end_clip()
        self._on_picture("video/mp4", clip, at.back_to(at.monotonic - self._pre_roll_s))

    def _rest(self, seconds: float) -> None:
        until = self._now().monotonic + seconds
        while (left_s := until - self._now().monotonic) > 0 and not self._stopping.wait(min(TURN_S, left_s)):
            self._progress_at = self._now().monotonic
