"""picamera2 as its manual describes it, as far as a unit uses it, over frames that are made by hand.

``CircularOutput2`` holds frames back for its whole length, writes an open output from a key frame on, leaves
what it still holds out of it at ``close_output`` and writes it at ``stop``.
"""

import sys
from collections import deque
from types import ModuleType
from typing import Any

import pytest

MS_PER_FRAME = 100
KEY_EVERY = 10


class PyavOutput:
    """Writes the numbers of frames into its file, between a head and an end."""

    def __init__(self, file: Any, format: str | None = None) -> None:  # noqa: A002
        assert format == "mp4", "a file object has no name that tells"
        self._file = file

    def start(self) -> None:
        self._file.write(b"mp4:")

    def write(self, number: int) -> None:
        self._file.write(b"%d," % number)

    def stop(self) -> None:
        self._file.write(b"end")


class CircularOutput2:
    def __init__(self, buffer_duration_ms: int) -> None:
        self._most = buffer_duration_ms // MS_PER_FRAME
        self._held: deque[int] = deque()
        self._output: PyavOutput | None = None
        self._running = False
        self._seen_key = False

    def open_output(self, output: PyavOutput) -> None:
        if self._output is not None:
            raise RuntimeError("already open")
        self._output, self._seen_key = output, False
        output.start()

    def close_output(self) -> None:
        assert self._output is not None
        self._output.stop()
        self._output = None

    def start(self) -> None:
        self._running = True

    def frame(self, number: int) -> None:
        self._held.append(number)
        if len(self._held) > self._most:
            self._written(self._held.popleft())

    def stop(self) -> None:
        self._running = False
        while self._held:
            self._written(self._held.popleft())
        if self._output is not None:
            self.close_output()

    def _written(self, number: int) -> None:
        if self._output is None:
            return
        self._seen_key = self._seen_key or number % KEY_EVERY == 0
        if self._seen_key:
            self._output.write(number)


class H264Encoder:
    def __init__(self, bitrate: int, repeat: bool) -> None:
        assert bitrate > 0
        assert repeat


class Picamera2:
    """The last one made is ``Picamera2.here``; ``there`` says whether a camera is connected."""

    here: "Picamera2"
    there = True

    def __init__(self) -> None:
        if not Picamera2.there:
            raise IndexError("list index out of range")
        Picamera2.here = self
        self.number = 0
        self.closed = False
        self._output: CircularOutput2 | None = None

    def create_video_configuration(self, main: dict[str, Any]) -> dict[str, Any]:
        return main

    def configure(self, configuration: dict[str, Any]) -> None:
        assert configuration["size"]

    def start_recording(self, _encoder: H264Encoder, output: CircularOutput2) -> None:
        self._output = output
        output.start()

    def stop_recording(self) -> None:
        assert self._output is not None
        self._output.stop()
        self._output = None

    def capture_file(self, file: Any, format: str) -> None:  # noqa: A002
        assert format == "jpeg"
        file.write(b"jpeg:%d" % self.number)

    def close(self) -> None:
        self.closed = True

    def films(self, frames: int) -> None:
        """Time passes before the lens."""
        for _ in range(frames):
            self.number += 1
            if self._output is not None:
                self._output.frame(self.number)


def put_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``import picamera2`` give this one."""
    Picamera2.there = True
    modules = {name: ModuleType(name) for name in ("picamera2", "picamera2.encoders", "picamera2.outputs")}
    modules["picamera2"].Picamera2 = Picamera2  # type: ignore[attr-defined]
    modules["picamera2.encoders"].H264Encoder = H264Encoder  # type: ignore[attr-defined]
    modules["picamera2.outputs"].CircularOutput2 = CircularOutput2  # type: ignore[attr-defined]
    modules["picamera2.outputs"].PyavOutput = PyavOutput  # type: ignore[attr-defined]
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
