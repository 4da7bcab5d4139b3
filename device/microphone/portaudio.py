"""A real microphone through PyAudio (PortAudio), by the name of its device."""

from typing import Any

from device.hearing.figures import RATE_HZ
from device.microphone.source import READ_SAMPLES, SourceFailed

DEFAULT = "default"


class PortAudioMicrophone:
    """16 kHz mono from the input whose name contains ``device``; ``default`` is PortAudio's own choice.

    PyAudio is imported when it is opened: a unit without a sound card does not need the package.
    """

    def __init__(self, device: str) -> None:
        self._device = device
        self._audio: Any = None
        self._stream: Any = None

    def open(self) -> None:
        """``SourceFailed`` without PyAudio, without such a device, or when it does not give 16 kHz mono."""
        try:
            import pyaudio  # noqa: PLC0415 - see the class
        except ImportError as error:
            raise SourceFailed(
                'source "pyaudio" needs the package PyAudio, which is not installed'
            ) from error
        self._audio = pyaudio.PyAudio()
        try:
            self._stream = self._audio.open(
                rate=RATE_HZ,
                channels=1,
                format=pyaudio.paInt16,
                input=True,
                input_device_index=self._index(),
                frames_per_buffer=READ_SAMPLES,
            )
        except OSError as error:
            raise SourceFailed(f"{self._device} cannot be opened: {error}") from error

    def read(self) -> bytes:
        """One read. An overflow lost sound and is no failure: the hearing lives with a gap."""
        try:
            read: bytes = self._stream.read(READ_SAMPLES, exception_on_overflow=False)
        except OSError as error:
            raise SourceFailed(f"{self._device} cannot be read: {error}") from error
        return read

    def close(self) -> None:
        """Give the device back."""
        if self._stream is not None:
            self._stream.close()
        if self._audio is not None:
            self._audio.terminate()
        self._stream = self._audio = None

    def _index(self) -> int | None:
        if self._device == DEFAULT:
            return None
        every = [self._audio.get_device_info_by_index(i) for i in range(self._audio.get_device_count())]
        inputs = {int(info["index"]): str(info["name"]) for info in every if info["maxInputChannels"] > 0}
        exact = [index for index, name in inputs.items() if name == self._device]
        found = exact or [index for index, name in inputs.items() if self._device in name]
        if len(found) == 1:
            return found[0]
        names = ", ".join(inputs.values()) or "none"
        how_many = "several inputs" if found else "no input"
        raise SourceFailed(f"{how_many} named {self._device!r}; there are: {names}")
